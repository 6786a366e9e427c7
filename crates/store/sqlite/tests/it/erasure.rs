//! The canary: a destroyed version's sealed bytes are gone from the database, its free pages and its write-ahead log.

use std::fs;
use std::sync::Arc;

use rusqlite::Connection;
use secret::SecretBytes;
use spi::{Batch, MaterialChange, RecordStore};
use testkit::store_conformance::TestLog;
use testkit::store_conformance::sample::{batch, material_at, tenant};

use crate::harness::Files;

fn every_sealed(files: &Files) -> Vec<(i64, Vec<u8>)> {
    let db = Connection::open(files.path()).unwrap();
    let mut select = db.prepare("select slot, sealed from secret order by slot").unwrap();
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

fn files_hold(files: &Files, needle: &[u8]) -> bool {
    let names = ["", "-wal", "-journal"].map(|end| format!("{}{end}", files.path().display()));
    names.iter().any(|name| {
        fs::read(name).is_ok_and(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    })
}

#[tokio::test]
async fn erased_material_is_gone_from_every_page() {
    let (files, log) = (Files::new(), Arc::new(TestLog::default()));
    let store = files.open(&log).await.unwrap();
    store.commit(Batch { new_tenants: vec![tenant(1)], ..batch() }).await.unwrap();
    // Sizes differ, so that pages fill unevenly; the largest spill into overflow pages.
    for n in 1..=200_u32 {
        let size = [32, 1200, 2400, 9000][usize::try_from(n).unwrap() % 4];
        let material = SecretBytes::take(&mut vec![7; size]);
        let change = MaterialChange::Keep { at: material_at(tenant(1), n), material };
        store.commit(Batch { material: vec![change], ..batch() }).await.unwrap();
    }
    let sealed = every_sealed(&files);
    assert_eq!(sealed.len(), 200);
    let erased = |slot: i64| slot % 7 < 4;
    for (slot, bytes) in &sealed {
        assert!(files_hold(&files, &bytes[..24]), "positive control: slot {slot} is found before");
    }
    for (slot, _) in sealed.iter().filter(|(slot, _)| erased(*slot)) {
        let change = MaterialChange::Erase(material_at(tenant(1), u32::try_from(*slot).unwrap()));
        store.commit(Batch { material: vec![change], revokes: true, ..batch() }).await.unwrap();
    }
    for (slot, bytes) in &sealed {
        let (head, tail) = (&bytes[..24], &bytes[bytes.len() - 24..]);
        assert_eq!(files_hold(&files, head), !erased(*slot), "slot {slot}");
        assert_eq!(files_hold(&files, tail), !erased(*slot), "slot {slot}");
    }
    store.close().await;
}
