//! What verification finds: every way to change a log, made on real files, with only the public key and a checkpoint.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use audit::{
    InclusionProof, OpenError, ProveError, Report, VerifierKey, prove, prove_consistency, verify,
    verify_consistency, verify_inclusion,
};
use domain::Scope;
use spi::{AuditLog, CommitSink, Epochs, Fence, LogCrypto};

use crate::support::*;

/// A closed log of 300 records over several segments, with checkpoints at 100 (kept), 200 and 300.
pub(crate) struct Made {
    pub(crate) dir: tempfile::TempDir,
    kept: String,
}

pub(crate) async fn made() -> Made {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let mut kept = String::new();
    for n in 0..300 {
        if n % 50 == 7 {
            commit(&log, n / 50 + 1).await.unwrap();
        } else {
            append(&log, n).await;
        }
        if n == 99 || n == 199 {
            log.checkpoint().await.unwrap();
        }
        if n == 99 {
            kept = fs::read_to_string(dir.path().join("checkpoint")).unwrap();
        }
    }
    log.close().await.unwrap();
    Made { dir, kept }
}

pub(crate) fn key(dir: &Path) -> VerifierKey {
    VerifierKey::parse(&fs::read_to_string(dir.join("audit.pub")).unwrap(), &Crypto).unwrap()
}

pub(crate) fn segment(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("audit-{number:08}.jsonl"))
}

pub(crate) fn check(dir: &Path, checkpoint: Option<&str>) -> Report {
    verify(dir, &key(dir), checkpoint, &Crypto).unwrap()
}

/// Rewrites a segment line by line, keeping its length.
fn edit(path: &Path, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let bytes = fs::read(path).unwrap();
    let end = bytes.iter().rposition(|b| *b != 0).unwrap() + 1;
    let mut lines: Vec<_> = bytes[..end].split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    change(&mut lines);
    let mut out = lines.concat();
    out.resize(bytes.len(), 0);
    assert_ne!(out, bytes, "the change must change something");
    fs::write(path, out).unwrap();
}

/// Makes a line with a right leaf hash, as somebody who can write files would.
fn forged(n: u64, entry: &str) -> Vec<u8> {
    use base64::Engine as _;
    let leaf = Crypto.sha256(&[&[0], entry.as_bytes()]);
    let leaf = base64::engine::general_purpose::STANDARD.encode(leaf);
    format!("{{\"n\":{n},\"leaf\":\"{leaf}\",\"entry\":{entry}}}\n").into_bytes()
}

fn entry_of(line: &[u8]) -> String {
    let text = std::str::from_utf8(line).unwrap().trim_end();
    let at = text.find("\"entry\":").unwrap() + 8;
    text[at..text.len() - 1].to_owned()
}

#[tokio::test]
async fn an_untouched_log_verifies_and_says_what_it_checked() {
    let Made { dir, kept } = made().await;
    let report = check(dir.path(), Some(&kept));
    assert_eq!(report.findings, vec![]);
    assert_eq!((report.size, report.signed, report.unsigned_tail, report.commit), (300, 300, 0, 6));
    assert_eq!(report.checkpoints, 4, "at 0, 100, 200 and 300");
    assert!(segment(dir.path(), 4).exists(), "several segments");
    let log = open(dir.path());
    append(&log, 0).await;
    let live = check(dir.path(), None);
    assert_eq!((live.findings.len(), live.size, live.unsigned_tail), (0, 301, 1));
}

