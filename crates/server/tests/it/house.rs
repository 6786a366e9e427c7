//! The server's parts over one folder, composed as `system.rs` does, without the wire: what is killed and opened again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use access::{Authenticator, Decider, Guard};
use api::ops::{
    AssociatedData, CiphertextForm, CreateKey, Decrypt, DecryptItem, Encrypt, EncryptItem, KeyRef, KeyView,
};
use api::{Fault, KmsExt, Operation, RequestContext};
use audit::{Log, LogConfig, VerifierKey};
use domain::{
    Coordinates, Dialect, ExportCeiling, KeyId, KeySpec, PrincipalKind, Proof, RequestId, Role, Timestamp,
    UsageSet,
};
use engine::{Bootstrap, BootstrapCredential, BootstrapPrincipal, BootstrapTenant, Engine, Parts};
use provider_software::Software;
use root::KekRing;
use secret::{Exposure, Secret, SecretBytes};
use spi::{Clock, Entropy, Epochs, SealCrypto, WrappedKek};
use store_record::{FilePin, Options, Parts as StoreParts, SealedStore};
use store_sqlite::Sqlite;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const WEEK: u32 = 7 * 86_400;

/// The real time, and as many seconds as a test let pass.
#[derive(Debug)]
struct WallClock {
    started: Instant,
    passed: AtomicU32,
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let passed = self.passed.load(Ordering::SeqCst);
        Timestamp::from_millis(since.as_millis().try_into().unwrap()).plus_seconds(passed.into())
    }

    fn monotonic_micros(&self) -> u64 {
        let passed = u64::from(self.passed.load(Ordering::SeqCst)) * 1_000_000;
        u64::try_from(self.started.elapsed().as_micros()).unwrap() + passed
    }
}

/// One running system.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) log: Arc<Log>,
    pub(crate) store: Arc<SealedStore<Sqlite>>,
    pub(crate) crypto: Arc<Software>,
    ring: Arc<KekRing>,
    clock: Arc<WallClock>,
}

/// Where the audit log of a folder lives.
pub(crate) fn audit_dir(folder: &Path) -> std::path::PathBuf {
    folder.join("audit")
}

/// Everything that offline verification says against the log of a folder.
pub(crate) fn findings(folder: &Path) -> Vec<audit::Finding> {
    report(folder).findings
}

/// What offline verification saw, with the public key of the folder itself.
pub(crate) fn report(folder: &Path) -> audit::Report {
    let (dir, crypto) = (audit_dir(folder), Software::new());
    let key = std::fs::read_to_string(dir.join("audit.pub")).unwrap();
    audit::verify(&dir, &VerifierKey::parse(&key, &crypto).unwrap(), None, &crypto).unwrap()
}

/// Every whole record of the log from leaf `from` on, with its place.
pub(crate) fn records(folder: &Path, mut from: u64) -> Vec<(u64, domain::AuditRecord)> {
    let (dir, mut all) = (audit_dir(folder), Vec::new());
    loop {
        let tail = audit::tail(&dir, &Software::new(), Some(from), 1000).unwrap();
        if tail.entries.is_empty() {
            return all;
        }
        all.extend(tail.entries.into_iter().map(|(place, entry)| (place.0, entry.record)));
        from = tail.next;
    }
}

impl House {
    /// Opens what is in the folder, or makes it; a folder in which a first start was cut short is gone on with.
    pub(crate) async fn open(folder: &Path) -> Self {
        Self::open_with(folder, Secret::<[u8; 32]>::take(&mut [9; 32]), |_| ()).await
    }

    /// As [`Self::open`], with a root key and a log of one's own.
    pub(crate) async fn open_with(
        folder: &Path,
        root: Secret<[u8; 32]>,
        tune: impl FnOnce(&mut LogConfig),
    ) -> Self {
        Self::open_as(folder, &root, tune, bootstrap()).await
    }

    /// As [`Self::open_with`], with a first account of one's own.
    pub(crate) async fn open_as(
        folder: &Path,
        root: &Secret<[u8; 32]>,
        tune: impl FnOnce(&mut LogConfig),
        first: Bootstrap,
    ) -> Self {
        let (crypto, clock) = (
            Arc::new(Software::new()),
            Arc::new(WallClock { started: Instant::now(), passed: AtomicU32::new(0) }),
        );
        let mut config = LogConfig::new(audit_dir(folder), "keystead/test");
        config.segment_bytes = 1 << 20;
        config.checkpoint_every.records = 64;
        tune(&mut config);
        let log = Log::open(config, crypto.clone(), clock.clone()).unwrap();
        let ring = Arc::new(KekRing::new(crypto.clone()));
        ring.unseal(root, &wrapped(folder, &ring, root)).unwrap();
        let epochs = Arc::new(Epochs::default());
        let parts = StoreParts {
            backend: Sqlite::open(folder.join("keystead.db")).unwrap(),
            sealer: ring.clone(),
            epochs: epochs.clone(),
            sink: log.clone(),
            pin: Box::new(FilePin::new(folder.join("pin"))),
        };
        let store = SealedStore::open(parts, Options { pin_every: 16, ..Options::default() }).await;
        let store = Arc::new(store.unwrap());
        let engine = Engine::new(parts_of(&store, &log, &ring, &crypto, &clock, &epochs));
        if engine.recognise_operators(ACCOUNT.parse().unwrap()).await.unwrap().is_none() {
            engine.bootstrap(first).await.unwrap();
        }
        Self { engine, log, store, crypto, ring, clock }
    }

