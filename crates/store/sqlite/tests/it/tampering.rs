//! A bit flipped, a row swapped, deleted or restored from yesterday: detected, or harmless, in every column (INV-4).

use std::fs;
use std::sync::Arc;

use domain::{Key, Owner, Scope, Sealable};
use rusqlite::Connection;
use secret::SecretBytes;
use spi::{Batch, MaterialChange, MaterialVault, RecordStore, RecordStoreExt};
use testkit::store_conformance::TestLog;
use testkit::store_conformance::sample::{batch, key, key_id, material_at, put, tenant};

use crate::harness::Files;

/// Two keys with material; key 1 was disabled after `yesterday` was copied.
pub(crate) async fn filled() -> (Files, Arc<TestLog>, Vec<u8>) {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    let store = files.open(&log).await.unwrap();
    store.commit(Batch { new_tenants: vec![tenant(1)], ..batch() }).await.unwrap();
    for n in [1, 2] {
        let material = SecretBytes::take(&mut [u8::try_from(n).unwrap(); 32]);
        let keep = MaterialChange::Keep { at: material_at(tenant(1), n), material };
        let create = put([Sealable::create(&key(tenant(1), n, &format!("k{n}")))]);
        store.commit(Batch { material: vec![keep], ..create }).await.unwrap();
    }
    store.close().await;
    drop(store);
    let yesterday = fs::read(files.path()).unwrap();
    let store = files.open(&log).await.unwrap();
    let loaded = store.load::<Key>(Owner::Tenant(tenant(1)), key_id(1).as_bytes()).await.unwrap().unwrap();
    let (_, change) = loaded.edit(|details| details.description = "today".to_owned());
    let revoke = Batch { raise: vec![Scope::Tenant(tenant(1))], revokes: true, ..put([change]) };
    store.commit(revoke).await.unwrap();
    store.close().await;
    (files, log, yesterday)
}

/// Whether everything is as it was, or something refused. A wrong answer is neither.
async fn intact_or_refused(files: &Files, log: &Arc<TestLog>) -> Result<(), String> {
    let store = files.open(log).await.map_err(|e| e.to_string())?;
    let looked = look(&store).await;
    store.close().await;
    looked
}

async fn look(store: &store_record::SealedStore<keystead_store_sqlite::Sqlite>) -> Result<(), String> {
    for n in [1_u32, 2] {
        let loaded = store.load::<Key>(Owner::Tenant(tenant(1)), key_id(n).as_bytes()).await;
        let loaded = loaded.map_err(|e| e.to_string())?.expect("a deleted row must not read as absent");
        let mut right = key(tenant(1), n, &format!("k{n}"));
        if n == 1 {
            right.details.description = "today".to_owned();
        }
        assert_eq!(loaded.get(), &right);
        let material =
            MaterialVault::open(store, &material_at(tenant(1), n)).await.map_err(|e| e.to_string())?;
        assert!(material.ct_eq(&SecretBytes::take(&mut [u8::try_from(n).unwrap(); 32])));
    }
    Ok(())
}

async fn check(sql: &str, detected: bool) {
    let (files, log, yesterday) = filled().await;
    intact_or_refused(&files, &log).await.expect("untouched, everything reads");
    let old = files.path().with_extension("yesterday");
    fs::write(&old, &yesterday).unwrap();
    let db = Connection::open(files.path()).unwrap();
    db.execute("attach ?1 as y", [old.to_str().unwrap()]).unwrap();
    let before = db.total_changes();
    db.execute_batch(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    assert!(db.total_changes() > before, "{sql}: nothing was touched");
    drop(db);
    let outcome = intact_or_refused(&files, &log).await;
    assert_eq!(outcome.is_err(), detected, "{sql}: {outcome:?}");
}

macro_rules! tampering {
    ($($name:ident: $sql:expr => $detected:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            check($sql, $detected).await;
        }
    )+};
}

const FLIP: &str = "cast(substr(sealed, 1, length(sealed) - 1) || x'00' as blob)";

