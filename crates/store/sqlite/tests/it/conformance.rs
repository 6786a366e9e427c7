//! The suite, over a file and in memory.

use std::sync::Arc;

use async_trait::async_trait;
use keystead_store_sqlite::Sqlite;
use spi::Epochs;
use store_record::{FilePin, Options, Parts, SealedStore};
use testkit::store_conformance::{StoreHarness, StoreUnderTest, TestLog};

use crate::harness::Files;

#[async_trait]
impl StoreHarness for Files {
    async fn open(&self, epochs: Arc<Epochs>, log: Arc<TestLog>) -> Arc<dyn StoreUnderTest> {
        self.sealer.forget();
        let parts = Parts {
            backend: Sqlite::open(self.path()).unwrap(),
            sealer: self.sealer.clone(),
            epochs,
            sink: log,
            pin: Box::new(FilePin::new(self.pin())),
        };
        Arc::new(Closing(SealedStore::open(parts, Options::default()).await.unwrap()))
    }
}

async fn files() -> Option<Files> {
    Some(Files::new())
}

testkit::store_conformance!(files);

testkit::store_under_test!(Closing(SealedStore<Sqlite>));

#[tokio::test]
async fn in_memory_is_the_same_store() {
    use domain::{Owner, Principal, Record, Sealable};
    use spi::{RecordStore, RecordStoreExt};
    use testkit::store_conformance::sample::{account_id, principal, put};
    let parts = Parts {
        backend: Sqlite::in_memory().unwrap(),
        sealer: Files::new().sealer,
        epochs: Arc::default(),
        sink: Arc::new(TestLog::default()),
        pin: Box::new(store_record::MemoryPin::default()),
    };
    let store = SealedStore::open(parts, Options::default()).await.unwrap();
    let tina = principal(1, "tina");
    store.commit(put([Sealable::create(&tina)])).await.unwrap();
    let loaded = store.load::<Principal>(Owner::Account(account_id()), &tina.id_bytes()).await.unwrap();
    assert_eq!(loaded.unwrap().get(), &tina);
    let digest = store.ledger_digest();
    store.commit(put([Sealable::create(&principal(2, "tom"))])).await.unwrap();
    assert_ne!(digest, store.ledger_digest());
    store.close().await;
}
