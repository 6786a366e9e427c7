//! The parts of one running system, sealed or not: what is opened at start, what unsealing adds, what sealing takes.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use access::{Authenticator, Decider, Guard};
use api::RequestContext;
use audit::{CheckpointEvery, Durability as LogDurability, Log, LogConfig};
use domain::{Coordinates, Dialect, RequestId, Timestamp};
use engine::{Engine, Parts};
use provider_software::Software;
use root::KekRing;
use secret::Secret;
use spi::{Clock, Epochs, WrappedKek};
use store_record::{FilePin, MemoryPin, Parts as StoreParts, Pin, SealedStore};
use store_sqlite::Sqlite;

use crate::clock::SystemClock;
use crate::config::{Config, Durability};
use crate::custody::Custody;
use crate::files;
use crate::lifetime::Lifetime;
use crate::slot::Slot;

/// Why a system does not start, in words for its operator.
#[derive(Debug)]
pub(crate) struct StartError(pub(crate) String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl StartError {
    pub(crate) fn while_doing<E: std::fmt::Display>(what: impl std::fmt::Display) -> impl FnOnce(E) -> Self {
        move |e| Self(format!("{what}: {e}"))
    }
}

/// Everything that lives as long as the process.
pub(crate) struct System {
    pub(crate) config: Config,
    pub(crate) clock: Arc<SystemClock>,
    pub(crate) crypto: Arc<Software>,
    pub(crate) log: Arc<Log>,
    pub(crate) ring: Arc<KekRing>,
    pub(crate) slot: Arc<Slot>,
    pub(crate) custody: Custody,
    /// The time that keys live by.
    pub(crate) lifetime: Lifetime,
    epochs: Arc<Epochs>,
    store: OnceLock<Arc<SealedStore<Sqlite>>>,
}

impl System {
    /// Opens what needs no key: memory, data folder, audit log.
    pub(crate) fn open(config: Config) -> Result<Arc<Self>, StartError> {
        Self::open_living_by(config, |clock| Lifetime::by(clock))
    }

    /// As [`Self::open`], with keys that live by another clock than this machine's.
    pub(crate) fn open_living_by(
        config: Config,
        lifetime: impl FnOnce(Arc<SystemClock>) -> Lifetime,
    ) -> Result<Arc<Self>, StartError> {
        let locking =
            if config.lock_required { secret::Locking::Required } else { secret::Locking::BestEffort };
        match secret::set_locking(locking) {
            Ok(()) => {}
            // A second system in this process, after a restore in a test.
            Err(secret::LockingError::AlreadySet(held)) if held == locking => {}
            Err(e) => return Err(StartError(format!("locked memory: {e:?}"))),
        }
        let report = secret::harden_process();
        tracing::debug!(?report, "process hardened");
        files::private_dir(&config.data_dir).map_err(StartError::while_doing(config.data_dir.display()))?;
        let (crypto, clock) = (Arc::new(Software::with_ready_keys()), Arc::new(SystemClock::default()));
        let log = Log::open(log_config(&config), crypto.clone(), clock.clone());
        let log = log.map_err(StartError::while_doing("audit log"))?;
        let custody = Custody::load(&config, &crypto)?;
        Ok(Arc::new(Self {
            custody,
            lifetime: lifetime(Arc::clone(&clock)),
            ring: Arc::new(KekRing::new(crypto.clone())),
            config,
            clock,
            crypto,
            log,
            slot: Arc::new(Slot::default()),
            epochs: Arc::new(Epochs::default()),
            store: OnceLock::new(),
        }))
    }

    /// Whether a database is there already.
    pub(crate) fn has_database(config: &Config) -> bool {
        !config.in_memory && database(config).exists()
    }

    /// Brings the key-encryption keys into memory and makes the gate; says whether the first account is there. Nobody
    /// is let in yet.
    pub(crate) async fn open_gate(
        self: &Arc<Self>,
        root: &Secret<[u8; 32]>,
        system: &WrappedKek,
    ) -> Result<(Arc<Engine>, bool), StartError> {
        self.ring.unseal(root, system).map_err(StartError::while_doing("unsealing"))?;
        let store = self.open_store().await?;
        let engine = self.engine(store);
        let known = engine.recognise_operators(self.config.account).await;
        let known = known.map_err(StartError::while_doing("reading the operators' account"))?.is_some();
        Ok((engine, known))
    }

    /// Lets requests in, unless the system was sealed meanwhile.
    pub(crate) fn admit(&self, engine: Arc<Engine>) -> Result<(), StartError> {
        if self.custody.while_unsealed(|| self.slot.fill(engine)) {
            return Ok(());
        }
        self.ring.seal_system();
        Err(StartError("the system was sealed while it was being unsealed".to_owned()))
    }

    /// Opens the gate of a system that has its first account.
    pub(crate) async fn admit_known(
        self: &Arc<Self>,
        root: &Secret<[u8; 32]>,
        system: &WrappedKek,
    ) -> Result<(), StartError> {
        match self.open_gate(root, system).await? {
            (engine, true) => self.admit(engine),
            (_, false) => Err(StartError(
                "there is no first account: `keystead init` was cut short, remove the folder and run it again"
                    .to_owned(),
            )),
        }
    }

    /// Forgets every key; requests are told so from now on.
    pub(crate) fn seal(&self) {
        self.custody.sealed(|| {
            self.slot.empty();
            self.ring.seal_system();
        });
    }

    /// Ends everything in order: no more requests, pin advanced, log signed.
    pub(crate) async fn close(&self) {
        self.slot.empty();
        if let Some(store) = self.store.get() {
            store.close().await;
        }
        if let Err(e) = self.log.close().await {
            tracing::error!(error = %e, "the audit log was not closed in order; it will be mended at the next start");
        }
        self.ring.seal_system();
    }

    /// The store, once the system was unsealed.
    pub(crate) fn store(&self) -> Option<&Arc<SealedStore<Sqlite>>> {
        self.store.get()
    }

    /// A new request's id.
    pub(crate) fn request_id(&self) -> RequestId {
        RequestId::at(self.clock.now(), crate::ids::next(&*self.crypto))
    }

    /// For what this process does of itself: nobody asked for it.
    pub(crate) fn own_context(&self, operation: &'static str) -> RequestContext {
        RequestContext {
            id: self.request_id(),
            received_at: self.now(),
            place: Coordinates::new(Dialect::Native, ""),
            operation: operation.into(),
            address: None,
            dry_run: false,
        }
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn open_store(&self) -> Result<Arc<SealedStore<Sqlite>>, StartError> {
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let (backend, pin) = self.backend()?;
        let parts = StoreParts {
            backend,
            sealer: self.ring.clone(),
            epochs: Arc::clone(&self.epochs),
            sink: self.log.clone(),
            pin,
        };
        let options = self.custody.options.get().copied().unwrap_or_default();
        let store = SealedStore::open(parts, options).await.map_err(StartError::while_doing("store"))?;
        Ok(Arc::clone(self.store.get_or_init(|| Arc::new(store))))
    }

    fn backend(&self) -> Result<(Sqlite, Box<dyn Pin>), StartError> {
        let failed = || StartError::while_doing("database");
        if self.config.in_memory {
            return Ok((Sqlite::in_memory().map_err(failed())?, Box::new(MemoryPin::default())));
        }
        let backend = Sqlite::open(database(&self.config)).map_err(failed())?;
        Ok((backend, Box::new(FilePin::new(self.config.data_dir.join("pin")))))
    }

    fn engine(self: &Arc<Self>, store: Arc<SealedStore<Sqlite>>) -> Arc<Engine> {
        let (epochs, crypto) = (Arc::clone(&self.epochs), Arc::clone(&self.crypto));
        let system = Arc::downgrade(self);
        Engine::new(Parts {
            log: self.log.clone(),
            counter: store.clone(),
            heart: store.clone(),
            sealer: self.ring.clone(),
            epochs: Arc::clone(&epochs),
            // Signatures and expiry of credentials are checked by the machine's own clock, below.
            clock: Arc::clone(&self.lifetime.clock),
            entropy: crypto.clone(),
            authenticator: Authenticator::new(
                store.clone(),
                store.clone(),
                crypto.clone(),
                epochs.clone(),
                self.clock.clone(),
            ),
            decider: Decider::new(store.clone(), epochs),
            guard: Guard::new(vec![crypto.clone()], store.clone()),
            crypto,
            store,
            seal: Arc::new(move || {
                if let Some(system) = system.upgrade() {
                    system.seal();
                }
            }),
        })
    }
}

pub(crate) fn database(config: &Config) -> PathBuf {
    config.data_dir.join("keystead.db")
}

pub(crate) fn log_config(config: &Config) -> LogConfig {
    let mut log = LogConfig::new(config.data_dir.join("audit"), "keystead/node-1");
    log.durability = match config.durability {
        Durability::Fsync => LogDurability::Fsync,
        Durability::Os => LogDurability::Os,
    };
    log.segment_bytes = config.segment_bytes;
    log.checkpoint_every = CheckpointEvery { records: config.checkpoint_every, ..CheckpointEvery::default() };
    log
}
