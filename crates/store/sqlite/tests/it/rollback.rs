//! A whole database restored from yesterday is refused until an operator accepts it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use domain::Sealable;
use spi::{Batch, RecordStore};
use store_record::{Backend, OpenError, Options};
use testkit::store_conformance::TestLog;
use testkit::store_conformance::sample::{principal, put};

use crate::harness::Files;

async fn write(files: &Files, log: &Arc<TestLog>, n: u8) {
    let store = files.open(log).await.unwrap();
    let revoking = Batch { revokes: true, ..put([Sealable::create(&principal(n, &format!("p{n}")))]) };
    store.commit(revoking).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn yesterdays_database_is_refused_until_accepted() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    write(&files, &log, 1).await;
    let yesterday = fs::read(files.path()).unwrap();
    write(&files, &log, 2).await;
    fs::write(files.path(), &yesterday).unwrap();
    let refused = files.open(&log).await.err().unwrap();
    assert!(matches!(refused, OpenError::RolledBack { pinned, found } if found.revision < pinned.revision));
    let accept = Options { accept_rollback: true, ..Options::default() };
    let store = files.open_with(&log, accept).await.unwrap();
    let next = store.commit(put([Sealable::create(&principal(2, "p2"))])).await.unwrap();
    assert_eq!(next.sequence, 3, "a sequence that the log has seen is not given again");
    store.close().await;
    drop(store);
    write(&files, &log, 4).await;
}

#[tokio::test]
async fn a_missing_or_foreign_pin_is_refused() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    write(&files, &log, 1).await;
    let pin = fs::read_to_string(files.pin()).unwrap();
    fs::remove_file(files.pin()).unwrap();
    assert!(matches!(files.open(&log).await.err().unwrap(), OpenError::PinMissing { .. }));
    let foreign =
        pin.replacen(char::is_numeric, "x", 0).replace("\"installation\":\"", "\"installation\":\"00");
    let end = foreign.find("\",\"revision").unwrap();
    fs::write(files.pin(), [&foreign[..end - 2], &foreign[end..]].concat()).unwrap();
    assert!(matches!(files.open(&log).await.err().unwrap(), OpenError::OtherInstallation));
    fs::write(files.pin(), pin).unwrap();
    files.open(&log).await.unwrap().close().await;
}

#[tokio::test]
async fn a_fresh_database_beside_a_full_log_is_refused() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    write(&files, &log, 1).await;
    let other = Files::new();
    assert!(matches!(other.open(&log).await.err().unwrap(), OpenError::PinMissing { .. }));
    let behind = files.open(&Arc::new(TestLog::default())).await;
    match behind {
        // Its one record still stands in the outbox, so a new log gets it.
        Ok(store) => store.close().await,
        Err(e) => panic!("{e}"),
    }
}

#[tokio::test]
async fn files_are_private_and_have_one_process() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    let store = files.open(&log).await.unwrap();
    store.commit(put([Sealable::create(&principal(1, "p1"))])).await.unwrap();
    for end in ["", "-wal", "-shm"] {
        let mode = fs::metadata(format!("{}{end}", files.path().display())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "`{end}`");
    }
    assert!(matches!(files.open(&log).await.err().unwrap(), OpenError::Backend(_)));
    let copy = files.path().with_extension("copy");
    store.backend().backup(&copy).await.unwrap();
    assert!(store.backend().backup(&copy).await.is_err(), "it overwrites nothing");
    store.close().await;
    drop(store);
    fs::copy(&copy, files.path()).unwrap();
    files.open(&log).await.unwrap().close().await;
}

#[tokio::test]
async fn a_sealed_system_opens_the_database_but_no_store() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    write(&files, &log, 1).await;
    files.sealer.set_sealed(true);
    assert!(matches!(files.open(&log).await.err().unwrap(), OpenError::Sealed));
    let backend = keystead_store_sqlite::Sqlite::open(files.path()).unwrap();
    backend.set_meta("root", b"wrapped").await.unwrap();
    assert_eq!(backend.meta("root").await.unwrap().as_deref(), Some(&b"wrapped"[..]));
}
