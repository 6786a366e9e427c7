//! What the engine is made of, handed in by `server`.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, Weak};

use access::{Authenticator, Decider, Guard};
use audit::{AuthFailureMeter, MeterLimits};
use spi::{AuditLog, Clock, Counter, Entropy, Epochs, Heart, RecordStore, Sealer};

use tokio::sync::Semaphore;

use crate::cache::Caches;
use crate::scheduler::Schedule;
use crate::turns::Turns;

/// The rooms below, as traits.
pub struct Parts {
    /// Records.
    pub store: Arc<dyn RecordStore>,
    /// The audit log, which is also the fence.
    pub log: Arc<dyn AuditLog>,
    /// What is remembered of the time.
    pub heart: Arc<dyn Heart>,
    /// Counts of direct encryptions.
    pub counter: Arc<dyn Counter>,
    /// Says whether the system is unsealed; the engine asks nothing else of it.
    pub sealer: Arc<dyn Sealer>,
    /// Epochs, shared with store and log.
    pub epochs: Arc<Epochs>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and new credentials.
    pub entropy: Arc<dyn Entropy>,
    /// Turns proofs into callers.
    pub authenticator: Authenticator,
    /// Decides.
    pub decider: Decider,
    /// Uses key versions, under permits only.
    pub guard: Guard,
    /// SHA-256 of new bearer tokens.
    pub crypto: Arc<dyn spi::AuthCrypto>,
    /// Drops every key-encryption key; called once the record of sealing is durable.
    pub seal: Arc<dyn Fn() + Send + Sync>,
}

/// Most changes under way at once; more wait, as long as their client does.
const CHANGES: usize = 256;

/// The gate itself.
pub struct Engine {
    pub(crate) parts: Parts,
    pub(crate) caches: Caches,
    /// Itself, for work that must outlive the request that asked for it.
    pub(crate) me: Weak<Self>,
    /// Places for changes under way.
    pub(crate) changes: Arc<Semaphore>,
    /// For those whom others keep overtaking.
    pub(crate) turns: Turns,
    /// Sealings under way: while there is one, nothing new is taken up.
    pub(crate) sealings: AtomicUsize,
    pub(crate) failures: Mutex<AuthFailureMeter>,
    /// What the scheduler remembers; one tick at a time.
    pub(crate) schedule: tokio::sync::Mutex<Schedule>,
}

impl Engine {
    /// A gate over these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            parts,
            caches: Caches::default(),
            me: Weak::clone(me),
            changes: Arc::new(Semaphore::new(CHANGES)),
            turns: Turns::default(),
            sealings: AtomicUsize::new(0),
            failures: Mutex::new(AuthFailureMeter::new(MeterLimits::default())),
            schedule: tokio::sync::Mutex::default(),
        })
    }
}
