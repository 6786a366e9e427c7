//! The last use of keys and credentials: what counts, what survives, and what an answer claims.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use audit::{Log, LogConfig, UseLimits};
use domain::{
    Action, AuditRecord, CredentialId, KeyId, LastUse, Outcome, PrincipalId, Target, Timestamp, Used,
};
use spi::{AuditLog, CommitSink, Fence, OutboxEntry};

use crate::support::*;

const SIDE: &str = "last-uses";

fn key(n: u8) -> KeyId {
    KeyId::random([n; 16])
}

fn credential() -> CredentialId {
    CredentialId::new("AKKSTEST").unwrap()
}

fn target(key: KeyId) -> Target {
    Target { kind: "key".into(), id: key.to_string(), version: Some(1), versions: Vec::new(), state: None }
}

/// Somebody encrypts with a key.
fn use_of(n: u64, id: KeyId) -> AuditRecord {
    let mut record = AuditRecord { actions: vec![Action::Encrypt], target: Some(target(id)), ..record(n) };
    record.subject.principal = Some(PrincipalId::random([1; 16]));
    record.subject.credential = Some(credential());
    record
}

async fn put(log: &Log, record: AuditRecord) -> u64 {
    log.append(ticket(log).await, Fence::default(), record).await.unwrap().0
}

fn last(log: &Log, id: KeyId) -> LastUse {
    log.last_use(Used::Key(id))
}

/// Which use is known to be the last, by its number.
fn which(log: &Log, id: KeyId) -> Option<u64> {
    last(log, id).last.map(|it| u64::from_be_bytes(it.record.as_bytes()[..8].try_into().unwrap()))
}

fn at(n: u64) -> Timestamp {
    record(n).at
}

/// Until what there was before the start has been read: never long with records this few.
async fn complete_since(log: &Log, since: Timestamp) {
    for _ in 0..1000 {
        if last(log, key(255)).since == since {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("complete since {:?}, not {since:?}", last(log, key(255)).since);
}

fn limited(dir: &Path, change: impl FnOnce(&mut UseLimits)) -> LogConfig {
    let mut config = config(dir);
    change(&mut config.uses);
    config
}

#[tokio::test]
async fn a_use_is_known_once_it_is_answered_and_only_a_use_counts() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    assert_eq!(last(&log, key(1)).last, None);
    put(&log, use_of(1, key(1))).await;
    let known = last(&log, key(1));
    let it = known.last.unwrap();
    assert_eq!((it.at, it.record, it.action), (at(1), record(1).id, Some(Action::Encrypt)));
    assert!(known.since <= it.at, "what is known reaches back to it");
    // None of these is a use of the key.
    for change in [
        |r: &mut AuditRecord| r.actions = vec![Action::DescribeKey],
        |r: &mut AuditRecord| r.actions = vec![Action::GetPublicKey],
        |r: &mut AuditRecord| r.dry_run = true,
        |r: &mut AuditRecord| r.outcome = Outcome::Failure("denied".into()),
        |r: &mut AuditRecord| {
            (r.items, r.failed, r.outcome) = (Some(2), Some(2), Outcome::Failure("denied".into()));
        },
        |r: &mut AuditRecord| r.target.as_mut().unwrap().kind = "absent-key".into(),
    ] {
        let mut record = use_of(2, key(1));
        change(&mut record);
        put(&log, record.clone()).await;
        assert_eq!(which(&log, key(1)), Some(1), "{record:?}");
    }
    // Of a batch one item is enough; the other key of a re-encryption is used too.
    let batch = AuditRecord {
        items: Some(2),
        failed: Some(1),
        outcome: Outcome::Failure("denied".into()),
        ..use_of(3, key(1))
    };
    put(&log, batch).await;
    assert_eq!(which(&log, key(1)), Some(3));
    let both = vec![Action::ReEncryptFrom, Action::ReEncryptTo];
    put(&log, AuditRecord { actions: both, also: vec![target(key(2))], ..use_of(4, key(1)) }).await;
    assert_eq!((which(&log, key(1)), which(&log, key(2))), (Some(4), Some(4)));
}

#[tokio::test]
async fn a_credential_is_used_by_whoever_is_authenticated_by_it() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let known = || log.last_use(Used::Credential(&credential())).last;
    let mut presented = use_of(1, key(1));
    presented.subject.principal = None;
    put(&log, presented).await;
    assert_eq!(known(), None, "it was only presented");
    put(&log, AuditRecord { outcome: Outcome::Failure("denied".into()), ..use_of(2, key(1)) }).await;
    assert_eq!(known().unwrap().at, at(2));
    let change = AuditRecord { actions: vec![Action::CreateKey], ..use_of(3, key(1)) };
    log.committed(vec![OutboxEntry { sequence: 1, record: change }]).await.unwrap();
    assert_eq!((known().unwrap().at, known().unwrap().action), (at(3), Some(Action::CreateKey)));
}

