//! The heartbeat's row: kept over a restart, counted with everything else, and not to be had from yesterday.

use std::sync::Arc;

use domain::Timestamp;
use keystead_store_sqlite::Sqlite;
use rusqlite::Connection;
use spi::{Heart, Heartbeat, StoreError};
use store_record::{SealedStore, Tally, inspect};
use testkit::store_conformance::TestLog;

use crate::harness::Files;

fn beat(at: i64) -> Heartbeat {
    Heartbeat { at: Timestamp::from_millis(at), ahead: 7 }
}

async fn with(files: &Files, log: &Arc<TestLog>, beats: &[i64]) -> SealedStore<Sqlite> {
    let store = files.open(log).await.unwrap();
    for at in beats {
        store.beat(beat(*at)).await.unwrap();
    }
    store
}

#[tokio::test]
async fn the_last_heartbeat_is_kept_and_no_change_is_logged() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    let store = with(&files, &log, &[]).await;
    assert_eq!(store.last().await.unwrap(), None);
    store.close().await;
    drop(store);
    let store = with(&files, &log, &[5, 6]).await;
    assert_eq!(store.last().await.unwrap(), Some(beat(6)));
    store.close().await;
    drop(store);
    let store = files.open(&log).await.unwrap();
    assert_eq!(store.last().await.unwrap(), Some(beat(6)), "after a restart");
    store.close().await;
    drop(store);
    let backend = Sqlite::open(files.path()).unwrap();
    files.sealer.forget();
    let found = inspect(&backend, &*files.sealer, &mut |_, _| {}).await.unwrap();
    assert_eq!(found.kinds["heartbeat"], Tally { live: 1, tombstones: 0 });
    assert_eq!(found.state.sequence, 0, "nothing was logged");
}

#[tokio::test]
async fn inv_4_an_older_heartbeat_does_not_pass_for_the_last() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    with(&files, &log, &[5]).await.close().await;
    let old = files.path().with_extension("old");
    std::fs::copy(files.path(), &old).unwrap();
    with(&files, &log, &[6]).await.close().await;
    let db = Connection::open(files.path()).unwrap();
    db.execute("attach ?1 as y", [old.to_str().unwrap()]).unwrap();
    let same = "y.row.kind = main.row.kind and y.row.kind = 'heartbeat'";
    let swap = format!(
        "update main.row set sealed = (select sealed from y.row where {same}), \
         revision = (select revision from y.row where {same}) where kind = 'heartbeat'"
    );
    assert_eq!(db.execute(&swap, []).unwrap(), 1);
    drop(db);
    let store = files.open(&log).await.unwrap();
    assert!(matches!(store.last().await, Err(StoreError::Corrupt { .. })));
    assert!(store.beat(beat(7)).await.is_err(), "nor is it written over");
    store.close().await;
}
