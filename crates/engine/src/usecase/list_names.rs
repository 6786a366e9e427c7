//! Listing names of one space in order, all or those of one key.

use api::ops::{ListNames, NameView};
use api::{Fault, Output};
use domain::{
    AccountNumber, Action, Cursor, IndexEntry, IndexName, Key, KeyId, Name, Owner, Page, ResourceRef, Space,
};
use spi::{IndexHit, IndexScan};

use crate::cache::Place;
use crate::faults::store_fault;
use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::list_keys::{cursor_within, page_limit};

impl Session<'_> {
    pub(crate) async fn list_names(&mut self, op: &ListNames) -> Result<Plan, Fault> {
        let limit = page_limit(op.limit)?;
        if let Some(key) = &op.key {
            let on = self.allow_on_key(key, Action::ListNames).await?;
            return Ok(Plan::Answer(Output::ListNames(of_key(&on.key, on.place.account.number, op, limit))));
        }
        let place = self.place().await?;
        let tenant = place.tenant.id;
        self.allow_in(&place, Action::ListNames, ResourceRef::Tenant(tenant)).await?;
        let prefix = IndexEntry::space_prefix(&op.space);
        let after = cursor_within(op.after.as_ref(), &prefix)?;
        let (owner, index) = (Owner::Tenant(tenant), IndexName::NamesOfSpace);
        let scan = IndexScan { owner, index, prefix, after, limit };
        let page = self.engine.parts.store.scan(scan).await.map_err(store_fault)?;
        let mut items = Vec::with_capacity(page.items.len());
        for hit in &page.items {
            items.extend(self.name_view(&place, &op.space, hit).await?);
        }
        Ok(Plan::Answer(Output::ListNames(Page { items, next: page.next })))
    }

    /// What an index row says, if the key it leads to says the same (INV-4).
    async fn name_view(
        &self,
        place: &Place,
        space: &Space,
        hit: &IndexHit,
    ) -> Result<Option<NameView>, Fault> {
        let Ok(id) = <[u8; 16]>::try_from(hit.id.as_slice()).map(KeyId::from_bytes) else { return Ok(None) };
        let Some(key) = self.engine.key(place.tenant.id, id).await? else { return Ok(None) };
        let says = |name: &&Name| name.space() == space && IndexEntry::of_name(name).key == hit.key;
        Ok(key.details.names.iter().find(says).map(|name| view(&key, place.account.number, name)))
    }
}

fn view(key: &Key, account: AccountNumber, name: &Name) -> NameView {
    NameView { name: name.clone(), key: key.id(), account, key_created_at: key.created_at() }
}

/// The names of one key in a space: at most fifty, so paged in memory.
fn of_key(key: &Key, account: AccountNumber, op: &ListNames, limit: usize) -> Page<NameView> {
    let mut names: Vec<_> = key
        .details
        .names
        .iter()
        .filter(|name| *name.space() == op.space)
        .map(|name| (IndexEntry::of_name(name).key, view(key, account, name)))
        .filter(|(at, _)| op.after.as_ref().is_none_or(|cursor| *at > cursor.0))
        .collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    let more = names.len() > limit;
    names.truncate(limit);
    let next = names.last().filter(|_| more).map(|(at, _)| Cursor(at.clone()));
    Page { items: names.into_iter().map(|(_, view)| view).collect(), next }
}
