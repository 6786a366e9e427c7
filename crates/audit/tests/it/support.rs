//! A log in a temporary folder, real cryptography, a file system that fails on demand.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use audit::{CheckpointEvery, Disk, Durability, Files, Log, LogConfig, LogFile};
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use domain::{AuditRecord, Decision, Dialect, Outcome, RequestId, Subject, Timestamp};
use secret::{Exposure, SecretBytes};
use spi::{
    AppendError, AuditLog, Clock, CommitSink, Fence, LogCrypto, OutboxEntry, Position, ProviderError,
    SigningKeyPair,
};

pub(crate) const ORIGIN: &str = "keystead.test/log";

pub(crate) struct Crypto;

impl LogCrypto for Crypto {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        parts.iter().for_each(|part| context.update(part));
        context.finish().as_ref().try_into().unwrap()
    }

    fn new_signing_key(&self) -> Result<SigningKeyPair, ProviderError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pkcs8 = SecretBytes::take_vec(document.as_ref().to_vec());
        let public = self.public_key(&pkcs8)?;
        Ok(SigningKeyPair { pkcs8, public })
    }

    fn public_key(&self, pkcs8: &SecretBytes) -> Result<[u8; 32], ProviderError> {
        Ok(pair(pkcs8)?.public_key().as_ref().try_into().unwrap())
    }

    fn sign(&self, pkcs8: &SecretBytes, message: &[u8]) -> Result<[u8; 64], ProviderError> {
        Ok(pair(pkcs8)?.sign(message).as_ref().try_into().unwrap())
    }

    fn verify(&self, public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
    }
}

fn pair(pkcs8: &SecretBytes) -> Result<Ed25519KeyPair, ProviderError> {
    Ed25519KeyPair::from_pkcs8(pkcs8.expose(Exposure::HandToProvider)).map_err(|_| ProviderError::Malformed)
}

pub(crate) struct WallClock(Instant);

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        Timestamp::from_millis(since.as_millis().try_into().unwrap())
    }

    fn monotonic_micros(&self) -> u64 {
        self.0.elapsed().as_micros().try_into().unwrap()
    }
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(WallClock(Instant::now()))
}

/// Small segments, no checkpoints but on demand, quick retries.
pub(crate) fn config(dir: &Path) -> LogConfig {
    let mut config = LogConfig::new(dir, ORIGIN);
    config.segment_bytes = 32 << 10;
    config.checkpoint_every = CheckpointEvery { records: u64::MAX, seconds: 3600 };
    config.retry_millis = 20;
    config
}

pub(crate) fn open(dir: &Path) -> Arc<Log> {
    open_with(config(dir))
}

pub(crate) fn open_with(config: LogConfig) -> Arc<Log> {
    Log::open(config, Arc::new(Crypto), clock()).unwrap()
}

pub(crate) fn os(dir: &Path) -> LogConfig {
    LogConfig { durability: Durability::Os, ..config(dir) }
}

pub(crate) fn record(n: u64) -> AuditRecord {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&n.to_be_bytes());
    AuditRecord {
        id: RequestId::from_bytes(id),
        at: Timestamp::from_millis(1_790_000_000_000 + i64::try_from(n).unwrap()),
        subject: Subject { name: Some(format!("app-{}", n % 7)), ..Subject::default() },
        dialect: Dialect::Aws,
        operation: "Encrypt".into(),
        actions: vec![domain::Action::DescribeKey],
        account: None,
        account_number: None,
        tenant: None,
        target: None,
        also: Vec::new(),
        items: None,
        failed: None,
        context: vec![("purpose".to_owned(), format!("row {n} \"quoted\"\n"))],
        decision: Decision::NotReached,
        outcome: Outcome::Success,
        dry_run: false,
        fips_approved: None,
        micros: 40,
        epochs: Vec::new(),
        raised: Vec::new(),
    }
}

pub(crate) async fn try_append(
    log: &Log,
    fence: Fence,
    record: AuditRecord,
) -> Result<Position, AppendError> {
    let ticket = log.ticket(900).map_err(AppendError::Unavailable)?;
    log.append(ticket, fence, record).await
}

