//! Listing keys, oldest first.

use api::ops::{KeyPage, ListKeys};
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{Action, Cursor, IndexName, KeyId, Owner, Page, ResourceRef};
use spi::IndexScan;

use crate::faults::store_fault;
use crate::plan::Plan;
use crate::session::Session;

/// Most items of any page.
pub(crate) const PAGE: usize = 1000;

impl Session<'_> {
    pub(crate) async fn list_keys(&mut self, op: &ListKeys) -> Result<Plan, Fault> {
        let place = self.place().await?;
        let tenant = place.tenant.id;
        self.allow_in(&place, Action::ListKeys, ResourceRef::Tenant(tenant)).await?;
        let scan = IndexScan {
            owner: Owner::Tenant(tenant),
            index: IndexName::KeyByAge,
            prefix: Vec::new(),
            after: op.after.clone(),
            limit: page_limit(op.limit)?,
        };
        let page = self.engine.parts.store.scan(scan).await.map_err(store_fault)?;
        // Index rows are hints (INV-4): a key is listed only if its record opens.
        let mut items = Vec::with_capacity(page.items.len());
        for hit in &page.items {
            let Ok(id) = <[u8; 16]>::try_from(hit.id.as_slice()).map(KeyId::from_bytes) else { continue };
            if self.engine.key(tenant, id).await?.is_some_and(|key| !self.is_gone(&key)) {
                items.push(id);
            }
        }
        Ok(Plan::Answer(Output::ListKeys(KeyPage {
            keys: Page { items, next: page.next },
            account: place.account.number,
        })))
    }
}

/// A page's size within its bounds.
pub(crate) fn page_limit(limit: usize) -> Result<usize, Fault> {
    if (1..=PAGE).contains(&limit) {
        return Ok(limit);
    }
    Err(FaultWhat::Malformed(Malformed::OutOfRange { field: "limit", min: 1, max: 1000 }).into())
}

/// A cursor that must begin with the prefix of what is listed.
pub(crate) fn cursor_within(after: Option<&Cursor>, prefix: &[u8]) -> Result<Option<Cursor>, Fault> {
    match after {
        Some(cursor) if !cursor.0.starts_with(prefix) => Err(FaultWhat::Malformed(Malformed::Cursor).into()),
        other => Ok(other.cloned()),
    }
}