#[tokio::test]
async fn the_newest_record_wins_though_a_clock_was_set_back() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    put(&log, use_of(9, key(1))).await;
    put(&log, use_of(3, key(1))).await;
    assert_eq!(which(&log, key(1)), Some(3));
}

#[tokio::test]
async fn a_refused_use_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let faults = Faulty::default();
    let log = open_with(LogConfig { files: Arc::new(faults.clone()), ..config(dir.path()) });
    put(&log, use_of(1, key(1))).await;
    faults.fail_syncs.store(1, Ordering::SeqCst);
    let ticket = ticket(&log).await;
    log.append(ticket, Fence::default(), use_of(2, key(1))).await.unwrap_err();
    assert_eq!(which(&log, key(1)), Some(1));
    let (again, _) = append_patiently(&log, 3).await;
    assert_eq!(again, 1, "another record took its place");
    assert_eq!(which(&log, key(1)), Some(1));
}

#[tokio::test]
async fn it_survives_an_orderly_restart_at_once() {
    let dir = tempfile::tempdir().unwrap();
    for config in [config(dir.path()), os(dir.path())] {
        let log = open_with(config);
        let since = last(&log, key(255)).since;
        put(&log, use_of(1, key(1))).await;
        drop(log);
        let log = open(dir.path());
        assert_eq!(which(&log, key(1)), Some(1));
        assert_eq!(log.last_use(Used::Credential(&credential())).last.unwrap().at, at(1));
        assert_eq!(last(&log, key(255)).since, since, "complete since the log began");
    }
}

#[tokio::test]
async fn what_was_not_written_down_is_read_from_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let since = last(&log, key(255)).since;
    put(&log, use_of(1, key(1))).await;
    put(&log, use_of(2, key(2))).await;
    drop(log);
    let old = fs::read(dir.path().join(SIDE)).unwrap();
    // Over several segments.
    let log = open(dir.path());
    for n in 3..90 {
        put(&log, use_of(n, key(3))).await;
    }
    put(&log, use_of(90, key(2))).await;
    drop(log);
    // As after a kill -9: the file is what it was some time ago.
    fs::write(dir.path().join(SIDE), &old).unwrap();
    let log = open(dir.path());
    put(&log, use_of(91, key(4))).await;
    complete_since(&log, since).await;
    let known = [1, 2, 3, 4].map(|n| which(&log, key(n)));
    assert_eq!(known, [Some(1), Some(90), Some(89), Some(91)]);
    drop(log);
    // Without any file everything is read, and what is known begins with the log's first record.
    fs::remove_file(dir.path().join(SIDE)).unwrap();
    let log = open(dir.path());
    complete_since(&log, at(1)).await;
    let known = [1, 2, 3, 4].map(|n| which(&log, key(n)));
    assert_eq!(known, [Some(1), Some(90), Some(89), Some(91)]);
}

