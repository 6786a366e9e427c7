//! A whole small system in a temporary folder: one account, one tenant bound to AWS and Vault, principals of each role.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::{Authenticator, Decider, Guard};
use api::ops::{CiphertextForm, CreateKey, Decrypt, DecryptItem, Encrypt, EncryptItem, KeyRef, KeyView};
use api::{Fault, FaultWhat, KmsExt, Operation, RequestContext};
use audit::{Log, LogConfig};
use domain::{
    Coordinates, Dialect, ExportCeiling, KeyId, KeySpec, PrincipalKind, Proof, RequestId, Role, Scope,
    UsageSet,
};
use keystead_engine::{Bootstrap, BootstrapCredential, BootstrapPrincipal, BootstrapTenant, Engine, Parts};
use provider_software::Software;
use root::KekRing;
use secret::{Secret, SecretBytes};
use spi::{
    AuditError, AuditLog, Clock, CommitSink, Counter, Durable, Entropy, Epochs, MaterialAt, MaterialError,
    MaterialVault, OutboxEntry, RecordStore, Sealer, WrappedKek,
};
use store_record::{MemoryPin, Options, Parts as StoreParts, Pin, SealedStore};
use store_sqlite::Sqlite;
use testkit::clock::MovingClock;

pub(crate) const ACCOUNT: &str = "123456789012";
const DAY: u32 = 86_400;

/// The log as the store sees it; while it is stuck, committed changes do not come through, but uses do.
pub(crate) struct Sink {
    log: Arc<Log>,
    pub(crate) stuck: AtomicBool,
}

impl CommitSink for Sink {
    fn committed(&self, entries: Vec<OutboxEntry>) -> Durable {
        if self.stuck.load(Ordering::SeqCst) {
            return Box::pin(async { Err(AuditError { why: "stuck".to_owned() }) });
        }
        self.log.committed(entries)
    }

    fn longest_record(&self) -> usize {
        self.log.longest_record()
    }

    fn durable_through(&self) -> u64 {
        self.log.durable_through()
    }
}

/// A running gate and what tests look at behind it.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) log: Arc<Log>,
    /// What stands between store and log.
    pub(crate) sink: Arc<Sink>,
    below: Below,
    clock: Arc<MovingClock>,
    crypto: Arc<Software>,
    _dir: tempfile::TempDir,
}

/// What gates stand on.
struct Below {
    records: Arc<dyn RecordStore>,
    sealed: Arc<SealedStore<Sqlite>>,
    ring: Arc<KekRing>,
    /// What opens the ring.
    root: (Secret<[u8; 32]>, WrappedKek),
    epochs: Arc<Epochs>,
}

impl Below {
    fn gate(
        &self,
        log: Arc<dyn AuditLog>,
        crypto: &Arc<Software>,
        clock: &Arc<MovingClock>,
        counter: Arc<dyn Counter>,
    ) -> Arc<Engine> {
        let Self { records, sealed, ring, epochs, root: _ } = self;
        let authenticator = Authenticator::new(
            records.clone(),
            sealed.clone(),
            crypto.clone(),
            epochs.clone(),
            clock.clone(),
        );
        let ring = ring.clone();
        Engine::new(Parts {
            store: records.clone(),
            log,
            counter,
            heart: sealed.clone(),
            sealer: ring.clone(),
            epochs: epochs.clone(),
            clock: clock.clone(),
            entropy: crypto.clone(),
            authenticator,
            decider: Decider::new(records.clone(), epochs.clone()),
            guard: Guard::new(vec![crypto.clone()], sealed.clone()),
            crypto: crypto.clone(),
            seal: Arc::new(move || ring.seal_system()),
        })
    }
}

impl House {
    /// In memory, with every role's principal; a principal's token is its name.
    pub(crate) async fn open() -> Self {
        Self::build(4 << 20).await
    }

    /// In memory, with segments of the audit log of so many bytes.
    pub(crate) async fn with_segments(bytes: u64) -> Self {
        Self::build(bytes).await
    }

    /// In memory, over a store that something stands before.
    pub(crate) async fn with_store(wrap: impl FnOnce(Arc<dyn RecordStore>) -> Arc<dyn RecordStore>) -> Self {
        Self::build_over(4 << 20, wrap).await
    }

