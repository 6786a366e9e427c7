//! A disk that is full: a command is refused before it does anything, in words that say to try again, and the same
//! process serves on once there is space.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use api::ops::{DescribeKey, DisableKey, KeyRef, ListKeys, RotateKey, ScheduleDestruction};
use audit::{Disk, Files, LogFile};
use domain::{AuditRecord, KeyId, KeyState, Outcome};

use crate::house::{House, WEEK, fresh_root, records, report, word};

const FOLDER: &str = "KEYSTEAD_FULL_FOLDER";

/// A file system that has no space for another segment while the flag is up.
struct Full(Arc<AtomicBool>);

impl Files for Full {
    fn create(&self, path: &Path, bytes: u64) -> std::io::Result<()> {
        if self.0.load(Ordering::SeqCst) {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        Disk.create(path, bytes)
    }

    fn open(&self, path: &Path) -> std::io::Result<Box<dyn LogFile>> {
        Disk.open(path)
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        Disk.replace(path, bytes)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        Disk.append(path, bytes)
    }
}

#[tokio::test]
async fn a_log_without_space_refuses_first_and_recovers_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let flag = Arc::new(AtomicBool::new(false));
    let files = Arc::new(Full(flag.clone()));
    let house = House::open_with(folder.path(), fresh_root(), |config| {
        config.segment_bytes = 256 << 10;
        config.retry_millis = 50;
        config.files = files;
    });
    let house = house.await;
    let fill = || flag.store(true, Ordering::SeqCst);
    refuses_and_recovers(folder.path(), &house, fill, || flag.store(false, Ordering::SeqCst)).await;
    house.close().await;
    assert_eq!(report(folder.path()).findings, []);
}

/// On a file system of its own, in a mount namespace that ends with the process.
#[test]
fn a_full_file_system_refuses_first_and_recovers_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mounted = |then: &str| {
        let script = format!("mount -t tmpfs -o size=12m none \"$1\" && {then}");
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &script, "sh"]).arg(folder.path());
        command
    };
    if !mounted("true").output().is_ok_and(|tried| tried.status.success()) {
        println!("SKIPPED: mounting is not permitted here, so no file system can be filled");
        return;
    }
    let mut child = mounted("exec \"$2\" --exact full::inside_of_it --ignored --nocapture");
    let child = child.arg(std::env::current_exe().unwrap()).env(FOLDER, folder.path());
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}\n{errors}");
    println!("{text}");
}

#[tokio::test]
#[ignore = "started by the test above, on a file system that it may fill"]
async fn inside_of_it() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let house = House::open_with(&folder, fresh_root(), |config| {
        config.segment_bytes = 1 << 20;
        config.retry_millis = 50;
    });
    let house = house.await;
    let filler = folder.join("filler");
    let fill = || {
        let mut file = File::create(&filler).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        while file.write_all(&[1]).is_ok() {}
    };
    refuses_and_recovers(&folder, &house, fill, || std::fs::remove_file(&filler).unwrap()).await;
    house.close().await;
    assert_eq!(report(&folder).findings, []);
}

async fn refuses_and_recovers(folder: &Path, house: &House, fill: impl Fn(), free: impl Fn()) {
    let key = house.create().await.unwrap().key.id();
    let before = house.encrypt(key, "before").await.unwrap();
    fill();
    let made = create_until_refused(house).await;
    let uses = use_until_refused(house, key).await;
    println!("with the disk full: {made} more creates and {uses} more uses, then refused");
    for refused in all_refused(house, key, &before).await {
        assert_eq!(refused, "audit_unavailable");
    }
    free();
    serves_again(house, key).await;
    let stored = house.run(ListKeys { after: None, limit: 1000 }).await.unwrap().keys.items.len();
    assert_eq!(stored, recorded_creates(folder), "what is there has its record, and the other way round");
    assert_eq!(stored, 1 + made, "what was refused was not done");
    let view = house.run(DescribeKey { key: KeyRef::Id(key) }).await.unwrap().key;
    assert_eq!((view.state(), view.versions().len(), view.destruction()), (KeyState::Active, 1, None));
    assert_eq!(house.decrypt(&before).await.unwrap(), "before");
    house.run(RotateKey::unbounded(KeyRef::Id(key))).await.unwrap();
}

fn recorded_creates(folder: &Path) -> usize {
    let made = |record: &AuditRecord| record.operation == "CreateKey" && record.outcome == Outcome::Success;
    records(folder, 0).iter().filter(|(_, record)| made(record)).count()
}

/// Space that was taken beforehand serves on for a while; then store or log refuses, and either says that nothing was
/// done. Gives how many were answered.
async fn create_until_refused(house: &House) -> usize {
    for made in 0..100 {
        let result = house.create().await;
        match word(&result) {
            "ok" => {}
            "store_unavailable" | "audit_unavailable" => return made,
            other => panic!("a full disk was answered with {other}"),
        }
    }
    100
}

async fn use_until_refused(house: &House, key: KeyId) -> usize {
    for uses in 0..50_000 {
        let result = house.encrypt(key, "while full").await;
        if result.is_err() {
            assert_eq!(word(&result), "audit_unavailable");
            return uses;
        }
    }
    panic!("the log never ran out of space");
}

async fn all_refused(house: &House, key: KeyId, ciphertext: &[u8]) -> Vec<&'static str> {
    let id = || KeyRef::Id(key);
    vec![
        word(&house.create().await),
        word(&house.run(DisableKey { key: id() }).await),
        word(&house.run(RotateKey::unbounded(id())).await),
        word(&house.run(ScheduleDestruction { key: id(), wait: WEEK }).await),
        word(&house.run(DescribeKey { key: id() }).await),
        word(&house.encrypt(key, "refused").await),
        word(&house.decrypt(ciphertext).await),
    ]
}

/// Within five seconds, in the same process.
async fn serves_again(house: &House, key: KeyId) {
    for _ in 0..100 {
        if house.encrypt(key, "after").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("there is space again, and uses are still refused");
}
