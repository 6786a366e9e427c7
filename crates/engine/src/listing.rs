//! Lists that are answered whole: read page by page to their end, and refused where they are too long; never cut.

use api::{Fault, FaultWhat, Limit};
use domain::{IndexName, Owner};
use spi::{IndexHit, IndexScan};

use crate::Engine;
use crate::faults::store_fault;

/// Most items of a list that is not paged.
const WHOLE: usize = 10_000;
const PAGE: usize = 1000;

impl Engine {
    /// Every row of an index with a prefix.
    pub(crate) async fn scan_whole(
        &self,
        owner: Owner,
        index: IndexName,
        prefix: &[u8],
    ) -> Result<Vec<IndexHit>, Fault> {
        let within = |found: usize| {
            let limit = || FaultWhat::LimitExceeded(Limit::ListItems { max: WHOLE }).into();
            if found > WHOLE { Err(limit()) } else { Ok(()) }
        };
        self.scan_while(owner, index, prefix, within).await
    }

    /// As [`Self::scan_whole`], as long as `goes_on` lets the rows found so far pass.
    pub(crate) async fn scan_while(
        &self,
        owner: Owner,
        index: IndexName,
        prefix: &[u8],
        goes_on: impl Fn(usize) -> Result<(), Fault> + Send,
    ) -> Result<Vec<IndexHit>, Fault> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let scan = IndexScan { owner, index, prefix: prefix.to_vec(), after, limit: PAGE };
            let page = self.parts.store.scan(scan).await.map_err(store_fault)?;
            all.extend(page.items);
            goes_on(all.len())?;
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}
