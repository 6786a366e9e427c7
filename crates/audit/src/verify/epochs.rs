//! The order between uses and revocations, read off the log (INV-10): no scope's epoch falls.
//!
//! A use carries the epochs that held when it was placed, so they never fall from one use to the next, nor below what
//! an earlier change raised. A change carries the epochs of its decision, which its store compared in commit order;
//! uses of the new epoch may stand before it, so it is held against earlier changes only.

use std::collections::HashMap;

use domain::Scope;
use serde::Deserialize;

#[derive(Default)]
pub(super) struct Epochs {
    uses: HashMap<Scope, u64>,
    changes: HashMap<Scope, u64>,
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    commit: Option<u64>,
    record: SeenRecord,
}

#[derive(Deserialize)]
struct SeenRecord {
    epochs: Vec<(Scope, u64)>,
    raised: Vec<(Scope, u64)>,
}

impl Epochs {
    /// Takes the next record; gives its commit sequence, or what is wrong with its epochs.
    pub(super) fn record(&mut self, entry: &[u8]) -> Result<Option<u64>, String> {
        let seen: Seen =
            serde_json::from_slice(entry).map_err(|e| format!("the record is not readable: {e}"))?;
        let Seen { commit, record: SeenRecord { epochs, raised } } = seen;
        for (scope, epoch) in epochs {
            let floor = if commit.is_some() { &self.changes } else { &self.uses };
            let least = floor.get(&scope).copied().unwrap_or(0);
            if epoch < least {
                return Err(format!("epoch of {scope} falls from {least} to {epoch}"));
            }
            if commit.is_none() {
                self.uses.insert(scope, epoch);
            }
        }
        for (scope, to) in raised {
            let least = self.changes.insert(scope, to).unwrap_or(0);
            if to < least {
                return Err(format!("epoch of {scope} is raised from {least} to {to}"));
            }
            let floor = self.uses.entry(scope).or_default();
            *floor = to.max(*floor);
        }
        Ok(commit)
    }
}