tampering! {
    row_bucket: "update row set bucket = (bucket + 1) % 4096 where kind = 'key'" => true;
    row_kind: "update row set kind = 'policy' where kind = 'key'" => true;
    row_owner: "update row set owner = x'00' where kind = 'key'" => true;
    row_id: "update row set id = x'0102' where kind = 'key'" => true;
    row_revision: "update row set revision = revision + 1 where kind = 'key'" => true;
    row_live: "update row set live = 0 where kind = 'key'" => true;
    row_live_material: "update row set live = 0 where kind = 'material'" => true;
    row_slot: "update row set slot = slot % 2 + 1 where kind = 'material'" => true;
    row_sealed: &format!("update row set sealed = {FLIP} where kind = 'key'") => true;
    row_sealed_null: "update row set sealed = null where kind = 'key'" => true;
    row_epoch: "update row set revision = revision + 1 where kind = 'epoch'" => true;
    row_kek: &format!("update row set sealed = {FLIP} where kind = 'kek'") => true;
    rows_swapped: "create temp table t as select id, sealed from row where kind = 'key';
        update row set sealed = (select sealed from t where t.id != row.id) where kind = 'key'" => true;
    row_deleted: "delete from row where kind = 'key'" => true;
    kek_deleted: "delete from row where kind = 'kek'" => true;
    row_from_yesterday: "delete from row where kind = 'key'; insert into row select * from y.row where kind = 'key'" => true;
    row_and_bucket_from_yesterday: "delete from row where kind = 'key';
        insert into row select * from y.row where kind = 'key';
        delete from ledger; insert into ledger select * from y.ledger" => true;
    row_bucket_and_head_from_yesterday: "delete from row; insert into row select * from y.row;
        delete from ledger; insert into ledger select * from y.ledger;
        delete from meta; insert into meta select * from y.meta" => true;
    secret_sealed: &format!("update secret set sealed = {FLIP}") => true;
    secret_deleted: "delete from secret" => true;
    ledger_revision: "update ledger set revision = revision + 1" => true;
    ledger_sealed: &format!("update ledger set sealed = {FLIP}") => true;
    ledger_deleted: "delete from ledger" => true;
    head_revision: "update meta set revision = revision + 1 where name = 'head'" => true;
    head_sealed: "update meta set value = x'00' where name = 'head'" => true;
    head_deleted: "delete from meta where name = 'head'" => true;
    installation: "update meta set value = zeroblob(16) where name = 'installation'" => true;
    installation_deleted_is_made_again: "delete from meta where name = 'installation'" => false;
    // An index row is a hint: without it a name leads nowhere, and records are what they are. The name also seems to be
    // free, so that it may be given again; inspection finds that (below, and `inspect.rs`).
    index_deleted: "delete from idx" => false;
    index_moved: "update idx set id = x'00'" => false;
    // Its record stands in the log already.
    outbox_deleted: "delete from outbox" => false;
    outbox_sealed: "update outbox set sealed = x'00'" => false;
    schema_version: "pragma y.user_version = 0; update migration set checksum = 'x'" => true;
}

/// A name without its index row seems to be free: whoever may bind names could give it to another key. The record
/// still bears it, and inspection (`backup create` and `backup verify`) tells.
#[tokio::test]
async fn a_name_without_its_index_row_is_found_by_inspection() {
    let (files, log, _) = filled().await;
    let db = Connection::open(files.path()).unwrap();
    assert_eq!(db.execute("delete from idx where name = 'key_by_name'", []).unwrap(), 2);
    drop(db);
    let store = files.open(&log).await.unwrap();
    let again = store.commit(put([Sealable::create(&key(tenant(1), 3, "k1"))])).await;
    store.close().await;
    drop(store);
    assert!(again.is_ok(), "if the store itself refused it, inspection would not be needed: {again:?}");
    files.sealer.forget();
    let backend = keystead_store_sqlite::Sqlite::open(files.path()).unwrap();
    let found = store_record::inspect(&backend, &*files.sealer, &mut |_, _| {}).await;
    let why = found.expect_err("it must be found").to_string();
    assert!(why.contains("missing in the index `key_by_name`"), "{why}");
}