#[tokio::test]
async fn every_kind_of_tampering_is_found() {
    let Made { dir, kept } = made().await;
    type Tamper = fn(&Path);
    let ways: [(&str, Tamper); 15] = [
        ("edit", |dir| edit(&segment(dir, 2), |lines| lines[3][120] ^= 1)),
        ("edit of the last segment", |dir| {
            let last =
                (1..).take_while(|n| fs::read(segment(dir, *n)).is_ok_and(|b| b[0] != 0)).last().unwrap();
            edit(&segment(dir, last), |lines| lines[1][120] ^= 1);
        }),
        ("edit with its hash", |dir| {
            edit(&segment(dir, 1), |lines| {
                lines[4] = forged(3, &entry_of(&lines[4]).replace("Encrypt", "Decrypt"))
            });
        }),
        ("deletion", |dir| edit(&segment(dir, 1), |lines| drop(lines.remove(5)))),
        ("deletion with renumbering", |dir| {
            edit(&segment(dir, 1), |lines| {
                lines.remove(5);
                for (n, line) in (0..).zip(lines.iter_mut().skip(1)) {
                    *line = forged(n, &entry_of(line));
                }
            });
        }),
        ("reordering", |dir| edit(&segment(dir, 2), |lines| lines.swap(2, 3))),
        ("reordering with renumbering", |dir| {
            edit(&segment(dir, 1), |lines| {
                let (a, b) = (entry_of(&lines[2]), entry_of(&lines[3]));
                (lines[2], lines[3]) = (forged(1, &b), forged(2, &a));
            });
        }),
        ("insertion", |dir| {
            edit(&segment(dir, 2), |lines| {
                let line = lines[2].clone();
                lines.insert(2, line);
            });
        }),
        ("a missing segment", |dir| fs::remove_file(segment(dir, 2)).unwrap()),
        ("truncation", |dir| {
            for n in 3..20 {
                let _ = fs::remove_file(segment(dir, n));
            }
        }),
        ("another header", |dir| {
            edit(&segment(dir, 2), |lines| {
                let text =
                    String::from_utf8(lines[0].clone()).unwrap().replace("\"segment\":2", "\"segment\":3");
                lines[0] = text.into_bytes();
            });
        }),
        ("white space in a header", |dir| edit(&segment(dir, 2), |lines| lines[0].insert(1, b' '))),
        ("another format", |dir| {
            edit(&segment(dir, 2), |lines| {
                let text = String::from_utf8(lines[0].clone()).unwrap();
                lines[0] = text.replace("\"keystead_audit\":1", "\"keystead_audit\":2").into_bytes();
            });
        }),
        ("white space between checkpoints", |dir| {
            let path = dir.join("checkpoints");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(path, text.replacen("\n\nkeystead.test/log\n200\n", "\nkeystead.test/log\n200\n", 1))
                .unwrap();
        }),
        ("an edited checkpoint", |dir| {
            let path = dir.join("checkpoints");
            let text = fs::read_to_string(&path).unwrap().replacen("\n200\n", "\n201\n", 1);
            fs::write(path, text).unwrap();
        }),
    ];
    for (what, tamper) in ways {
        let copied = tempfile::tempdir().unwrap();
        copy(dir.path(), copied.path());
        tamper(copied.path());
        let report = check(copied.path(), Some(&kept));
        assert!(!report.findings.is_empty(), "{what} was not found");
    }
}

#[tokio::test]
async fn truncation_with_its_checkpoints_is_found_by_one_kept_elsewhere() {
    let Made { dir, .. } = made().await;
    let newest = fs::read_to_string(dir.path().join("checkpoint")).unwrap();
    let copied = tempfile::tempdir().unwrap();
    copy(dir.path(), copied.path());
    let all = fs::read_to_string(copied.path().join("checkpoints")).unwrap();
    let first = format!("{}\n\n", all.trim_end().split("\n\n").take(4).collect::<Vec<_>>().join("\n\n"));
    fs::write(copied.path().join("checkpoints"), &first).unwrap();
    fs::write(copied.path().join("checkpoint"), first.trim_end().to_owned() + "\n").unwrap();
    for n in 3..20 {
        let _ = fs::remove_file(segment(copied.path(), n));
    }
    assert_eq!(check(copied.path(), None).findings, vec![], "consistent in itself");
    let report = check(copied.path(), Some(&newest));
    assert!(report.findings[0].what.contains("truncated: 300 records were signed"), "{report:?}");
}

