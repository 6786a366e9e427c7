//! Binding a name to a key: an authorised act on the name and on the key, never an adoption of what exists.

use api::ops::BindName;
use api::{Fault, FaultWhat, Limit, Output};
use domain::{Action, Dialect, IndexEntry, Key, Name, Owner, ResourceRef, Space};
use spi::RecordStoreExt;

use crate::cache::Place;
use crate::faults::{refusal_fault, store_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;
use crate::usecase::create_key::MIRRORED;

/// Most names of one key in one space.
const NAMES: usize = 50;

impl Session<'_> {
    pub(crate) async fn bind_name(&mut self, op: &BindName) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::BindName).await?;
        let (place, key) = (on.place, on.key);
        let resource = ResourceRef::Name { tenant: place.tenant.id, name: op.name.clone() };
        self.allow_in(&place, Action::BindName, resource).await?;
        if self.is_taken(&op.name, &place).await? {
            return Err(FaultWhat::NameTaken { name: op.name.clone() }.into());
        }
        let loaded = self.engine.load_key(place.tenant.id, key.id()).await?.ok_or(FaultWhat::Conflict)?;
        loaded.get().admit_edit().map_err(|r| refusal_fault(loaded.get(), r, None))?;
        has_room_for(loaded.get(), &op.name)?;
        let mut names = vec![op.name.clone()];
        for mirror in self.mirrors(&op.name, &place).await? {
            // A key that has a name in that space already needs no other.
            if !loaded.get().details.names.iter().any(|n| n.space() == mirror.space()) {
                names.push(mirror);
            }
        }
        self.trail.set_aside();
        self.trail.on_key(loaded.get());
        let (_, sealable) = loaded.edit(|details| details.names.extend(names));
        Ok(Plan::commit(Change::new("bind_name").put(sealable), Output::BindName(())))
    }

    /// Whether a name leads to a key already.
    pub(crate) async fn is_taken(&self, name: &Name, place: &Place) -> Result<bool, Fault> {
        let owner = Owner::Tenant(place.tenant.id);
        let entry = IndexEntry::of_name(name);
        let found = self.engine.parts.store.find::<Key>(owner, &entry).await.map_err(store_fault)?;
        Ok(found.is_some())
    }

    /// The same text as a name in every other bound space, where it is legal there, free, and the caller may make it.
    pub(crate) async fn mirrors(&mut self, name: &Name, place: &Place) -> Result<Vec<Name>, Fault> {
        let mut mirrors = Vec::new();
        for space in self.mirror_spaces(name.space(), place).await? {
            let Ok(mirror) = Name::new(space, name.text()) else { continue };
            if !self.is_taken(&mirror, place).await? && self.may_bind(&mirror, place).await? {
                mirrors.push(mirror);
            }
        }
        Ok(mirrors)
    }

    async fn may_bind(&mut self, name: &Name, place: &Place) -> Result<bool, Fault> {
        let resource = ResourceRef::Name { tenant: place.tenant.id, name: name.clone() };
        self.would_allow_in(place, Action::BindName, resource).await
    }

    async fn mirror_spaces(&self, own: &Space, place: &Place) -> Result<Vec<Space>, Fault> {
        let bound = self.bound_dialects(place).await?;
        let spaces = MIRRORED.into_iter().filter(|d| bound.contains(d)).filter_map(space_of);
        Ok(spaces.chain([Space::Native]).filter(|space| space != own).collect())
    }

    /// The dialects in which the tenant can be addressed.
    async fn bound_dialects(&self, place: &Place) -> Result<Vec<Dialect>, Fault> {
        let bindings = self.bindings_of(place.tenant.id).await?;
        Ok(bindings.iter().map(|b| b.coordinates.dialect).collect())
    }
}

/// Refuses one name more than a key may have in one space.
pub(crate) fn has_room_for(key: &Key, name: &Name) -> Result<(), Fault> {
    if key.details.names.iter().filter(|own| own.space() == name.space()).count() >= NAMES {
        return Err(FaultWhat::LimitExceeded(Limit::NamesPerKey { max: NAMES }).into());
    }
    Ok(())
}

/// The space a dialect's plain names live in.
fn space_of(dialect: Dialect) -> Option<Space> {
    match dialect {
        Dialect::Aws => Some(Space::Aws),
        Dialect::Vault => Some(Space::Vault { mount: "transit".to_owned() }),
        Dialect::Azure => Some(Space::Azure),
        _ => None,
    }
}
