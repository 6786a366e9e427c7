//! kill -9 at any instant: no acknowledged commit is lost, none is half done, none is missing in the log (INV-5).

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::{Account, AccountId, Owner, Record, Sealable};
use keystead_store_sqlite::Sqlite;
use spi::{CommitSink, Durable, Epochs, OutboxEntry, RecordStore, RecordStoreExt};
use store_record::{FilePin, Options, Parts, SealedStore};
use testkit::store_conformance::sample::{account, put};
use testkit::store_conformance::sealer::TestSealer;

const FOLDER: &str = "KEYSTEAD_CRASH_FOLDER";
/// The loop runs so long, and at least the floor.
const BOX: Duration = Duration::from_secs(8);
const FLOOR: u64 = 10;

/// A log of sequences in a file, durable line by line.
struct FileLog {
    file: Mutex<File>,
    durable: AtomicU64,
}

fn whole_lines(path: &Path) -> Vec<u64> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    whole.lines().map(|line| line.parse().unwrap()).collect()
}

impl FileLog {
    fn open(path: &Path) -> Self {
        let lines = whole_lines(path);
        let text: String = lines.iter().map(|n| format!("{n}\n")).collect();
        std::fs::write(path, text).unwrap();
        let file = OpenOptions::new().append(true).open(path).unwrap();
        Self { file: Mutex::new(file), durable: AtomicU64::new(lines.last().copied().unwrap_or(0)) }
    }
}

impl CommitSink for FileLog {
    fn committed(&self, entries: Vec<OutboxEntry>) -> Durable {
        let mut file = self.file.lock().unwrap();
        for entry in entries {
            file.write_all(format!("{}\n", entry.sequence).as_bytes()).unwrap();
            file.sync_data().unwrap();
            self.durable.store(entry.sequence, Ordering::SeqCst);
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

async fn open(folder: &Path) -> SealedStore<Sqlite> {
    let parts = Parts {
        backend: Sqlite::open(folder.join("db")).unwrap(),
        sealer: Arc::new(TestSealer::new(1)),
        epochs: Arc::new(Epochs::default()),
        sink: Arc::new(FileLog::open(&folder.join("log"))),
        pin: Box::new(FilePin::new(folder.join("pin"))),
    };
    SealedStore::open(parts, Options { pin_every: 3, ..Options::default() }).await.unwrap()
}

/// Two accounts that only ever come together.
fn pair(n: u64) -> [Account; 2] {
    [2 * n, 2 * n + 1].map(|n| Account {
        id: AccountId::from_bytes(u128::from(n).to_be_bytes()),
        ..account(0, &format!("{n:012}"))
    })
}

#[test]
#[ignore = "the victim: started by the crash loop, and killed"]
fn victim() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(open(&folder).await);
        let next = Arc::new(AtomicU64::new(1_000 * u64::from(std::process::id())));
        let tasks = (0..8).map(|_| {
            let (store, next) = (Arc::clone(&store), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    store.commit(put(pair(n).iter().map(Sealable::create))).await.unwrap();
                    println!("\nacknowledged {n}");
                }
            })
        });
        // None of them ever ends by itself, unless a commit fails.
        let ended = futures_util::future::select_all(tasks.collect::<Vec<_>>()).await;
        panic!("a commit failed: {:?}", ended.0.err());
    });
}

/// Starts a victim and kills it after some acknowledgements; gives all that it acknowledged.
fn kill_after(folder: &Path, acknowledgements: u64) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::victim", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some(n) = line.unwrap().strip_prefix("acknowledged ") {
            acknowledged.extend(n.parse::<u64>());
        }
        if u64::try_from(acknowledged.len()).unwrap() == acknowledgements {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acknowledged
}

#[tokio::test]
async fn no_acknowledged_commit_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (begun, mut rounds, mut all) = (Instant::now(), 0, Vec::new());
    while rounds < FLOOR || begun.elapsed() < BOX {
        rounds += 1;
        let acknowledged = kill_after(folder.path(), 1 + rounds * 7 % 40);
        assert!(!acknowledged.is_empty());
        let last = *acknowledged.iter().max().unwrap();
        let restart = Instant::now();
        let store = open(folder.path()).await;
        assert!(restart.elapsed() < Duration::from_secs(2), "restart under 2 s");
        for n in &acknowledged {
            for half in pair(*n) {
                let found = store.load::<Account>(Owner::System, &half.id_bytes()).await.unwrap();
                assert_eq!(found.expect("acknowledged, so it is there").get(), &half);
            }
        }
        // Whatever was in flight came whole or not at all.
        for n in last + 1..last + 20 {
            let [a, b] = pair(n).map(|half| half.id_bytes());
            let a = store.load::<Account>(Owner::System, &a).await.unwrap().is_some();
            assert_eq!(a, store.load::<Account>(Owner::System, &b).await.unwrap().is_some());
        }
        let next = store.commit(put([])).await.unwrap().sequence;
        let log = whole_lines(&folder.path().join("log"));
        assert_eq!(log, (1..=next).collect::<Vec<_>>(), "each commit once in the log, in order");
        store.close().await;
        all.extend(acknowledged);
    }
    eprintln!("{rounds} rounds (floor {FLOOR}), {} acknowledged commits", all.len());
}
