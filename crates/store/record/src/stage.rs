//! One transaction in the making: what a group of commits has changed so far, counted but not yet durable.

use std::collections::BTreeMap;

use domain::{Scope, TenantId};
use spi::{OutboxEntry, SealError, Sealer, WrappedKek};

use crate::backend::{BackendResult, Row, RowKey, Writer};
use crate::buckets::{Buckets, Changed};
use crate::head::{Head, seal_bucket};
use crate::ledger::{Sum, element};

/// One row to write, and what stood there.
#[derive(Debug)]
pub(crate) struct Staged {
    pub(crate) bucket: u16,
    pub(crate) old: Option<(u64, bool)>,
    pub(crate) row: Row,
}

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) head: Head,
    buckets: BTreeMap<u16, (u64, Sum)>,
    changed: Vec<Changed>,
    pub(crate) raised: Vec<(Scope, u64)>,
    pub(crate) new_keks: Vec<(TenantId, WrappedKek)>,
    pub(crate) entries: Vec<OutboxEntry>,
    pub(crate) revokes: bool,
    pub(crate) erases: bool,
}

impl Stage {
    pub(crate) const fn over(head: Head) -> Self {
        Self {
            head,
            buckets: BTreeMap::new(),
            changed: Vec::new(),
            raised: Vec::new(),
            new_keks: Vec::new(),
            entries: Vec::new(),
            revokes: false,
            erases: false,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.entries.is_empty()
    }

    /// Counts one row's change in its bucket and in the head.
    pub(crate) fn count(
        &mut self,
        sealer: &dyn Sealer,
        known: &Buckets,
        key: &RowKey,
        staged: &Staged,
    ) -> Result<(), SealError> {
        let (new, live) = (staged.row.revision, staged.row.sealed.is_some());
        let mut by = element(sealer, key, new, live)?;
        if let Some((revision, live)) = staged.old {
            by = by.minus(element(sealer, key, revision, live)?);
        }
        let slot = self.buckets.entry(staged.bucket).or_insert_with(|| {
            let (revision, sum) = known.known(staged.bucket);
            (revision + 1, sum)
        });
        slot.1 = slot.1.plus(by);
        self.head.digest = self.head.digest.plus(by);
        self.changed.push(Changed { bucket: staged.bucket, key: key.clone(), revision: new, live });
        Ok(())
    }

    /// Writes buckets and head: the last step before the transaction is committed.
    pub(crate) fn close(&mut self, sealer: &dyn Sealer, writer: &mut dyn Writer) -> BackendResult<()> {
        let sealing = |e: SealError| crate::BackendError::new(e.to_string());
        for (bucket, (revision, sum)) in &self.buckets {
            let sealed = seal_bucket(sealer, *bucket, *revision, *sum).map_err(sealing)?;
            writer.put_bucket(*bucket, *revision, &sealed)?;
        }
        self.head.revision += 1;
        writer.put_head(self.head.revision, &self.head.seal(sealer).map_err(sealing)?)
    }

    /// Tells readers, once it is durable.
    pub(crate) fn publish(&self, known: &Buckets) {
        for (bucket, (revision, sum)) in &self.buckets {
            known.advance(*bucket, *revision, *sum, &self.changed);
        }
    }
}
