//! What every record store must do, whatever lies underneath. `store_conformance!(make)` runs it all as one test per
//! case; `make` is an `async fn() -> Option<impl StoreHarness>`, where `None` says that there is no database to test
//! against.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a suite fails by panicking")]

pub mod basics;
pub mod fences;
pub mod indexes;
pub mod materials;
pub mod recovery;
pub mod sample;
pub mod sealer;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use spi::{AuditError, CommitSink, Counter, Durable, Epochs, MaterialVault, OutboxEntry, RecordStore};

/// A store under test.
#[async_trait]
pub trait StoreUnderTest: RecordStore + MaterialVault + Counter {
    /// Ends it in good order.
    async fn close(&self);
}

/// One database, opened as often as a case wants.
#[async_trait]
pub trait StoreHarness: Send + Sync {
    /// Opens a store over the same database with the same key-encryption keys and pin.
    async fn open(&self, epochs: Arc<Epochs>, log: Arc<TestLog>) -> Arc<dyn StoreUnderTest>;
}

/// An audit log in memory that can be told to fail.
#[derive(Debug, Default)]
pub struct TestLog {
    entries: Mutex<Vec<OutboxEntry>>,
    durable: AtomicU64,
    failing: AtomicBool,
}

impl TestLog {
    /// From now on it fails, or works again.
    pub fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }

    /// Sequences in the order in which they came.
    #[must_use]
    pub fn sequences(&self) -> Vec<u64> {
        self.entries.lock().unwrap().iter().map(|e| e.sequence).collect()
    }

    /// The last entry.
    #[must_use]
    pub fn last(&self) -> Option<OutboxEntry> {
        self.entries.lock().unwrap().last().cloned()
    }
}

impl CommitSink for TestLog {
    fn committed(&self, entries: Vec<OutboxEntry>) -> Durable {
        if self.failing.load(Ordering::SeqCst) {
            return Box::pin(async { Err(AuditError { why: "told to fail".to_owned() }) });
        }
        for entry in entries {
            self.durable.store(entry.sequence, Ordering::SeqCst);
            self.entries.lock().unwrap().push(entry);
        }
        Box::pin(async { Ok(()) })
    }

    fn longest_record(&self) -> usize {
        64 * 1024
    }

    fn durable_through(&self) -> u64 {
        self.durable.load(Ordering::SeqCst)
    }
}

/// A harness with one open store.
pub struct Bench<H> {
    /// The database.
    pub harness: H,
    /// Raised by the store.
    pub epochs: Arc<Epochs>,
    /// Fed by the store.
    pub log: Arc<TestLog>,
    /// The open store.
    pub store: Arc<dyn StoreUnderTest>,
}

impl<H: StoreHarness> Bench<H> {
    /// Opens a store with a new log.
    pub async fn new(harness: H) -> Self {
        let (epochs, log) = (Arc::new(Epochs::default()), Arc::new(TestLog::default()));
        let store = harness.open(Arc::clone(&epochs), Arc::clone(&log)).await;
        Self { harness, epochs, log, store }
    }

    /// Closes the store and opens it again with fresh epochs, as a restarted process would.
    pub async fn reopened(self) -> Self {
        self.store.close().await;
        let Self { harness, log, store, epochs: _ } = self;
        drop(store);
        let epochs = Arc::new(Epochs::default());
        let store = harness.open(Arc::clone(&epochs), Arc::clone(&log)).await;
        Self { harness, epochs, log, store }
    }
}

/// Runs every case of the suite against the harness that `$make` gives.
#[macro_export]
macro_rules! store_conformance {
    ($make:path) => {
        $crate::store_conformance!(@cases $make;
            basics: create_load_replace_delete, a_create_of_what_was_deleted_is_a_conflict,
                expectations_must_hold, a_record_has_a_bound, many_at_once_each_count_once, nothing_is_half_done;
            fences: a_stale_fence_is_refused, a_raise_is_seen_and_logged, epochs_survive_reopening,
                of_two_in_one_group_the_later_sees_the_earlier, the_stale_hear_of_it_after_the_raise;
            indexes: pages_in_order, unique_keys_are_taken_and_set_free, a_name_moves_in_one_batch,
                find_needs_the_records_own_word, absent_means_absent;
            materials: keep_open_erase, material_knows_its_place, tenants_keep_apart, kept_again_after_erasure,
                fingerprints_are_per_tenant_and_stay, counters_never_repeat;
            recovery: a_failed_log_stops_commits_until_drained, the_outbox_is_replayed_in_order,
                everything_survives_reopening;
        );
    };
    (@cases $make:path; $($group:ident: $($case:ident),+;)+) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            if let Some(harness) = $make().await {
                $crate::store_conformance::$group::$case($crate::store_conformance::Bench::new(harness).await).await;
            }
        }
    )+)+};
}

/// Wraps a store that has `async fn close(&self)` so that the suite can hold it.
#[macro_export]
macro_rules! store_under_test {
    ($name:ident($store:ty)) => {
        struct $name($store);

        #[async_trait::async_trait]
        impl spi::RecordStore for $name {
            async fn open(&self, at: &domain::RecordRef) -> Result<Option<spi::Opened>, spi::StoreError> {
                spi::RecordStore::open(&self.0, at).await
            }

            async fn scan(
                &self,
                scan: spi::IndexScan,
            ) -> Result<domain::Page<spi::IndexHit>, spi::StoreError> {
                self.0.scan(scan).await
            }

            fn is_settled(&self) -> bool {
                self.0.is_settled()
            }

            async fn commit(&self, batch: spi::Batch) -> Result<spi::Committed, spi::CommitError> {
                self.0.commit(batch).await
            }
        }

        #[async_trait::async_trait]
        impl spi::MaterialVault for $name {
            async fn open(&self, at: &spi::MaterialAt) -> Result<secret::SecretBytes, spi::MaterialError> {
                spi::MaterialVault::open(&self.0, at).await
            }

            fn fingerprint(
                &self,
                tenant: domain::TenantId,
                key: domain::KeyId,
                material: &secret::SecretBytes,
            ) -> Result<domain::MaterialId, spi::MaterialError> {
                self.0.fingerprint(tenant, key, material)
            }
        }

        #[async_trait::async_trait]
        impl spi::Counter for $name {
            async fn take(&self, version: domain::VersionId, n: u32) -> Result<(), spi::CounterError> {
                self.0.take(version, n).await
            }
        }

        #[async_trait::async_trait]
        impl $crate::store_conformance::StoreUnderTest for $name {
            async fn close(&self) {
                self.0.close().await;
            }
        }
    };
}