#[tokio::test]
async fn a_fork_is_found_by_two_checkpoints_of_one_size_or_none_that_agree() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, 0).await;
    log.close().await.unwrap();
    drop(log);
    let forked = tempfile::tempdir().unwrap();
    copy(dir.path(), forked.path());
    for (at, n) in [(dir.path(), 1), (forked.path(), 2)] {
        let log = open(at);
        append(&log, n).await;
        log.close().await.unwrap();
    }
    let other = fs::read_to_string(forked.path().join("checkpoint")).unwrap();
    assert_eq!(check(dir.path(), None).findings, vec![]);
    let report = check(dir.path(), Some(&other));
    assert!(report.findings[0].what.starts_with("fork"), "{report:?}");
    let log = open(forked.path());
    append(&log, 3).await;
    log.close().await.unwrap();
    let longer = fs::read_to_string(forked.path().join("checkpoint")).unwrap();
    let own = fs::read_to_string(dir.path().join("checkpoint")).unwrap();
    let proof = prove_consistency(forked.path(), &own, &longer, &key(dir.path()), &Crypto);
    assert!(matches!(proof, Err(ProveError::Disagrees)), "two checkpoints that do not continue each other");
}

#[tokio::test]
async fn another_key_vouches_for_nothing() {
    let Made { dir, .. } = made().await;
    let other = tempfile::tempdir().unwrap();
    drop(open(other.path()));
    let report = verify(dir.path(), &key(other.path()), None, &Crypto).unwrap();
    assert!(report.findings.iter().any(|f| f.what.contains("not signed by this key")));
    fs::copy(other.path().join("audit.key"), dir.path().join("audit.key")).unwrap();
    let refused = audit::Log::open(config(dir.path()), Arc::new(Crypto), clock()).err();
    assert!(matches!(refused, Some(OpenError::Key(_))));
}

#[tokio::test]
async fn a_log_without_checkpoint_has_nobody_who_vouches() {
    let Made { dir, .. } = made().await;
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    fs::remove_file(dir.path().join("checkpoints")).unwrap();
    let report = check(dir.path(), None);
    assert_eq!((report.unsigned_tail, report.findings.len()), (300, 1));
}

#[tokio::test]
async fn a_log_that_went_through_failures_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let faults = Faulty::default();
    let mut config = config(dir.path());
    config.files = Arc::new(faults.clone());
    let log = open_with(config);
    for n in 0..40 {
        if n % 10 == 5 {
            faults.fail_syncs.store(1, std::sync::atomic::Ordering::SeqCst);
        }
        append_patiently(&log, n).await;
    }
    log.close().await.unwrap();
    assert!(segment(dir.path(), 5).exists());
    let report = check(dir.path(), None);
    assert_eq!((report.findings, report.size), (vec![], 40));
    prove(dir.path(), 22, &key(dir.path()), &Crypto).unwrap();
}

#[tokio::test]
async fn inv_10_a_falling_epoch_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (log, epochs) = (open(dir.path()), Epochs::default());
    try_append(&log, epochs.capture([Scope::System]), record(0)).await.unwrap();
    epochs.raise(Scope::System, 3);
    try_append(&log, epochs.capture([Scope::System]), record(1)).await.unwrap();
    let mut change = entry(1);
    // Decided before, logged after a use of the new epoch: as it should be.
    (change.record.epochs, change.record.raised) = (vec![(Scope::System, 2)], vec![(Scope::System, 3)]);
    log.committed(vec![change]).await.unwrap();
    log.checkpoint().await.unwrap();
    assert_eq!(check(dir.path(), None).findings, vec![]);
    let behind = Epochs::default();
    try_append(&log, behind.capture([Scope::System]), record(2)).await.unwrap();
    let report = check(dir.path(), None);
    assert_eq!(report.findings[0].what, "epoch of system falls from 3 to 0");
}

