//! What the arena holds, as metrics: counted in shards so that counting is no shared hot line.

use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};

use super::region;

/// The arena's figures at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArenaStats {
    /// Secrets that live now.
    pub slots_in_use: usize,
    /// Mapped regions: of slots, and of single large secrets.
    pub regions: usize,
    /// Bytes of all regions, without their guard pages.
    pub bytes_reserved: usize,
    /// Bytes of regions that the system refused to lock: they may be swapped out.
    pub bytes_unlocked: usize,
    /// Bytes of regions that lack any protection: unlocked, or dumpable, or visible to a forked child.
    pub bytes_unprotected: usize,
}

/// Reads the arena's figures. Takes the region registry's lock: for scrapes, not for hot paths.
#[must_use]
pub fn arena_stats() -> ArenaStats {
    region::while_none_is_mapped(|held| ArenaStats {
        slots_in_use: slots_in_use(),
        regions: held.regions,
        bytes_reserved: held.bytes_reserved,
        bytes_unlocked: held.bytes_unlocked,
        bytes_unprotected: held.bytes_unprotected,
    })
}

/// A count on a cache line of its own. It may go below zero: a secret can be dropped by another thread
/// than made it. Only the sum means anything.
#[repr(align(128))]
struct Count(AtomicIsize);

const SHARDS: usize = 16;
static IN_USE: [Count; SHARDS] = [const { Count(AtomicIsize::new(0)) }; SHARDS];
static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);

fn slots_in_use() -> usize {
    let sum: isize = IN_USE.iter().map(|count| count.0.load(Ordering::Relaxed)).sum();
    usize::try_from(sum).unwrap_or(0)
}

/// One thread's place among the counts; below `SHARDS` by construction.
#[derive(Clone, Copy)]
pub(super) struct Shard(usize);

impl Shard {
    /// The shard for whoever has none: threads that are ending, and large secrets.
    pub(super) const LAST: Self = Self(SHARDS - 1);

    /// The next shard in turn.
    pub(super) fn assign() -> Self {
        Self(NEXT_SHARD.fetch_add(1, Ordering::Relaxed) % SHARDS)
    }

    pub(super) fn add_one(self) {
        self.count().fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn sub_one(self) {
        self.count().fetch_sub(1, Ordering::Relaxed);
    }

    #[expect(clippy::indexing_slicing, reason = "a Shard is below SHARDS by construction")]
    fn count(self) -> &'static AtomicIsize {
        &IN_USE[self.0].0
    }
}
