//! Labels of a key (AWS and Azure call them tags): text about it, which its owner writes and no use depends on.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::ops::{KeyRef, KeyView, LabelKey, ListLabels, UnlabelKey};
use api::{Fault, FaultWhat, Limit, Malformed, Output};
use domain::{Action, Cursor, Page};

use crate::faults::{field, refusal_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;
use crate::usecase::list_keys::page_limit;

/// Most labels of one key.
const LABELS: usize = 50;
/// Most characters of a label's name.
const NAME: usize = 128;
/// Most characters of a label's value.
const VALUE: usize = 256;

type Labels = BTreeMap<String, String>;

impl Session<'_> {
    pub(crate) async fn label_key(&mut self, op: &LabelKey) -> Result<Plan, Fault> {
        let label = |labels: &mut Labels| labels.extend(op.labels.clone());
        let (change, view) = self.edit_labels(&op.key, Action::LabelKey, label).await?;
        Ok(Plan::commit(change, Output::LabelKey(view)))
    }

    pub(crate) async fn unlabel_key(&mut self, op: &UnlabelKey) -> Result<Plan, Fault> {
        let unlabel = |labels: &mut Labels| labels.retain(|name, _| !op.labels.contains(name));
        let (change, view) = self.edit_labels(&op.key, Action::UnlabelKey, unlabel).await?;
        Ok(Plan::commit(change, Output::UnlabelKey(view)))
    }

    pub(crate) async fn list_labels(&mut self, op: &ListLabels) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::ListLabels).await?;
        let limit = page_limit(op.limit)?;
        let labels = page(&on.key.details.labels, op.after.as_ref(), limit)?;
        Ok(Plan::Answer(Output::ListLabels(labels)))
    }

    /// Authorises, reads the key afresh and edits its labels within their bounds.
    async fn edit_labels(
        &mut self,
        reference: &KeyRef,
        action: Action,
        edit: impl FnOnce(&mut Labels),
    ) -> Result<(Change, KeyView), Fault> {
        let on = self.allow_on_key(reference, action).await?;
        let (place, id) = (on.place, on.key.id());
        // Found a moment ago in the cache and gone now: decide again.
        let loaded = self.engine.load_key(place.tenant.id, id).await?.ok_or(FaultWhat::Conflict)?;
        loaded.get().admit_edit().map_err(|r| refusal_fault(loaded.get(), r, None))?;
        let mut labels = loaded.get().details.labels.clone();
        edit(&mut labels);
        check_labels(&labels)?;
        let (key, sealable) = loaded.edit(|details| details.labels = labels);
        let view = KeyView { key: Arc::new(key), account: place.account, changed: true };
        Ok((Change::new("edit_labels").put(sealable), view))
    }
}

/// Refuses labels that are too many, too long or without a name.
pub(crate) fn check_labels(labels: &Labels) -> Result<(), Fault> {
    if labels.len() > LABELS {
        return Err(FaultWhat::LimitExceeded(Limit::LabelsPerKey { max: LABELS }).into());
    }
    let fits = |(name, value): (&String, &String)| {
        (1..=NAME).contains(&name.chars().count()) && value.chars().count() <= VALUE
    };
    if labels.iter().all(fits) {
        return Ok(());
    }
    Err(field("labels", "a name has 1 to 128 characters and a value at most 256"))
}

/// A part of them in the order of their names; a cursor is the last name that was given.
fn page(labels: &Labels, after: Option<&Cursor>, limit: usize) -> Result<Page<(String, String)>, Fault> {
    let after = after.map(|cursor| String::from_utf8(cursor.0.clone())).transpose();
    let after = after.map_err(|_| FaultWhat::Malformed(Malformed::Cursor))?;
    let mut left = labels.iter().filter(|(name, _)| after.as_ref().is_none_or(|after| *name > after));
    let items: Vec<_> = left.by_ref().take(limit).map(|(n, v)| (n.clone(), v.clone())).collect();
    let more = left.next().is_some();
    let next = items.last().filter(|_| more).map(|(name, _)| Cursor(name.as_bytes().to_vec()));
    Ok(Page { items, next })
}
