//! A disk that is full, slow or broken: refused before performing, recovered without a restart, nothing
//! acknowledged is lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use audit::{LogConfig, tail};
use spi::{AppendError, AuditLog, CommitSink};

use crate::support::*;

fn faulty(dir: &std::path::Path) -> (LogConfig, Faulty) {
    let faults = Faulty::default();
    let mut config = config(dir);
    config.files = Arc::new(faults.clone());
    (config, faults)
}

#[tokio::test]
async fn a_full_disk_refuses_tickets_first_and_recovers_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (config, faults) = faulty(dir.path());
    let log = open_with(config);
    append(&log, 0).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    faults.no_space.store(true, Ordering::SeqCst);
    let mut written = 1;
    let why = loop {
        match log.ticket(900) {
            // Whoever has a ticket is never refused for want of space.
            Ok(ticket) => {
                log.append(ticket, spi::Fence::default(), record(written)).await.unwrap();
                written += 1;
            }
            Err(e) => break e.to_string(),
        }
        assert!(written < 500);
    };
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let why = log.ticket(900).err().map_or(why, |e| e.to_string());
    assert!(why.contains("No space left on device"), "{why}");
    commit(&log, 1).await.unwrap();
    faults.no_space.store(false, Ordering::SeqCst);
    let (position, _) = append_patiently(&log, written).await;
    assert_eq!(position, written + 1);
    log.close().await.unwrap();
    drop(log);
    assert_eq!(open(dir.path()).status().size, written + 2);
}

#[tokio::test]
async fn a_dropped_ticket_gives_its_space_back() {
    let dir = tempfile::tempdir().unwrap();
    let (config, faults) = faulty(dir.path());
    let log = open_with(config);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    faults.no_space.store(true, Ordering::SeqCst);
    let held: Vec<_> = std::iter::from_fn(|| log.ticket(900).ok()).collect();
    assert!(held.len() > 20 && log.ticket(900).is_err());
    drop(held);
    assert!(log.ticket(900).is_ok());
}

#[tokio::test]
async fn a_record_too_long_is_refused_at_the_ticket() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    assert!(log.ticket(9000).unwrap_err().why.contains("limit of 8192"));
}

#[tokio::test]
async fn short_writes_are_finished() {
    let dir = tempfile::tempdir().unwrap();
    let (config, faults) = faulty(dir.path());
    faults.short.store(13, Ordering::SeqCst);
    let log = open_with(config);
    for n in 0..100 {
        assert_eq!(append(&log, n).await, n);
    }
    log.close().await.unwrap();
    drop(log);
    assert_eq!(open(dir.path()).status().size, 100);
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Write,
    Sync,
}

/// Strikes again and again under load; then compares what was acknowledged with what a fresh process reads.
async fn nothing_acknowledged_is_lost(fault: Fault) {
    let dir = tempfile::tempdir().unwrap();
    let (mut config, faults) = faulty(dir.path());
    config.segment_bytes = 128 << 10;
    faults.slow_sync.store(2, Ordering::SeqCst);
    let log = open_with(config);
    let writers: Vec<_> = (0..12_u64)
        .map(|writer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let (mut places, mut refusals) = (BTreeMap::new(), 0);
                for n in 0..40 {
                    let (place, refused) = append_patiently(&log, writer * 1000 + n).await;
                    assert!(!matches!(refused, Some(AppendError::Stale(_))));
                    refusals += u64::from(refused.is_some());
                    places.insert(place, writer * 1000 + n);
                }
                (places, refusals)
            })
        })
        .collect();
    let committer = {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            for sequence in 1..=30 {
                // As a store does: what is not in the log is handed in again, in order.
                while commit(&log, sequence).await.is_err() {
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
                assert!(log.durable_through() >= sequence);
            }
        })
    };
    for _ in 0..4 {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        match fault {
            Fault::Write => faults.fail_writes.store(1, Ordering::SeqCst),
            Fault::Sync => faults.fail_syncs.store(2, Ordering::SeqCst),
        }
    }
    let (mut acknowledged, mut refusals) = (BTreeMap::new(), 0);
    for writer in writers {
        let (places, refused) = writer.await.unwrap();
        refusals += refused;
        acknowledged.extend(places);
    }
    committer.await.unwrap();
    assert_eq!(acknowledged.len(), 480, "{fault:?}: no place was given twice");
    assert!(refusals > 0, "{fault:?}: the fault struck");
    log.close().await.unwrap();
    drop(log);
    let log = open_with(LogConfig { segment_bytes: 128 << 10, ..crate::support::config(dir.path()) });
    assert_eq!(log.durable_through(), 30);
    let read = tail(dir.path(), &Crypto, Some(0), 1000).unwrap();
    let by_place: BTreeMap<_, _> = read.entries.iter().map(|(p, e)| (p.0, e.record.id)).collect();
    for (place, n) in acknowledged {
        assert_eq!(by_place.get(&place), Some(&record(n).id), "{fault:?}: place {place}");
    }
    let commits: Vec<_> = read.entries.iter().filter_map(|(_, e)| e.commit).collect();
    assert_eq!(commits, (1..=30).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_write_the_log_goes_on_in_a_fresh_segment() {
    nothing_acknowledged_is_lost(Fault::Write).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_the_log_goes_on_in_a_fresh_segment() {
    nothing_acknowledged_is_lost(Fault::Sync).await;
}

#[tokio::test]
async fn os_durability_acknowledges_before_the_sync_and_commits_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let (config, faults) = faulty(dir.path());
    let log = open_with(LogConfig { durability: audit::Durability::Os, ..config });
    let before = faults.syncs.load(Ordering::SeqCst);
    faults.slow_sync.store(40, Ordering::SeqCst);
    append(&log, 0).await;
    assert_eq!(faults.syncs.load(Ordering::SeqCst), before);
    commit(&log, 1).await.unwrap();
    assert!(faults.syncs.load(Ordering::SeqCst) > before);
    append(&log, 1).await;
    assert_eq!((log.status().size, log.status().durable), (3, 2));
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!(log.status().durable, 3, "synced in the background within a bounded time");
}
