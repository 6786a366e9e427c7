//! What verification makes of single bytes, of a log that is young, and of one whose files are gone.

use std::fs;
use std::sync::Arc;

use audit::{OpenError, Report};

use crate::support::*;
use crate::verify::{Made, check, made, segment};

/// Every file of a small log of two segments, byte by byte: found, or it changes nothing that the log says.
#[tokio::test]
async fn every_changed_byte_of_every_file_is_found_or_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let faults = Faulty::default();
    let mut config = config(dir.path());
    config.segment_bytes = 16 << 10;
    config.files = Arc::new(faults.clone());
    let log = open_with(config);
    append(&log, 0).await;
    // On into a second segment.
    faults.fail_syncs.store(1, std::sync::atomic::Ordering::SeqCst);
    append_patiently(&log, 1).await;
    commit(&log, 1).await.unwrap();
    log.close().await.unwrap();
    let right = check(dir.path(), None);
    assert_eq!((right.findings.as_slice(), right.size, right.signed), ([].as_slice(), 3, 3));
    let says = |report: &Report| (report.size, report.root, report.signed, report.commit);
    let mut found = 0;
    for name in ["audit-00000001.jsonl", "audit-00000002.jsonl", "checkpoint", "checkpoints"] {
        let path = dir.path().join(name);
        let whole = fs::read(&path).unwrap();
        let used = whole.iter().rposition(|b| *b != 0).unwrap() + 1;
        // And a little of the zeros after it.
        for at in 0..(used + 8).min(whole.len()) {
            let ways = [1, 0x20, whole[at], whole[at] ^ b'\n', whole[at] ^ b' '];
            // Records are hashed, so one way for each byte tells as much as five.
            let ways = if name.ends_with("jsonl") && at > 600 { &ways[at % 3..=at % 3] } else { &ways[..] };
            for change in ways.iter().copied().filter(|change| *change != 0) {
                let mut changed = whole.clone();
                changed[at] ^= change;
                fs::write(&path, &changed).unwrap();
                let report = check(dir.path(), None);
                let harmless = says(&report) == says(&right);
                assert!(harmless || !report.findings.is_empty(), "{name}, byte {at}: {report:?}");
                found += u64::from(!report.findings.is_empty());
                // What the first segment holds beyond the second one's first record was given up.
                let record = name == "audit-00000002.jsonl" && at < used;
                assert!(!record || !report.findings.is_empty(), "{name}, byte {at} of header or records");
            }
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(found > 5000, "{found}");
    assert_eq!(check(dir.path(), None), right);
}

/// As after a kill before the first checkpoint was due: a record, and nobody has signed for it yet.
#[tokio::test]
async fn a_young_log_says_that_its_records_are_not_signed_for_yet() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, 0).await;
    let copied = tempfile::tempdir().unwrap();
    copy(dir.path(), copied.path());
    let report = check(copied.path(), None);
    assert_eq!((report.findings.as_slice(), report.size), ([].as_slice(), 1));
    assert_eq!((report.checkpoints, report.signed, report.unsigned_tail), (1, 0, 1));
}

#[tokio::test]
async fn a_log_whose_segments_are_gone_is_not_begun_anew() {
    let Made { dir, .. } = made().await;
    for n in 1..20 {
        let _ = fs::remove_file(segment(dir.path(), n));
    }
    let refused = audit::Log::open(config(dir.path()), Arc::new(Crypto), clock()).err();
    assert!(matches!(refused, Some(OpenError::Damaged { .. })), "{refused:?}");
    assert!(!check(dir.path(), None).findings.is_empty());
}
