//! What an append costs the caller, and how many a second the log takes, on the disk under the temporary folder.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench stops at what it does not expect, as a test does"
)]

extern crate keystead_audit as audit;

#[expect(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/support.rs"]
mod support;

use std::sync::Arc;
use std::time::Instant;

use audit::{Durability, Log, LogConfig};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use spi::{AuditLog, Epochs, Fence};
use support::{ORIGIN, open_with, record};
use tokio::runtime::{Builder, Runtime};

fn log(dir: &std::path::Path, durability: Durability) -> Arc<Log> {
    let mut config = LogConfig::new(dir, ORIGIN);
    config.durability = durability;
    open_with(config)
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

async fn append(log: &Log, fence: Fence, n: u64) {
    loop {
        let Ok(ticket) = log.ticket(900) else {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            continue;
        };
        log.append(ticket, fence, record(n)).await.unwrap();
        return;
    }
}

/// The caller's own part: a polled append that is not waited for.
fn caller(c: &mut Criterion) {
    let (dir, runtime) = (tempfile::tempdir().unwrap(), runtime());
    let (log, epochs) = (log(dir.path(), Durability::Os), Epochs::default());
    let _guard = runtime.enter();
    c.bench_function("caller's part of an append", |b| {
        b.iter_custom(|times| {
            let mut own = std::time::Duration::ZERO;
            for n in 0..times {
                let (fence, record) = (epochs.capture([domain::Scope::System]), record(n));
                let ticket = runtime.block_on(async {
                    loop {
                        if let Ok(ticket) = log.ticket(900) {
                            break ticket;
                        }
                        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                    }
                });
                let start = Instant::now();
                let mut append = log.append(ticket, fence, record);
                let waker = std::task::Waker::noop();
                let polled = append.as_mut().poll(&mut std::task::Context::from_waker(waker));
                own += start.elapsed();
                match polled {
                    std::task::Poll::Ready(placed) => placed.unwrap(),
                    std::task::Poll::Pending => runtime.block_on(append).unwrap(),
                };
            }
            own
        });
    });
}

fn throughput(c: &mut Criterion) {
    let mut group = c.benchmark_group("64 appenders");
    group.sample_size(10).throughput(Throughput::Elements(1));
    for (name, durability) in [("os", Durability::Os), ("fsync", Durability::Fsync)] {
        let (dir, runtime) = (tempfile::tempdir().unwrap(), runtime());
        let log = log(dir.path(), durability);
        group.bench_function(name, |b| {
            b.iter_custom(|times| {
                let each = times.div_ceil(64);
                let start = Instant::now();
                runtime.block_on(async {
                    let tasks: Vec<_> = (0..64)
                        .map(|_| {
                            let log = Arc::clone(&log);
                            tokio::spawn(async move {
                                for n in 0..each {
                                    append(&log, Fence::default(), n).await;
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                });
                start.elapsed()
            });
        });
    }
}

criterion_group!(benches, caller, throughput);
criterion_main!(benches);
