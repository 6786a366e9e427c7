//! Epochs and fences: how a revocation takes effect at once, everywhere, without a lock on the data path (INV-10).
//!
//! Each scope has an epoch. A request captures the epochs of its scopes before its first read; its audit record is
//! placed only if none of them has been raised since. A commit that changes what others may have read raises its
//! scopes after it is durable and before it is acknowledged. So a use that is decided on old state either comes
//! before the revocation in the log or does not come at all.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use domain::Scope;
use smallvec::SmallVec;

/// The epoch of one scope.
pub type EpochCell = Arc<AtomicU64>;

const SHARDS: usize = 64;

/// The epochs of every scope this process knows. Reading takes no lock.
#[derive(Debug)]
pub struct Epochs {
    shards: Vec<ArcSwap<HashMap<Scope, EpochCell>>>,
}

impl Default for Epochs {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| ArcSwap::default()).collect() }
    }
}

impl Epochs {
    /// The cell of a scope; a scope not seen before starts at 0.
    #[must_use]
    pub fn cell(&self, scope: Scope) -> EpochCell {
        let Some(shard) = self.shards.get(shard_of(scope)) else { return EpochCell::default() };
        if let Some(cell) = shard.load().get(&scope) {
            return Arc::clone(cell);
        }
        let fresh = EpochCell::default();
        shard.rcu(|map| {
            let mut map = HashMap::clone(map);
            map.entry(scope).or_insert_with(|| Arc::clone(&fresh));
            map
        });
        shard.load().get(&scope).map_or(fresh, Arc::clone)
    }

    /// The epoch of a scope now.
    #[must_use]
    pub fn current(&self, scope: Scope) -> u64 {
        self.cell(scope).load(Ordering::Acquire)
    }

    /// Raises a scope to an epoch that a store has made durable; never lowers it.
    pub fn raise(&self, scope: Scope, to: u64) {
        self.cell(scope).fetch_max(to, Ordering::AcqRel);
    }

    /// Captures the epochs of some scopes: do this before the first read that depends on them.
    #[must_use]
    pub fn capture(&self, scopes: impl IntoIterator<Item = Scope>) -> Fence {
        let mut fence = Fence::default();
        scopes.into_iter().for_each(|scope| fence.add(scope, self.cell(scope)));
        fence
    }
}

fn shard_of(scope: Scope) -> usize {
    let byte = match scope {
        Scope::System => 0,
        // Ids are random, so any byte of theirs spreads well.
        Scope::Account(id) => id.as_bytes()[15],
        Scope::Tenant(id) => id.as_bytes()[15],
    };
    usize::from(byte) % SHARDS
}

#[derive(Clone, Debug)]
struct Captured {
    scope: Scope,
    epoch: u64,
    cell: EpochCell,
}

/// The epochs a request captured.
#[derive(Clone, Debug, Default)]
pub struct Fence {
    captured: SmallVec<[Captured; 4]>,
}

impl Fence {
    /// Captures one more scope, unless it is captured already.
    pub fn add(&mut self, scope: Scope, cell: EpochCell) {
        if !self.captured.iter().any(|c| c.scope == scope) {
            let epoch = cell.load(Ordering::Acquire);
            self.captured.push(Captured { scope, epoch, cell });
        }
    }

    /// Whether every scope still has the epoch that was captured.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.captured.iter().all(|c| c.cell.load(Ordering::Acquire) == c.epoch)
    }

    /// The scopes that were raised since.
    #[must_use]
    pub fn stale(&self) -> Vec<Scope> {
        self.captured.iter().filter(|c| c.cell.load(Ordering::Acquire) != c.epoch).map(|c| c.scope).collect()
    }

    /// Whether a scope is among the captured.
    #[must_use]
    pub fn covers(&self, scope: Scope) -> bool {
        self.captured.iter().any(|c| c.scope == scope)
    }

    /// Scope and captured epoch, for the audit record and for a store's own check.
    pub fn epochs(&self) -> impl Iterator<Item = (Scope, u64)> + '_ {
        self.captured.iter().map(|c| (c.scope, c.epoch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inv_10_a_raised_scope_breaks_every_fence_that_captured_it() {
        let epochs = Epochs::default();
        let tenant = Scope::Tenant(domain::TenantId::random([3; 16]));
        let fence = epochs.capture([Scope::System, tenant]);
        assert!(fence.holds());
        epochs.raise(tenant, 1);
        assert_eq!(fence.stale(), vec![tenant]);
        assert!(epochs.capture([tenant]).holds());
        epochs.raise(tenant, 0);
        assert_eq!(epochs.current(tenant), 1, "an epoch never falls");
    }
}
