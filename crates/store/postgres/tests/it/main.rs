//! PostgreSQL under the conformance suite. The server is named by `KEYSTEAD_TEST_POSTGRES_URL`; each test has a schema
//! of its own in it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail by panicking and speak to who runs them"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use keystead_store_postgres::{Config, Postgres};
use spi::Epochs;
use store_record::{MemoryPin, Options, Parts, SealedStore};
use testkit::store_conformance::sealer::TestSealer;
use testkit::store_conformance::{StoreHarness, StoreUnderTest, TestLog};

struct Server {
    config: Config,
    sealer: Arc<TestSealer>,
    pin: MemoryPin,
}

#[async_trait]
impl StoreHarness for Server {
    async fn open(&self, epochs: Arc<Epochs>, log: Arc<TestLog>) -> Arc<dyn StoreUnderTest> {
        self.sealer.forget();
        let parts = Parts {
            backend: Postgres::open(self.config.clone()).await.unwrap(),
            sealer: self.sealer.clone(),
            epochs,
            sink: log,
            pin: Box::new(self.pin.clone()),
        };
        Arc::new(Closing(SealedStore::open(parts, Options::default()).await.unwrap()))
    }
}

async fn server() -> Option<Server> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("KEYSTEAD_TEST_POSTGRES_URL") else {
        eprintln!("skipped: KEYSTEAD_TEST_POSTGRES_URL names no server");
        return None;
    };
    let mut config: Config = url.parse().unwrap();
    let schema = format!("ks_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    let fresh = format!("drop schema if exists {schema} cascade; create schema {schema}");
    client.batch_execute(&fresh).await.unwrap();
    driver.abort();
    config.options(format!("-c search_path={schema}"));
    Some(Server { config, sealer: Arc::new(TestSealer::new(1)), pin: MemoryPin::default() })
}

testkit::store_conformance!(server);

testkit::store_under_test!(Closing(SealedStore<Postgres>));
