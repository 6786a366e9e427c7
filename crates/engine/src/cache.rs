//! What the gate remembers of the store. An entry carries the epochs captured before it was read and counts only
//! while they hold; absence is never cached (INV-4, INV-10).

use std::sync::Arc;

use domain::{Account, AccountId, Coordinates, Key, KeyId, Name, Tenant, TenantId};
use quick_cache::sync::Cache;
use spi::Fence;

const KEYS: usize = 100_000;
const NAMES: usize = 100_000;
const PLACES: usize = 10_000;

/// A value and the epochs it was read under.
#[derive(Debug)]
pub(crate) struct Held<T> {
    pub(crate) value: T,
    pub(crate) fence: Fence,
}

/// Where coordinates lead.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) account: Arc<Account>,
}

/// The caches of one gate.
pub(crate) struct Caches {
    pub(crate) keys: Cache<(TenantId, KeyId), Arc<Held<Arc<Key>>>>,
    pub(crate) names: Cache<(TenantId, Name), KeyId>,
    pub(crate) places: Cache<(AccountId, Coordinates), Arc<Held<Place>>>,
}

impl Default for Caches {
    fn default() -> Self {
        Self { keys: Cache::new(KEYS), names: Cache::new(NAMES), places: Cache::new(PLACES) }
    }
}