#[tokio::test]
async fn every_record_has_a_proof_that_fails_for_any_other() {
    let Made { dir, kept } = made().await;
    let key = key(dir.path());
    for index in (0..300).step_by(13).chain([299]) {
        let proof = prove(dir.path(), index, &key, &Crypto).unwrap();
        assert!(proof.holds(&key, &Crypto));
        let json = serde_json::to_string(&proof).unwrap();
        let read: InclusionProof = serde_json::from_str(&json).unwrap();
        assert!(!InclusionProof { index: (index + 1) % 300, ..read.clone() }.holds(&key, &Crypto));
        assert!(
            !InclusionProof { entry: read.entry.replace("Encrypt", "Decrypt") + " ", ..read }
                .holds(&key, &Crypto)
        );
    }
    assert!(matches!(prove(dir.path(), 300, &key, &Crypto), Err(ProveError::NotCovered { size: 300 })));
    let newest = fs::read_to_string(dir.path().join("checkpoint")).unwrap();
    let grown = prove_consistency(dir.path(), &kept, &newest, &key, &Crypto).unwrap();
    assert!(grown.holds(&key, &Crypto));
    fs::remove_dir_all(dir.path().join("tree")).unwrap();
    assert_eq!(prove_consistency(dir.path(), &kept, &newest, &key, &Crypto).unwrap(), grown);
}

#[tokio::test]
async fn stored_hashes_serve_after_restarts_and_over_many_tiles() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..4_u64 {
        let log = open_with(os(dir.path()));
        for n in 0..180 {
            log.append(ticket(&log).await, Fence::default(), record(round * 180 + n)).await.unwrap();
        }
        log.close().await.unwrap();
    }
    // Without the segments in between only stored hashes can give the path.
    for n in 4..=6 {
        fs::write(segment(dir.path(), n), b"").unwrap();
    }
    let proof = prove(dir.path(), 3, &key(dir.path()), &Crypto).unwrap();
    assert!(proof.path.len() >= 9);
    assert_eq!(fs::metadata(dir.path().join("tree/1")).unwrap().len(), 2 * 32);
}

/// The definition in RFC 6962 §2.1, as naive as it stands there.
fn reference(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Crypto.sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            Crypto.sha256(&[&[1], &reference(&leaves[..split]), &reference(&leaves[split..])])
        }
    }
}

fn reference_path(index: usize, leaves: &[[u8; 32]]) -> Vec<[u8; 32]> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (mut path, sibling) = if index < split {
        (reference_path(index, &leaves[..split]), reference(&leaves[split..]))
    } else {
        (reference_path(index - split, &leaves[split..]), reference(&leaves[..split]))
    };
    path.push(sibling);
    path
}

fn reference_proof(old: usize, leaves: &[[u8; 32]], whole: bool) -> Vec<[u8; 32]> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![reference(leaves)] };
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (mut path, sibling) = if old <= split {
        (reference_proof(old, &leaves[..split], whole), reference(&leaves[split..]))
    } else {
        (reference_proof(old - split, &leaves[split..], false), reference(&leaves[..split]))
    };
    path.push(sibling);
    path
}

#[test]
fn proofs_are_checked_as_rfc_6962_defines_them() {
    let leaves: Vec<_> = (0..40_u8).map(|n| Crypto.sha256(&[&[0], &[n]])).collect();
    for size in 1..=leaves.len() {
        let tree = &leaves[..size];
        let (count, root) = (u64::try_from(size).unwrap(), reference(tree));
        for (index, leaf) in tree.iter().enumerate() {
            let mut path = reference_path(index, tree);
            let holds = |index: usize, path: &[_]| {
                verify_inclusion(&Crypto, (u64::try_from(index).unwrap(), leaf), (count, &root), path)
            };
            assert!(holds(index, &path));
            assert!((0..=size).all(|other| other == index || !holds(other, &path)), "{index} of {size}");
            path.push(root);
            assert!(!holds(index, &path));
        }
        for old in 1..=size {
            let (old_count, old_root) = (u64::try_from(old).unwrap(), reference(&leaves[..old]));
            let mut path = reference_proof(old, tree, true);
            let holds = |new: &[u8; 32], path: &[_]| {
                verify_consistency(&Crypto, (old_count, &old_root), (count, new), path)
            };
            assert!(holds(&root, &path), "{old} of {size}");
            assert!(!holds(&[9; 32], &path));
            if let Some(first) = path.first_mut() {
                first[0] ^= 1;
                assert!(!holds(&root, &path));
            }
        }
    }
}