    async fn build(segment_bytes: u64) -> Self {
        Self::build_over(segment_bytes, |store| store).await
    }

    async fn build_over(
        segment_bytes: u64,
        wrap: impl FnOnce(Arc<dyn RecordStore>) -> Arc<dyn RecordStore>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (crypto, clock) = (Arc::new(Software::new()), Arc::new(MovingClock::default()));
        let mut config = LogConfig::new(dir.path().join("audit"), "keystead/test");
        config.segment_bytes = segment_bytes;
        let log = Log::open(config, crypto.clone(), clock.clone()).unwrap();
        let ring = Arc::new(KekRing::new(crypto.clone()));
        let root = Secret::<[u8; 32]>::take(&mut [9; 32]);
        let wrapped = ring.init(&root).unwrap();
        ring.unseal(&root, &wrapped).unwrap();
        let epochs = Arc::new(Epochs::default());
        let (backend, pin): (Sqlite, Box<dyn Pin>) =
            (Sqlite::in_memory().unwrap(), Box::new(MemoryPin::default()));
        let sealer: Arc<dyn Sealer> = ring.clone();
        let sink = Arc::new(Sink { log: log.clone(), stuck: AtomicBool::new(false) });
        let parts = StoreParts { backend, sealer, epochs: epochs.clone(), sink: sink.clone(), pin };
        let sealed = Arc::new(SealedStore::open(parts, Options::default()).await.unwrap());
        let below = Below { records: wrap(sealed.clone()), sealed, ring, root: (root, wrapped), epochs };
        let engine = below.gate(log.clone(), &crypto, &clock, below.sealed.clone());
        engine.bootstrap(bootstrap()).await.unwrap();
        Self { engine, log, sink, below, clock, crypto, _dir: dir }
    }

    /// Another gate over the same store and log, as after a restart: it remembers nothing.
    pub(crate) fn restarted(&self) -> Arc<Engine> {
        self.counting_by(self.below.sealed.clone())
    }

    /// As after a restart: nothing is remembered but what was kept.
    pub(crate) fn restart(self) -> Self {
        Self { engine: self.restarted(), ..self }
    }

    /// As custodians do.
    pub(crate) fn unseal(&self) {
        let (root, wrapped) = &self.below.root;
        self.below.ring.unseal(root, wrapped).unwrap();
    }

    /// As [`Self::restarted`], counting direct uses elsewhere.
    pub(crate) fn counting_by(&self, counter: Arc<dyn Counter>) -> Arc<Engine> {
        self.below.gate(self.log.clone(), &self.crypto, &self.clock, counter)
    }

    /// As [`Self::restarted`], with something before the log.
    pub(crate) fn logging_by(&self, wrap: impl FnOnce(Arc<Log>) -> Arc<dyn AuditLog>) -> Arc<Engine> {
        self.below.gate(wrap(self.log.clone()), &self.crypto, &self.clock, self.below.sealed.clone())
    }

    /// Raises a scope as a store's writer does after a commit.
    pub(crate) fn raise(&self, scope: Scope) {
        self.below.epochs.raise(scope, self.below.epochs.current(scope) + 1);
    }

    /// The epoch of a scope.
    pub(crate) fn epoch(&self, scope: Scope) -> u64 {
        self.below.epochs.current(scope)
    }

    /// Time passes.
    pub(crate) fn pass_minutes(&self, minutes: u32) {
        self.clock.advance_seconds(60 * minutes);
    }

    /// Somebody sets the wall clock so many seconds on, or back; no time has passed.
    pub(crate) fn set_clock_on(&self, seconds: i64) {
        self.clock.set_millis(self.clock.now().plus_seconds(seconds).millis());
    }

    /// Time passes.
    pub(crate) fn pass_days(&self, days: u32) {
        self.clock.advance_seconds(DAY * days);
    }

    /// The time here.
    pub(crate) fn now(&self) -> domain::Timestamp {
        self.clock.now()
    }

    /// What the store keeps sealed at a place.
    pub(crate) async fn material(&self, at: &MaterialAt) -> Result<SecretBytes, MaterialError> {
        MaterialVault::open(&*self.below.sealed, at).await
    }

