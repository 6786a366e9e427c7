//! A signed log of a few records, changed: verification ends, within bounds, and finds every change inside what was
//! signed; looking records up in it does not panic either.
//!
//! The log is made once, beside the program. An input is a list of edits: two bytes of place, one of kind, one of value.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use audit::{CheckpointEvery, Durability, Log, LogConfig, VerifierKey, tail, verify};
use domain::{AuditRecord, Decision, Dialect, Outcome, RequestId, Subject, Timestamp};
use libfuzzer_sys::fuzz_target;
use provider_software::Software;
use spi::{AuditLog, Clock, Fence};

const RECORDS: u8 = 6;

/// What was made, once.
struct Made {
    dir: PathBuf,
    /// The one segment's path, and its bytes up to the end of the last record.
    segment: PathBuf,
    bytes: Vec<u8>,
    key: VerifierKey,
    checkpoint: String,
}

static MADE: LazyLock<Made> = LazyLock::new(make);

struct NoTime;

impl Clock for NoTime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }

    fn monotonic_micros(&self) -> u64 {
        0
    }
}

fuzz_target!(|input: &[u8]| {
    let mut bytes = MADE.bytes.clone();
    for edit in input.as_chunks::<4>().0.iter().take(16) {
        apply(&mut bytes, edit);
    }
    std::fs::write(&MADE.segment, &bytes).unwrap();
    let report = verify(&MADE.dir, &MADE.key, Some(&MADE.checkpoint), &Software::new()).unwrap();
    // Nobody has signed for what follows the last record, nor for how the header is spaced; between them every byte
    // counts.
    let whole = records(&bytes).starts_with(records(&MADE.bytes));
    assert!(whole || !report.findings.is_empty(), "a change that nobody found: {report:?}");
    let _ = tail(&MADE.dir, &Software::new(), Some(0), 10);
    let _ = tail(&MADE.dir, &Software::new(), None, 10);
});

/// What stands behind the segment's header line.
fn records(bytes: &[u8]) -> &[u8] {
    let header = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
    &bytes[header..]
}

fn apply(bytes: &mut Vec<u8>, [high, low, kind, value]: &[u8; 4]) {
    let at = usize::from(u16::from_be_bytes([*high, *low])) % (bytes.len() + 1);
    let len = usize::from(*value).min(bytes.len() - at);
    match kind % 5 {
        0 => bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= value),
        1 => drop(bytes.drain(at..at + len)),
        2 => bytes.insert(at, *value),
        3 => bytes.truncate(at),
        // A piece is repeated elsewhere.
        _ => {
            let piece = bytes[at..at + len].to_vec();
            bytes.extend(piece);
        }
    }
}

fn make() -> Made {
    let dir = std::env::current_exe().unwrap().with_file_name("fuzzed-audit-log");
    let _ = std::fs::remove_dir_all(&dir);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let crypto = Arc::new(Software::new());
    runtime.block_on(async {
        let mut config = LogConfig::new(&dir, "keystead/fuzz");
        config.segment_bytes = 16 << 10;
        config.durability = Durability::Os;
        config.checkpoint_every = CheckpointEvery { records: u64::MAX, seconds: 3600 };
        let log = Log::open(config, crypto.clone(), Arc::new(NoTime)).unwrap();
        for n in 0..RECORDS {
            let ticket = log.ticket(2048).unwrap();
            log.append(ticket, Fence::default(), record(n)).await.unwrap();
        }
        log.close().await.unwrap();
    });
    let text = std::fs::read_to_string(dir.join("audit.pub")).unwrap();
    let key = VerifierKey::parse(&text, &*crypto).unwrap();
    let report = verify(&dir, &key, None, &*crypto).unwrap();
    assert_eq!((report.size, report.findings.len()), (RECORDS.into(), 0), "the log as it was made is whole");
    let segment = first_segment(&dir);
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').unwrap() + 1);
    let checkpoint = std::fs::read_to_string(dir.join("checkpoint")).unwrap();
    Made { dir, segment, bytes, key, checkpoint }
}

fn first_segment(dir: &Path) -> PathBuf {
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> = paths.filter(|path| path.extension().is_some_and(|e| e == "jsonl")).collect();
    segments.sort();
    segments.remove(0)
}

fn record(n: u8) -> AuditRecord {
    AuditRecord {
        id: RequestId::from_bytes([n; 16]),
        at: NoTime.now(),
        subject: Subject { name: Some(format!("app-{n}")), ..Subject::default() },
        dialect: Dialect::Native,
        operation: "Encrypt".into(),
        actions: vec![domain::Action::Encrypt],
        account: None,
        account_number: None,
        tenant: None,
        target: None,
        also: Vec::new(),
        items: None,
        failed: None,
        context: vec![("purpose".to_owned(), "row".to_owned())],
        decision: Decision::NotReached,
        outcome: Outcome::Success,
        dry_run: false,
        fips_approved: None,
        micros: 1,
        epochs: Vec::new(),
        raised: Vec::new(),
    }
}
