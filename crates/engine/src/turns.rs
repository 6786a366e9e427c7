//! Turns: a command that others overtake again and again waits in line, instead of deciding again until it gives up.
//!
//! Of the changes that were decided under one epoch, one is committed and makes the others stale. If all of them
//! decided again at once, chance would choose the next, and in a crowd somebody loses as often as the gate allows. So
//! whoever has lost holds its scope's turn until it is done, and competes with newcomers only. Nobody waits here who
//! was not overtaken, so the data path takes no lock (INV-9); nobody holds two turns, so nobody waits for ever.

use domain::Scope;
use tokio::sync::{Mutex, MutexGuard};

const SHARDS: usize = 64;

/// One line for each scope, more or less: scopes that share a shard share a line.
pub(crate) struct Turns {
    shards: [Mutex<()>; SHARDS],
    /// Behind no scope.
    spare: Mutex<()>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), spare: Mutex::default() }
    }
}

impl Turns {
    /// Waits for a scope's turn, first come, first served.
    pub(crate) async fn take(&self, scope: Scope) -> MutexGuard<'_, ()> {
        let byte = match scope {
            Scope::System => return self.spare.lock().await,
            // Ids are random, so any byte of theirs spreads well.
            Scope::Account(id) => id.as_bytes()[15],
            Scope::Tenant(id) => id.as_bytes()[15],
        };
        self.shards.get(usize::from(byte) % SHARDS).unwrap_or(&self.spare).lock().await
    }
}