    /// A request's context at a place.
    pub(crate) fn context(&self, place: Coordinates, operation: &'static str) -> RequestContext {
        let entropy: &dyn Entropy = &*self.crypto;
        RequestContext {
            id: RequestId::at(self.clock.now(), entropy.bytes()),
            received_at: self.clock.now(),
            place,
            operation: operation.into(),
            address: Some([127, 0, 0, 1].into()),
            dry_run: false,
        }
    }

    /// Runs an operation as a principal, in the AWS place.
    pub(crate) async fn run<O: Operation>(&self, who: &str, op: O) -> Result<O::Output, Fault> {
        self.run_at(aws(), who, op).await
    }

    /// Runs an operation as a principal, at a place.
    pub(crate) async fn run_at<O: Operation>(
        &self,
        place: Coordinates,
        who: &str,
        op: O,
    ) -> Result<O::Output, Fault> {
        self.engine.run(self.context(place, "Test"), token(who), op).await
    }

    pub(crate) async fn create(&self, who: &str) -> Result<KeyView, Fault> {
        self.run(who, new_key()).await
    }

    pub(crate) async fn encrypt(&self, who: &str, key: KeyId, text: &str) -> Result<Vec<u8>, Fault> {
        let item = EncryptItem { plaintext: secret_of(text), aad: Default::default(), version: None };
        let op = Encrypt { key: KeyRef::Id(key), items: vec![item], form: CiphertextForm::Envelope };
        Ok(self.run(who, op).await?.items.remove(0).unwrap().ciphertext)
    }

    pub(crate) async fn decrypt(&self, who: &str, ciphertext: &[u8]) -> Result<String, Fault> {
        let item = DecryptItem { ciphertext: ciphertext.to_vec(), aad: Default::default(), version: None };
        let op = Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope };
        let opened = self.run(who, op).await?.items.remove(0).unwrap();
        Ok(String::from_utf8(opened.expose(secret::Exposure::ReturnToAuthorisedCaller).to_vec()).unwrap())
    }
}

pub(crate) fn aws() -> Coordinates {
    Coordinates::new(Dialect::Aws, "*/us-east-1")
}

pub(crate) fn vault() -> Coordinates {
    Coordinates::new(Dialect::Vault, "")
}

pub(crate) fn token(who: &str) -> Proof {
    Proof::Bearer(secret_of(who))
}

pub(crate) fn secret_of(text: &str) -> SecretBytes {
    SecretBytes::take_vec(text.as_bytes().to_vec())
}

pub(crate) fn new_key() -> CreateKey {
    CreateKey {
        spec: KeySpec::Aes256,
        usage: UsageSet::ENCRYPT_DECRYPT,
        description: "made by a test".to_owned(),
        labels: Default::default(),
        name: None,
        policy: None,
        bypass_lockout_check: false,
        export: ExportCeiling::Never,
        destruction_wait: 7 * DAY,
        destruction_allowed: true,
        or_find: false,
    }
}

/// The fault's word, for short assertions.
pub(crate) fn word<T>(result: Result<T, Fault>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(Fault { what, .. }) => FaultWhat::word(&what),
    }
}

fn bootstrap() -> Bootstrap {
    let principal = |name: &str, roles: Vec<Role>| BootstrapPrincipal {
        name: name.to_owned(),
        kind: PrincipalKind::User,
        roles,
        credentials: vec![BootstrapCredential::BearerToken(secret_of(name))],
    };
    Bootstrap {
        number: ACCOUNT.parse().unwrap(),
        name: "test".to_owned(),
        tenants: vec![BootstrapTenant {
            name: "default".to_owned(),
            bindings: vec![Coordinates::new(Dialect::Aws, format!("{ACCOUNT}/us-east-1")), vault()],
        }],
        principals: vec![
            principal("root", vec![Role::Root]),
            principal("administrator", vec![Role::Administrator]),
            principal("custodian", vec![Role::KeyCustodian]),
            principal("user", vec![Role::CryptoUser]),
            principal("auditor", vec![Role::Auditor]),
            principal("nobody", vec![]),
        ],
    }
}
