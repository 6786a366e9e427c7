//! What this process knows of the ledger: each bucket's revision and sum, and the members of buckets that it has
//! verified row by row. With it a read costs one look into a map, and the rows are summed once a bucket.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::backend::{Member, Row, RowKey};
use crate::ledger::{BUCKETS, Sum};

/// Members kept in memory over all buckets; about 100 bytes each.
const MAX_MEMBERS: usize = 131_072;

type Members = HashMap<RowKey, (u64, bool)>;

#[derive(Debug, Default)]
struct Bucket {
    revision: u64,
    sum: Sum,
    /// The members at `revision`, once they were seen to add up.
    verified: Option<(u64, Members)>,
}

/// Whether a row is a member of its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The row, or its absence, is what the ledger says.
    Good,
    /// It is not.
    Bad,
    /// The bucket has not been verified at this revision.
    Unknown,
}

/// One changed row, for the members in memory.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) bucket: u16,
    pub(crate) key: RowKey,
    pub(crate) revision: u64,
    pub(crate) live: bool,
}

#[derive(Debug)]
pub(crate) struct Buckets {
    buckets: Vec<Mutex<Bucket>>,
    members: AtomicUsize,
    hand: AtomicUsize,
}

impl Default for Buckets {
    fn default() -> Self {
        let buckets = (0..BUCKETS).map(|_| Mutex::default()).collect();
        Self { buckets, members: AtomicUsize::new(0), hand: AtomicUsize::new(0) }
    }
}

impl Buckets {
    /// Revision and sum as last known. A bucket number is below [`BUCKETS`] by construction.
    pub(crate) fn known(&self, bucket: u16) -> (u64, Sum) {
        self.lock(bucket).map_or((0, Sum::default()), |b| (b.revision, b.sum))
    }

    /// A commit, ours or another node's, brought the bucket here.
    pub(crate) fn advance(&self, bucket: u16, revision: u64, sum: Sum, changed: &[Changed]) {
        let Some(mut slot) = self.lock(bucket) else { return };
        let before = slot.revision;
        (slot.revision, slot.sum) = (revision, sum);
        let Some((at, members)) = &mut slot.verified else { return };
        if *at != before || before + 1 != revision {
            return;
        }
        *at = revision;
        for change in changed.iter().filter(|c| c.bucket == bucket) {
            if members.insert(change.key.clone(), (change.revision, change.live)).is_none() {
                self.members.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Whether the row, or its absence, is what the verified members say at this revision.
    pub(crate) fn standing(&self, bucket: u16, revision: u64, key: &RowKey, row: Option<&Row>) -> Standing {
        let Some(slot) = self.lock(bucket) else { return Standing::Unknown };
        match &slot.verified {
            Some((at, members)) if *at == revision => stands(members.get(key).copied(), row),
            _ => Standing::Unknown,
        }
    }

    /// Keeps members that add up to `sum`. Says `Bad` where this process knows another sum at the same revision.
    pub(crate) fn admit(
        &self,
        bucket: u16,
        revision: u64,
        sum: Sum,
        members: &[Member],
        key: &RowKey,
        row: Option<&Row>,
    ) -> Standing {
        let Some(mut slot) = self.lock(bucket) else { return Standing::Bad };
        if slot.revision == revision && slot.sum != sum {
            return Standing::Bad;
        }
        let map: Members = members.iter().map(|m| (m.key.clone(), (m.revision, m.live))).collect();
        let standing = stands(map.get(key).copied(), row);
        let gone = slot.verified.take().map_or(0, |(_, old)| old.len());
        self.members.fetch_sub(gone, Ordering::Relaxed);
        if map.len() <= MAX_MEMBERS / 16 {
            self.members.fetch_add(map.len(), Ordering::Relaxed);
            slot.verified = Some((revision, map));
        }
        drop(slot);
        self.make_room();
        standing
    }

    /// Forgets whole buckets, one after the other, until the rest fits.
    fn make_room(&self) {
        let mut tries = self.buckets.len();
        while self.members.load(Ordering::Relaxed) > MAX_MEMBERS && tries > 0 {
            tries -= 1;
            let at = self.hand.fetch_add(1, Ordering::Relaxed) % self.buckets.len();
            let Some(mut slot) = u16::try_from(at).ok().and_then(|b| self.lock(b)) else { continue };
            let gone = slot.verified.take().map_or(0, |(_, old)| old.len());
            self.members.fetch_sub(gone, Ordering::Relaxed);
        }
    }

    fn lock(&self, bucket: u16) -> Option<MutexGuard<'_, Bucket>> {
        // Each update leaves the bucket whole, so a panic elsewhere while it was held does no harm.
        Some(self.buckets.get(usize::from(bucket))?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn stands(member: Option<(u64, bool)>, row: Option<&Row>) -> Standing {
    let row = row.map(|r| (r.revision, r.sealed.is_some()));
    if member == row { Standing::Good } else { Standing::Bad }
}
