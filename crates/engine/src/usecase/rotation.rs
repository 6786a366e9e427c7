//! When new versions are made by themselves: set, taken back, read, and the versions that came of it.

use std::sync::Arc;

use api::ops::{DisableRotation, EnableRotation, GetRotation, KeyRef, KeyView, ListRotations, RotationPage};
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{Action, Cursor, KeyVersion, Making, Page, RotationPolicy};

use crate::authorise::OnKey;
use crate::faults::refusal_fault;
use crate::plan::{Change, Plan};
use crate::session::Session;
use crate::usecase::list_keys::page_limit;
use crate::usecase::rotate_key::check_symmetric;

/// Least seconds between versions, in any dialect.
const SHORTEST: u32 = 3600;

impl Session<'_> {
    pub(crate) async fn enable_rotation(&mut self, op: &EnableRotation) -> Result<Plan, Fault> {
        let policy = RotationPolicy { every: Some(op.every), since: Some(self.now) };
        let (change, view) = self.set_rotation(&op.key, Action::EnableRotation, policy).await?;
        Ok(Plan::commit(change, Output::EnableRotation(view)))
    }

    pub(crate) async fn disable_rotation(&mut self, op: &DisableRotation) -> Result<Plan, Fault> {
        let never = RotationPolicy::default();
        let (change, view) = self.set_rotation(&op.key, Action::DisableRotation, never).await?;
        Ok(Plan::commit(change, Output::DisableRotation(view)))
    }

    async fn set_rotation(
        &mut self,
        reference: &KeyRef,
        action: Action,
        policy: RotationPolicy,
    ) -> Result<(Change, KeyView), Fault> {
        let OnKey { place, key, .. } = self.allow_on_key(reference, action).await?;
        if policy.every.is_some_and(|every| every < SHORTEST) {
            let (min, max) = (u64::from(SHORTEST), u64::from(u32::MAX));
            return Err(FaultWhat::Malformed(Malformed::OutOfRange { field: "every", min, max }).into());
        }
        // Found a moment ago in the cache and gone now: decide again.
        let loaded = self.engine.load_key(place.tenant.id, key.id()).await?.ok_or(FaultWhat::Conflict)?;
        check_symmetric(loaded.get())?;
        loaded.get().admit_rotation().map_err(|r| refusal_fault(loaded.get(), r, None))?;
        let set = loaded.get().details.rotation;
        let policy = if set.every == policy.every { set } else { policy };
        let (key, sealable) = loaded.edit(|details| details.rotation = policy);
        let view = KeyView { key: Arc::new(key), account: place.account, changed: policy != set };
        Ok((Change::new("set_rotation").put(sealable), view))
    }

    pub(crate) async fn get_rotation(&mut self, op: &GetRotation) -> Result<Plan, Fault> {
        let OnKey { place, key, .. } = self.allow_on_key(&op.key, Action::GetRotation).await?;
        check_symmetric(&key)?;
        Ok(Plan::Answer(Output::GetRotation(KeyView { key, account: place.account, changed: false })))
    }

    pub(crate) async fn list_rotations(&mut self, op: &ListRotations) -> Result<Plan, Fault> {
        let OnKey { key, .. } = self.allow_on_key(&op.key, Action::ListRotations).await?;
        let (limit, after) = (page_limit(op.limit)?, ordinal(op.after.as_ref())?);
        check_symmetric(&key)?;
        let listed = |v: &&KeyVersion| op.first_too || v.making() != Making::Born;
        let mut left = key.versions().iter().filter(listed).filter(|v| v.ordinal() > after);
        let items: Vec<_> = left.by_ref().take(limit).cloned().collect();
        let last = items.last().map(KeyVersion::ordinal);
        let next = left.next().and(last).map(|ordinal| Cursor(ordinal.to_be_bytes().to_vec()));
        let versions = Page { items, next };
        let page = RotationPage { key: key.id(), primary: key.primary(), versions };
        Ok(Plan::Answer(Output::ListRotations(page)))
    }
}

/// The ordinal that a cursor stands for; no version has the ordinal 0.
fn ordinal(after: Option<&Cursor>) -> Result<u32, Fault> {
    let Some(Cursor(bytes)) = after else { return Ok(0) };
    let bytes = <[u8; 4]>::try_from(bytes.as_slice());
    Ok(u32::from_be_bytes(bytes.map_err(|_| FaultWhat::Malformed(Malformed::Cursor))?))
}
