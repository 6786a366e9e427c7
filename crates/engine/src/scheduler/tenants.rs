//! Where to look: every tenant of every account, and in each the indexes by due date, in order, page by page.

use std::collections::VecDeque;

use api::Fault;
use domain::{AccountId, Cursor, IndexEntry, IndexName, KeyId, Owner, TenantId, Timestamp};
use spi::IndexScan;

use crate::Engine;
use crate::faults::store_fault;

/// Destruction first: what is destroyed need not rotate.
const INDEXES: [IndexName; 2] = [IndexName::KeyByDestruction, IndexName::KeyByRotation];

/// A part of one tenant's index that is still to be looked through.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) account: AccountId,
    pub(super) tenant: TenantId,
    index: IndexName,
    after: Option<Cursor>,
}

impl Stretch {
    /// Whether it leads to keys that are to be destroyed.
    pub(super) fn destroys(&self) -> bool {
        self.index == IndexName::KeyByDestruction
    }
}

impl Engine {
    /// All stretches there are, from their beginnings.
    pub(super) async fn every_stretch(&self) -> Result<VecDeque<Stretch>, Fault> {
        let mut all = VecDeque::new();
        for account in self.ids(Owner::System, IndexName::AccountByNumber).await? {
            let account = AccountId::from_bytes(account);
            for tenant in self.ids(Owner::Account(account), IndexName::TenantByName).await? {
                let tenant = TenantId::from_bytes(tenant);
                all.extend(INDEXES.map(|index| Stretch { account, tenant, index, after: None }));
            }
        }
        Ok(all)
    }

    /// The ids behind all rows of an index.
    async fn ids(&self, owner: Owner, index: IndexName) -> Result<Vec<[u8; 16]>, Fault> {
        // An installation may have more tenants than a list shows.
        let hits = self.scan_while(owner, index, &[], |_| Ok(())).await?;
        Ok(hits.iter().filter_map(|hit| <[u8; 16]>::try_from(hit.id.as_slice()).ok()).collect())
    }

    /// The next keys of a stretch that the index says are due, at most so many, and whether there may be more. The
    /// stretch begins behind them then, whatever becomes of them: the next walk finds what is left over.
    pub(super) async fn due_in(
        &self,
        stretch: &mut Stretch,
        now: Timestamp,
        limit: usize,
    ) -> Result<(Vec<KeyId>, bool), Fault> {
        let scan = IndexScan {
            owner: Owner::Tenant(stretch.tenant),
            index: stretch.index,
            prefix: Vec::new(),
            after: stretch.after.take(),
            limit,
        };
        let page = self.parts.store.scan(scan).await.map_err(store_fault)?;
        let is_due = |key: &[u8]| IndexEntry::due(key).is_none_or(|due| due <= now);
        let due = page.items.iter().take_while(|hit| is_due(&hit.key));
        let keys: Vec<_> = due.filter_map(|hit| <[u8; 16]>::try_from(hit.id.as_slice()).ok()).collect();
        let all = page.items.last().is_none_or(|last| is_due(&last.key));
        let more = page.next.is_some() && all;
        stretch.after = page.next;
        Ok((keys.into_iter().map(KeyId::from_bytes).collect(), more))
    }
}
