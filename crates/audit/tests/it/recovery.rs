//! Opening after a crash, and refusing what a crash does not explain.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use audit::{Log, OpenError, tail};
use spi::{AuditLog, CommitSink, Fence};

use crate::support::*;

fn refused(dir: &Path) -> OpenError {
    Log::open(config(dir), Arc::new(Crypto), clock()).err().expect("it must not open")
}

fn first_segment(dir: &Path) -> std::path::PathBuf {
    dir.join("audit-00000001.jsonl")
}

/// End of the last line.
fn data_len(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|b| *b != 0).unwrap() + 1
}

#[tokio::test]
async fn a_tail_cut_at_any_byte_is_dropped_and_nothing_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..3 {
        append(&log, n).await;
    }
    commit(&log, 1).await.unwrap();
    let bytes = fs::read(first_segment(dir.path())).unwrap();
    let last = append(&log, 4).await;
    assert_eq!(last, 4);
    drop(log);
    let whole = fs::read(first_segment(dir.path())).unwrap();
    // Without checkpoint, as if the process had been killed.
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    let (start, end) = (data_len(&bytes), data_len(&whole));
    for cut in (start..=end).step_by(7).chain([end - 1, end]) {
        for zeros in [true, false] {
            let copied = tempfile::tempdir().unwrap();
            copy(dir.path(), copied.path());
            let mut torn = whole[..cut].to_vec();
            if zeros {
                torn.resize(whole.len(), 0);
            }
            fs::write(first_segment(copied.path()), torn).unwrap();
            let log = open(copied.path());
            let kept = if cut == end { 5 } else { 4 };
            assert_eq!((log.status().size, log.durable_through()), (kept, 1), "cut at {cut} of {end}");
            assert_eq!(append(&log, 9).await, kept);
        }
    }
}

#[tokio::test]
async fn a_hole_in_the_last_write_is_unfinished_an_edit_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..5 {
        append(&log, n).await;
    }
    drop(log);
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    let path = first_segment(dir.path());
    let whole = fs::read(&path).unwrap();
    let line = whole.split_inclusive(|b| *b == b'\n').take(3).map(<[u8]>::len).sum::<usize>();
    let mut hole = whole.clone();
    hole[line + 100..line + 300].fill(0);
    fs::write(&path, hole).unwrap();
    assert_eq!(open(dir.path()).status().size, 2);
    let mut edited = whole;
    edited[line + 100] ^= 1;
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    fs::write(&path, edited).unwrap();
    let why = refused(dir.path()).to_string();
    assert!(why.contains("record 2 is damaged") && why.contains("audit verify"), "{why}");
}

#[tokio::test]
async fn a_log_shorter_than_its_checkpoint_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, 0).await;
    let short = fs::read(first_segment(dir.path())).unwrap();
    append(&log, 1).await;
    log.close().await.unwrap();
    drop(log);
    fs::write(first_segment(dir.path()), short).unwrap();
    assert!(refused(dir.path()).to_string().contains("it ends at record 1, but 2 were signed"));
}

#[tokio::test]
async fn a_missing_segment_or_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    for n in 0..300 {
        append(&log, n).await;
    }
    log.close().await.unwrap();
    drop(log);
    let away = dir.path().join("key-away");
    fs::rename(dir.path().join("audit.key"), &away).unwrap();
    assert!(matches!(refused(dir.path()), OpenError::Key(_)));
    fs::rename(&away, dir.path().join("audit.key")).unwrap();
    open(dir.path());
    let headed = |n: &u64| {
        let bytes = fs::read(dir.path().join(format!("audit-{n:08}.jsonl"))).unwrap_or_default();
        bytes.first() == Some(&b'{')
    };
    let last = (1..100).rfind(headed).unwrap();
    assert!(last >= 4);
    fs::remove_file(dir.path().join(format!("audit-{:08}.jsonl", last - 1))).unwrap();
    assert!(refused(dir.path()).to_string().contains("missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_taken_mid_write_hold_every_acknowledged_record() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    config.segment_bytes = 256 << 10;
    let log = open_with(config.clone());
    let writers: Vec<_> = (0..8_u64)
        .map(|writer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                for n in 0..150 {
                    append(&log, writer * 1000 + n).await;
                }
            })
        })
        .collect();
    for _ in 0..12 {
        let copied = tempfile::tempdir().unwrap();
        let acknowledged = log.status().size;
        copy(dir.path(), copied.path());
        let again = open_with(audit::LogConfig { dir: copied.path().to_owned(), ..config.clone() });
        assert!(again.status().size >= acknowledged);
        let size = append(&again, 77).await;
        again.close().await.unwrap();
        let read = tail(copied.path(), &Crypto, Some(size), 10).unwrap();
        assert_eq!(read.entries[0].1.record.id, record(77).id);
        tokio::time::sleep(std::time::Duration::from_millis(8)).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn a_header_that_was_being_written_is_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, 0).await;
    log.close().await.unwrap();
    let second = dir.path().join("audit-00000002.jsonl");
    let mut torn = fs::read(&second).unwrap();
    torn[..14].copy_from_slice(b"{\"keystead_aud");
    fs::write(&second, torn).unwrap();
    let log = open(dir.path());
    for n in 1..120 {
        append(&log, n).await;
    }
    log.close().await.unwrap();
    assert_eq!(open(dir.path()).status().size, 120);
}

#[tokio::test]
async fn opening_a_full_segment_is_fast() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = audit::LogConfig::new(dir.path(), ORIGIN);
    config.durability = audit::Durability::Os;
    let log = open_with(config.clone());
    let mut waiting = Vec::new();
    for n in 0..60_000 {
        let ticket = log.ticket(900).unwrap();
        waiting.push(log.append(ticket, Fence::default(), record(n)));
        if waiting.len() == 500 {
            for append in waiting.drain(..) {
                append.await.unwrap();
            }
        }
    }
    drop(waiting);
    log.close().await.unwrap();
    let start = std::time::Instant::now();
    let log = open_with(config);
    assert_eq!(log.status().size, 60_000);
    assert!(start.elapsed().as_millis() < 2000, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_segment_whose_header_never_arrived_holds_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, 0).await;
    log.close().await.unwrap();
    let second = dir.path().join("audit-00000002.jsonl");
    let mut torn = fs::read(&second).unwrap();
    torn[8192..8200].copy_from_slice(b"a write,");
    fs::write(&second, torn).unwrap();
    let log = open(dir.path());
    for n in 1..120 {
        append(&log, n).await;
    }
    log.close().await.unwrap();
    assert!(audit::verify(dir.path(), log.verifier_key(), None, &Crypto).unwrap().findings.is_empty());
}

#[tokio::test]
async fn a_checkpoint_that_was_being_appended_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    append(&log, 0).await;
    log.close().await.unwrap();
    let path = dir.path().join("checkpoints");
    let whole = fs::read_to_string(&path).unwrap();
    let last = &whole[whole.rfind(&format!("{ORIGIN}\n")).unwrap()..];
    for cut in 1..last.len() {
        if !last.is_char_boundary(cut) {
            continue;
        }
        fs::write(&path, format!("{whole}{}", &last[..cut])).unwrap();
        drop(open(dir.path()));
        assert_eq!(fs::read_to_string(&path).unwrap(), whole, "cut at {cut}");
    }
}