#[tokio::test]
async fn a_file_that_is_damaged_or_of_another_log_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    put(&log, use_of(1, key(1))).await;
    drop(log);
    let good = fs::read_to_string(dir.path().join(SIDE)).unwrap();
    let size = |n: u64| good.replace("\"size\":1", &format!("\"size\":{n}"));
    let bad = [
        good[..good.len() - 40].to_owned(),
        good.lines().next().unwrap().to_owned(),
        good.replace(ORIGIN, "keystead.test/other"),
        good.replace("\"keystead_uses\":1", "\"keystead_uses\":2"),
        size(2),
        "\0".repeat(1000),
        String::new(),
    ];
    for bad in bad {
        assert_ne!(bad, good);
        fs::write(dir.path().join(SIDE), &bad).unwrap();
        let log = open(dir.path());
        complete_since(&log, at(1)).await;
        assert_eq!(which(&log, key(1)), Some(1), "{bad}");
    }
}

/// The file says that a key was used long ago; whether it was used in the records that were not read nobody knows.
#[tokio::test]
async fn what_was_written_down_is_left_out_where_the_records_after_it_were_not_all_read() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    put(&log, use_of(1, key(1))).await;
    drop(log);
    let old = fs::read(dir.path().join(SIDE)).unwrap();
    let log = open(dir.path());
    for n in 2..20 {
        put(&log, use_of(n, key(u8::try_from(n).unwrap()))).await;
    }
    drop(log);
    fs::write(dir.path().join(SIDE), old).unwrap();
    let log = open_with(limited(dir.path(), |uses| uses.scan_records = 5));
    complete_since(&log, at(15)).await;
    let known: Vec<_> = (1..20).filter_map(|n| which(&log, key(n))).collect();
    assert_eq!(known, [15, 16, 17, 18, 19]);
}

#[tokio::test]
async fn what_was_used_longest_ago_is_forgotten_and_the_answer_says_so() {
    let dir = tempfile::tempdir().unwrap();
    // Eight of each shard's keys.
    let log = open_with(limited(dir.path(), |uses| uses.keys = 64 * 8));
    let before = last(&log, key(255)).since;
    let many: Vec<_> = (0..2000_u32).map(id_of).collect();
    // In the future, so that what is forgotten moves the beginning.
    let later =
        |n: u64| AuditRecord { at: before.plus_seconds(i64::try_from(n).unwrap()), ..use_of(n, key(0)) };
    for (n, id) in (1..).zip(&many) {
        put(&log, AuditRecord { target: Some(target(*id)), ..later(n) }).await;
    }
    let known = many.iter().filter(|id| last(&log, **id).last.is_some()).count();
    assert!((300..=64 * 8).contains(&known), "{known} are known");
    assert!(which(&log, many[1999]).is_some() && which(&log, many[0]).is_none());
    let since = last(&log, key(255)).since;
    assert!(since > before);
    for (n, id) in (1..).zip(&many) {
        let forgotten = last(&log, *id).last.is_none();
        assert!(!forgotten || later(n).at <= since, "use {n} is forgotten, and nothing says so");
    }
}

fn id_of(n: u32) -> KeyId {
    let mut bytes = [7; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    KeyId::random(bytes)
}

#[tokio::test]
async fn it_is_written_down_at_a_checkpoint_when_it_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let side = || fs::read_to_string(dir.path().join(SIDE)).unwrap_or_default();
    let log = open_with(limited(dir.path(), |uses| uses.save_seconds = 3600));
    put(&log, use_of(1, key(1))).await;
    log.checkpoint().await.unwrap();
    assert_eq!(side(), "", "not yet");
    drop(log);
    assert!(side().contains("\"size\":1"), "{}", side());
    let log = open_with(limited(dir.path(), |uses| uses.save_seconds = 0));
    put(&log, use_of(2, key(1))).await;
    log.checkpoint().await.unwrap();
    assert!(side().contains("\"size\":2"), "{}", side());
}
