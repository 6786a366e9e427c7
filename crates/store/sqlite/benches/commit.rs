//! What a durable change costs: one key a commit, one caller and 64 at once (they share transactions), on the disk under
//! the temporary folder. The sink stands for a log that is always durable.
#![expect(clippy::unwrap_used, reason = "a bench stops at what it does not expect, as a test does")]

#[path = "../tests/it/harness.rs"]
mod harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::Sealable;
use harness::Files;
use keystead_store_sqlite::Sqlite;
use spi::RecordStore;
use store_record::SealedStore;
use testkit::store_conformance::TestLog;
use testkit::store_conformance::sample::{key, put, tenant};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Makes one more key, durable when this returns.
async fn commit(store: &SealedStore<Sqlite>) {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let key = key(tenant(1), n, &format!("key-{n}"));
    store.commit(put([Sealable::create(&key)])).await.unwrap();
}

fn bench(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let files = Files::new();
    let store = Arc::new(runtime.block_on(files.open(&Arc::<TestLog>::default())).unwrap());
    let mut group = c.benchmark_group("commit");
    group.sample_size(10).throughput(Throughput::Elements(1));
    for callers in [1_u64, 64] {
        group.bench_function(format!("{callers} callers"), |b| {
            b.iter_custom(|times| {
                let each = times.div_ceil(callers);
                let began = Instant::now();
                runtime.block_on(async {
                    let tasks: Vec<_> = (0..callers)
                        .map(|_| {
                            let store = Arc::clone(&store);
                            tokio::spawn(async move {
                                for _ in 0..each {
                                    commit(&store).await;
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                });
                began.elapsed()
            });
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
