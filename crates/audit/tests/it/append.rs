//! Order, fences, tickets, commits, modes, search.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use audit::{position_of, search, tail};
use domain::{Scope, TenantId};
use spi::{AppendError, AuditLog, AuditQuery, CommitSink, Epochs, Fence};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn many_appenders_get_every_place_once() {
    let modes: [fn(&std::path::Path) -> audit::LogConfig; 2] = [config, os];
    for durability in modes {
        let dir = tempfile::tempdir().unwrap();
        let log = open_with(durability(dir.path()));
        let tasks: Vec<_> = (0..40_u64)
            .map(|task| {
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let mut places = Vec::new();
                    for n in 0..25 {
                        places.push(append(&log, task * 25 + n).await);
                    }
                    assert!(places.is_sorted());
                    places
                })
            })
            .collect();
        let mut places = BTreeSet::new();
        for task in tasks {
            places.extend(task.await.unwrap());
        }
        assert_eq!(places, (0..1000).collect());
        log.close().await.unwrap();
        assert_eq!(log.status().checkpoint.unwrap().size, 1000);
        let read = tail(dir.path(), &Crypto, Some(0), 1000).unwrap();
        let ids: BTreeSet<_> = read.entries.iter().map(|(_, e)| e.record.id).collect();
        assert_eq!(ids.len(), 1000, "each record stands in the log, over several segments");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inv_10_no_use_is_placed_after_the_revocation_that_forbids_it() {
    let dir = tempfile::tempdir().unwrap();
    let (log, epochs) = (open(dir.path()), Arc::new(Epochs::default()));
    let scope = Scope::Tenant(TenantId::random([1; 16]));
    let allowed = Arc::new(AtomicU64::new(1));
    let users: Vec<_> = (0..16_u64)
        .map(|user| {
            let (log, epochs, allowed) = (Arc::clone(&log), Arc::clone(&epochs), Arc::clone(&allowed));
            tokio::spawn(async move {
                let mut stale = 0;
                for n in 0..60 {
                    let fence = epochs.capture([scope]);
                    let decided = allowed.load(Ordering::SeqCst) == 1;
                    tokio::task::yield_now().await;
                    if !decided {
                        continue;
                    }
                    match log.append(ticket(&log).await, fence, record(user * 100 + n)).await {
                        Ok(_) => {}
                        Err(AppendError::Stale(scopes)) => {
                            assert_eq!(scopes, vec![scope]);
                            stale += 1;
                        }
                        Err(e) => panic!("{e:?}"),
                    }
                }
                stale
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    allowed.store(0, Ordering::SeqCst);
    epochs.raise(scope, 1);
    let mut revoked = entry(1);
    revoked.record.raised = vec![(scope, 1)];
    log.committed(vec![revoked]).await.unwrap();
    for user in users {
        user.await.unwrap();
    }
    log.close().await.unwrap();
    let entries = tail(dir.path(), &Crypto, Some(0), 1000).unwrap().entries;
    let at = entries.iter().position(|(_, e)| e.commit == Some(1)).unwrap();
    assert!(at > 0, "some uses came before");
    assert_eq!(at, entries.len() - 1, "and none after");
}

#[tokio::test]
async fn a_stale_use_is_refused_and_gives_its_space_back() {
    let dir = tempfile::tempdir().unwrap();
    let (log, epochs) = (open(dir.path()), Epochs::default());
    append(&log, 0).await;
    let fence = epochs.capture([Scope::System]);
    epochs.raise(Scope::System, 1);
    while log.status().space < 32 << 10 {
        // Until the spare segment is counted.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let space = log.status().space;
    let refused = try_append(&log, fence, record(1)).await;
    assert_eq!(refused, Err(AppendError::Stale(vec![Scope::System])));
    assert_eq!(log.status().space, space);
    assert_eq!(append(&log, 2).await, 1, "the refused record took no place");
}

#[tokio::test]
async fn epochs_of_the_fence_stand_in_the_record() {
    let dir = tempfile::tempdir().unwrap();
    let (log, epochs) = (open(dir.path()), Epochs::default());
    epochs.raise(Scope::System, 7);
    try_append(&log, epochs.capture([Scope::System]), record(0)).await.unwrap();
    let found = log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    assert_eq!(found.items[0].1.epochs, vec![(Scope::System, 7)]);
}

#[tokio::test]
async fn commits_are_logged_once_in_order_and_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let log = open_with(os(dir.path()));
    log.committed(vec![entry(1), entry(2)]).await.unwrap();
    assert_eq!(log.durable_through(), 2);
    assert!(commit(&log, 4).await.unwrap_err().why.contains("3 is due"));
    log.committed(vec![entry(2), entry(3)]).await.unwrap();
    assert_eq!(log.durable_through(), 3);
    drop(log);
    let log = open_with(os(dir.path()));
    assert_eq!(log.durable_through(), 3);
    log.committed(vec![entry(1), entry(3)]).await.unwrap();
    let mut other = entry(3);
    other.record.id = record(5).id;
    assert!(log.committed(vec![other]).await.unwrap_err().why.contains("older than its log"));
    log.close().await.unwrap();
    assert_eq!(tail(dir.path(), &Crypto, Some(0), 100).unwrap().entries.len(), 3);
}

#[tokio::test]
async fn a_replay_from_before_the_current_segment_is_known_again() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    commit(&log, 10).await.unwrap();
    for n in 0..200 {
        append(&log, n).await;
    }
    log.close().await.unwrap();
    let log = open(dir.path());
    assert_eq!(log.durable_through(), 10);
    commit(&log, 10).await.unwrap();
    assert_eq!(log.status().size, 201);
}

#[tokio::test]
async fn files_are_for_their_owner_alone_and_one_process_has_them() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("audit");
    let log = open(&home);
    append(&log, 0).await;
    log.checkpoint().await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    for item in std::fs::read_dir(&home).unwrap().map(|i| i.unwrap().path()) {
        assert_eq!(mode(&item), if item.is_dir() { 0o700 } else { 0o600 }, "{item:?}");
    }
    let second = audit::Log::open(config(&home), Arc::new(Crypto), clock());
    assert!(matches!(second.err(), Some(audit::OpenError::InUse(_))));
    log.close().await.unwrap();
    open(&home);
}

#[tokio::test]
async fn search_is_newest_first_by_page_and_filter() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..150 {
        let mut record = record(n);
        record.operation = if n % 3 == 0 { "Decrypt".into() } else { "Encrypt".into() };
        log.append(ticket(&log).await, Fence::default(), record).await.unwrap();
    }
    let mut query = AuditQuery { operation: Some("Decrypt".to_owned()), limit: 20, ..AuditQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = log.search(query.clone()).await.unwrap();
        seen.extend(page.items.iter().map(|(position, _)| position.0));
        let Some(next) = page.next else { break };
        query.before = position_of(&next);
    }
    assert_eq!(seen, (0..150).rev().filter(|n| n % 3 == 0).collect::<Vec<_>>());
    let offline =
        search(dir.path(), &Crypto, &AuditQuery { limit: 3, ..AuditQuery::default() }, None).unwrap();
    assert_eq!(offline.items.iter().map(|(p, _)| p.0).collect::<Vec<_>>(), vec![149, 148, 147]);
    let last = tail(dir.path(), &Crypto, None, 2).unwrap();
    assert_eq!((last.entries[0].0.0, last.next), (148, 150));
}

struct Witness;

impl audit::Countersigner for Witness {
    fn countersign(&self, text: &str) -> Option<String> {
        assert!(text.starts_with(ORIGIN));
        Some("— witness.example AAAAAAAA".to_owned())
    }
}

#[tokio::test]
async fn checkpoints_come_by_count_and_by_time_and_take_a_countersignature() {
    let dir = tempfile::tempdir().unwrap();
    let every = audit::CheckpointEvery { records: 10, seconds: 1 };
    let log = open_with(audit::LogConfig { checkpoint_every: every, ..config(dir.path()) });
    log.set_countersigner(Some(Arc::new(Witness)));
    for n in 0..10 {
        append(&log, n).await;
    }
    let signed = async |size| {
        for _ in 0..200 {
            if log.status().checkpoint.is_some_and(|c| c.size == size) {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        false
    };
    assert!(signed(10).await, "ten records");
    let note = std::fs::read_to_string(dir.path().join("checkpoint")).unwrap();
    assert!(note.ends_with("— witness.example AAAAAAAA\n"));
    append(&log, 10).await;
    assert!(signed(11).await, "one second");
    log.close().await.unwrap();
    let report = audit::verify(dir.path(), log.verifier_key(), Some(&note), &Crypto).unwrap();
    assert_eq!((report.findings, report.checkpoints), (vec![], 3), "over nothing, by count, by time");
}

#[tokio::test]
async fn the_form_of_the_files_is_pinned() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, 0).await;
    commit(&log, 1).await.unwrap();
    log.close().await.unwrap();
    let text = std::fs::read_to_string(dir.path().join("audit-00000001.jsonl")).unwrap();
    let note = std::fs::read_to_string(dir.path().join("checkpoint")).unwrap();
    let signed = note.split("\n\n").next().unwrap();
    insta::assert_snapshot!(format!("{}---\n{signed}\n", text.trim_end_matches('\0')));
}