    /// Ends in order.
    pub(crate) async fn close(self) {
        self.store.close().await;
        self.log.close().await.unwrap();
    }

    /// Opens a sealed system again.
    pub(crate) fn unseal(&self, folder: &Path, root: &Secret<[u8; 32]>) {
        self.ring.unseal(root, &wrapped(folder, &self.ring, root)).unwrap();
    }

    /// Time passes.
    pub(crate) fn pass(&self, seconds: u32) {
        self.clock.passed.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new request's context: an operation is recorded under the name of its type.
    pub(crate) fn context<O>(&self) -> RequestContext {
        let entropy: &dyn Entropy = &*self.crypto;
        let operation = std::any::type_name::<O>().rsplit("::").next().unwrap();
        RequestContext {
            id: RequestId::at(self.clock.now(), entropy.bytes()),
            received_at: self.clock.now(),
            place: Coordinates::new(Dialect::Vault, ""),
            operation: operation.into(),
            address: None,
            dry_run: false,
        }
    }

    /// Runs an operation as root.
    pub(crate) async fn run<O: Operation>(&self, op: O) -> Result<O::Output, Fault> {
        self.run_in(self.context::<O>(), op).await
    }

    /// Runs an operation as root, under a context of one's own.
    pub(crate) async fn run_in<O: Operation>(
        &self,
        context: RequestContext,
        op: O,
    ) -> Result<O::Output, Fault> {
        self.engine.run(context, Proof::Bearer(secret_of("root-token")), op).await
    }

    pub(crate) async fn create(&self) -> Result<KeyView, Fault> {
        self.run(new_key()).await
    }

    pub(crate) async fn encrypt(&self, key: KeyId, text: &str) -> Result<Vec<u8>, Fault> {
        Ok(self.run(encrypt(key, secret_of(text))).await?.items.remove(0).unwrap().ciphertext)
    }

    pub(crate) async fn decrypt(&self, ciphertext: &[u8]) -> Result<String, Fault> {
        let item = DecryptItem { ciphertext: ciphertext.to_vec(), aad: AssociatedData::None, version: None };
        let op = Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope };
        let opened = self.run(op).await?.items.remove(0).unwrap();
        Ok(String::from_utf8(opened.expose(Exposure::ReturnToAuthorisedCaller).to_vec()).unwrap())
    }
}

pub(crate) fn secret_of(text: &str) -> SecretBytes {
    SecretBytes::take_vec(text.as_bytes().to_vec())
}

pub(crate) fn encrypt(key: KeyId, plaintext: SecretBytes) -> Encrypt {
    let item = EncryptItem { plaintext, aad: AssociatedData::None, version: None };
    Encrypt { key: KeyRef::Id(key), items: vec![item], form: CiphertextForm::Envelope }
}

pub(crate) fn new_key() -> CreateKey {
    CreateKey {
        spec: KeySpec::Aes256,
        usage: UsageSet::ENCRYPT_DECRYPT,
        description: String::new(),
        labels: Default::default(),
        name: None,
        policy: None,
        bypass_lockout_check: false,
        export: ExportCeiling::Never,
        destruction_wait: WEEK,
        destruction_allowed: true,
        or_find: false,
    }
}

/// The fault's word, or `ok`.
pub(crate) fn word<T>(result: &Result<T, Fault>) -> &'static str {
    result.as_ref().map_or_else(|fault| fault.what.word(), |_| "ok")
}

fn parts_of(
    store: &Arc<SealedStore<Sqlite>>,
    log: &Arc<Log>,
    ring: &Arc<KekRing>,
    crypto: &Arc<Software>,
    clock: &Arc<WallClock>,
    epochs: &Arc<Epochs>,
) -> Parts {
    let sealing = ring.clone();
    Parts {
        store: store.clone(),
        log: log.clone(),
        counter: store.clone(),
        heart: store.clone(),
        sealer: ring.clone(),
        epochs: epochs.clone(),
        clock: clock.clone(),
        entropy: crypto.clone(),
        authenticator: Authenticator::new(
            store.clone(),
            store.clone(),
            crypto.clone(),
            epochs.clone(),
            clock.clone(),
        ),
        decider: Decider::new(store.clone(), epochs.clone()),
        guard: Guard::new(vec![crypto.clone()], store.clone()),
        crypto: crypto.clone(),
        seal: Arc::new(move || sealing.seal_system()),
    }
}

/// The wrapped key-encryption key of the system, written before anything else as the server does.
fn wrapped(folder: &Path, ring: &KekRing, root: &Secret<[u8; 32]>) -> WrappedKek {
    let path = folder.join("wrapped");
    if let Ok(bytes) = std::fs::read(&path) {
        return WrappedKek(bytes);
    }
    let made = ring.init(root).unwrap();
    let staged = folder.join("wrapped.tmp");
    std::fs::write(&staged, &made.0).unwrap();
    std::fs::rename(staged, path).unwrap();
    made
}

fn bootstrap() -> Bootstrap {
    Bootstrap {
        number: ACCOUNT.parse().unwrap(),
        name: "test".to_owned(),
        tenants: vec![BootstrapTenant {
            name: "default".to_owned(),
            bindings: vec![Coordinates::new(Dialect::Vault, "")],
        }],
        principals: vec![BootstrapPrincipal {
            name: "root".to_owned(),
            kind: PrincipalKind::User,
            roles: vec![Role::Root],
            credentials: vec![BootstrapCredential::BearerToken(secret_of("root-token"))],
        }],
    }
}

/// A root key that nobody chose.
pub(crate) fn fresh_root() -> Secret<[u8; 32]> {
    Software::new().fresh_key()
}
