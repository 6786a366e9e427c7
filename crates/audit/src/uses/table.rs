//! A bounded table of last uses in shards, each behind a lock that is held for one look-up.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::{LastUse, Timestamp, Use};
use serde::{Deserialize, Serialize};

use crate::util::lock;

const SHARDS: usize = 64;

/// A use, and where its record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) n: u64,
    #[serde(flatten)]
    pub(crate) it: Use,
}

pub(crate) struct Table<K> {
    shards: Vec<Mutex<HashMap<K, Spot>>>,
    hasher: RandomState,
    /// Most entries of one shard.
    most: usize,
    /// Complete since then (ms), but for what was forgotten.
    floor: AtomicI64,
    /// The newest use that was forgotten (ms).
    forgotten: AtomicI64,
}

impl<K: Clone + Eq + Hash> Table<K> {
    pub(crate) fn new(most: usize, since: Timestamp) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            most: most.div_ceil(SHARDS),
            floor: AtomicI64::new(since.millis()),
            forgotten: AtomicI64::new(i64::MIN),
        }
    }

    pub(crate) fn last(&self, id: &K) -> LastUse {
        let Some(shard) = self.shard(id) else { return LastUse { last: None, since: self.since() } };
        let shard = lock(shard);
        let last = shard.get(id).map(|spot| spot.it);
        // Read under the lock: it is raised before an entry goes. What is known reaches back to the use at least.
        let since = last.map_or(self.since(), |last| self.since().min(last.at));
        LastUse { last, since }
    }

    /// Notes a use, unless one further on in the log is known.
    pub(crate) fn note(&self, id: &K, spot: Spot) {
        let Some(shard) = self.shard(id) else { return };
        let mut shard = lock(shard);
        match shard.get_mut(id) {
            Some(known) if known.n > spot.n => {}
            Some(known) => *known = spot,
            None => {
                shard.insert(id.clone(), spot);
                if shard.len() > self.most {
                    self.forget(&mut shard);
                }
            }
        }
    }

    /// Forgets the eighth that was used longest ago, so that finding it is paid for rarely.
    fn forget(&self, shard: &mut HashMap<K, Spot>) {
        let mut places: Vec<u64> = shard.values().map(|spot| spot.n).collect();
        let (_, newest_to_go, _) = places.select_nth_unstable(shard.len() / 8);
        let gone = |spot: &Spot| spot.n <= *newest_to_go;
        let last = shard.values().filter(|spot| gone(spot)).map(|spot| spot.it.at.millis()).max();
        self.forgotten.fetch_max(last.unwrap_or(i64::MIN), Ordering::AcqRel);
        shard.retain(|_, spot| !gone(spot));
    }

    /// Since when what is not here was not used.
    pub(crate) fn since(&self) -> Timestamp {
        let (floor, forgotten) = (self.floor.load(Ordering::Acquire), self.forgotten.load(Ordering::Acquire));
        Timestamp::from_millis(floor.max(forgotten))
    }

    pub(crate) fn complete_since(&self, at: Timestamp) {
        self.floor.store(at.millis(), Ordering::Release);
    }

    /// No entry stands beyond the end of a log of `size` records.
    pub(crate) fn go_back(&self, size: u64) {
        for shard in &self.shards {
            lock(shard).values_mut().for_each(|spot| spot.n = spot.n.min(size.saturating_sub(1)));
        }
    }

    pub(crate) fn all(&self) -> Vec<(K, Spot)> {
        let copy = |shard: &Mutex<HashMap<K, Spot>>| -> Vec<_> {
            lock(shard).iter().map(|(id, spot)| (id.clone(), *spot)).collect()
        };
        self.shards.iter().flat_map(copy).collect()
    }

    fn shard(&self, id: &K) -> Option<&Mutex<HashMap<K, Spot>>> {
        let hash = usize::try_from(self.hasher.hash_one(id) >> 32).unwrap_or(0);
        self.shards.get(hash % SHARDS)
    }
}