/// With segments this small tickets run out at times; with a ticket nothing may be refused for want of space.
pub(crate) async fn ticket(log: &Log) -> spi::SpaceTicket {
    for _ in 0..2000 {
        if let Ok(ticket) = log.ticket(900) {
            return ticket;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    panic!("no space came: {:?}", log.status());
}

pub(crate) async fn append(log: &Log, n: u64) -> u64 {
    log.append(ticket(log).await, Fence::default(), record(n)).await.unwrap().0
}

/// Appends until it works; gives the position and the last refusal.
pub(crate) async fn append_patiently(log: &Log, n: u64) -> (u64, Option<AppendError>) {
    let mut refused = None;
    for _ in 0..400 {
        match try_append(log, Fence::default(), record(n)).await {
            Ok(position) => return (position.0, refused),
            Err(e) => refused = Some(e),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("never written again: {refused:?}");
}

pub(crate) async fn commit(log: &Log, sequence: u64) -> Result<(), spi::AuditError> {
    log.committed(vec![entry(sequence)]).await
}

pub(crate) fn entry(sequence: u64) -> OutboxEntry {
    OutboxEntry { sequence, record: record(1_000_000 + sequence) }
}

/// Copies a folder as it is, like a machine that lost its power.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else if let Err(e) = std::fs::copy(item.path(), target) {
            // A staged file may have got its name meanwhile.
            let staged = item.path().extension().is_some_and(|e| e == "tmp");
            assert!(staged && e.kind() == io::ErrorKind::NotFound, "{item:?}: {e}");
        }
    }
}

/// The disk, with faults.
#[derive(Clone, Default)]
pub(crate) struct Faulty(Arc<Faults>);

#[derive(Default)]
pub(crate) struct Faults {
    pub no_space: AtomicBool,
    /// Every write takes at most so many bytes, when not 0.
    pub short: AtomicU64,
    /// So many writes of segments fail.
    pub fail_writes: AtomicU64,
    /// So many syncs of segments fail.
    pub fail_syncs: AtomicU64,
    /// Every sync takes that many ms.
    pub slow_sync: AtomicU64,
    pub syncs: AtomicU64,
}

impl std::ops::Deref for Faulty {
    type Target = Faults;
    fn deref(&self) -> &Faults {
        &self.0
    }
}

struct FaultyFile {
    inner: Box<dyn LogFile>,
    faults: Faulty,
    segment: bool,
}

impl Files for Faulty {
    fn create(&self, path: &Path, bytes: u64) -> io::Result<()> {
        if self.no_space.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(28));
        }
        Disk.create(path, bytes)
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn LogFile>> {
        let segment = path.extension().is_some_and(|e| e == "jsonl");
        Ok(Box::new(FaultyFile { inner: Disk.open(path)?, faults: self.clone(), segment }))
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Disk.replace(path, bytes)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Disk.append(path, bytes)
    }
}

fn strikes(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
}

impl LogFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        if self.segment && strikes(&self.faults.fail_writes) {
            // As a disk would: some of it arrived.
            self.inner.write_at(&bytes[..bytes.len() / 2], offset)?;
            return Err(io::Error::from_raw_os_error(5));
        }
        let most = match self.faults.short.load(Ordering::SeqCst) {
            0 => bytes.len(),
            n => usize::try_from(n).unwrap().min(bytes.len()),
        };
        self.inner.write_at(&bytes[..most], offset)
    }
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.inner.read_at(buffer, offset)
    }
    fn sync(&self) -> io::Result<()> {
        let slow = self.faults.slow_sync.load(Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(slow));
        self.faults.syncs.fetch_add(1, Ordering::SeqCst);
        if self.segment && strikes(&self.faults.fail_syncs) {
            return Err(io::Error::from_raw_os_error(5));
        }
        self.inner.sync()
    }
    fn length(&self) -> io::Result<u64> {
        self.inner.length()
    }
}
