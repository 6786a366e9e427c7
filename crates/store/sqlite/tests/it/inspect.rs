//! The inspection of a whole database: it counts what is there, and passes nothing that was altered.

use std::fs;
use std::sync::Arc;

use keystead_store_sqlite::Sqlite;
use rusqlite::Connection;
use store_record::{BUCKETS, FilePin, Holdings, OpenError, Pin, Tally, inspect};
use testkit::store_conformance::sealer::TestSealer;

use crate::harness::Files;
use crate::tampering::filled;

async fn look(files: &Files) -> Result<Holdings, OpenError> {
    // A sealer that knows no tenant's key yet, as in a process of its own.
    files.sealer.forget();
    let backend = Sqlite::open(files.path()).map_err(OpenError::Backend)?;
    inspect(&backend, &*files.sealer, &mut |_, _| {}).await
}

#[tokio::test]
async fn it_counts_every_row_and_comes_to_what_the_store_pinned() {
    let (files, _log, _) = filled().await;
    let backend = Sqlite::open(files.path()).unwrap();
    files.sealer.forget();
    let mut shown = Vec::new();
    let found = inspect(&backend, &*files.sealer, &mut |done, rows| shown.push((done, rows))).await.unwrap();
    let pinned = FilePin::new(files.pin()).load().unwrap().unwrap();
    assert_eq!((found.state.revision, found.state.sequence), (pinned.revision, pinned.sequence));
    assert_eq!((found.state.digest, found.state.installation), (pinned.digest, pinned.installation));
    assert_eq!(found.state.sequence - found.state.audit, found.waiting);
    for kind in ["key", "material"] {
        assert_eq!(found.kinds[kind], Tally { live: 2, tombstones: 0 }, "{kind}");
    }
    let rows = found.kinds.values().map(|t| t.live + t.tombstones).sum();
    assert_eq!(shown.last(), Some(&(BUCKETS, rows)));
}

#[tokio::test]
async fn nothing_altered_passes() {
    let (files, _log, _) = filled().await;
    let whole = fs::read(files.path()).unwrap();
    for change in [
        "update row set sealed = zeroblob(length(sealed)) where kind = 'key'",
        "update row set sealed = zeroblob(length(sealed)) where kind = 'epoch'",
        "update row set revision = revision + 1 where kind = 'key'",
        "update row set live = 0 where kind = 'key'",
        "update row set live = 0 where kind = 'material'",
        "update row set bucket = (bucket + 1) % 4096 where kind = 'key'",
        "update row set owner = x'00' where kind = 'key'",
        "delete from row where kind = 'key'",
        "delete from row where kind = 'kek'",
        "update secret set sealed = zeroblob(length(sealed))",
        "delete from secret",
        "delete from ledger",
        "delete from ledger where rowid = (select max(rowid) from ledger)",
        "update meta set revision = revision + 1 where name = 'head'",
        "update meta set value = zeroblob(length(value)) where name = 'installation'",
        "delete from meta where name = 'installation'",
        "delete from meta where name = 'head'",
        "delete from idx where name = 'key_by_name' and id = (select min(id) from idx)",
        "update idx set id = x'00' where name = 'key_by_name'",
        "update idx set key = key || x'00'",
        "update idx set owner = x'00'",
        "insert into outbox (sequence, sealed) values (1, x'00')",
        "insert into outbox (sequence, sealed) values (99, x'00')",
    ] {
        look(&files).await.unwrap();
        let db = Connection::open(files.path()).unwrap();
        assert!(
            db.execute(&change.replace("insert into", "insert or replace into"), []).unwrap() > 0,
            "{change}"
        );
        db.close().unwrap();
        let found = look(&files).await;
        assert!(found.is_err(), "`{change}` passed: {found:?}");
        fs::write(files.path(), &whole).unwrap();
    }
}

#[tokio::test]
async fn another_installations_key_opens_nothing() {
    let (files, _log, _) = filled().await;
    let backend = Sqlite::open(files.path()).unwrap();
    let other = Arc::new(TestSealer::new(2));
    assert!(inspect(&backend, &*other, &mut |_, _| {}).await.is_err());
}
