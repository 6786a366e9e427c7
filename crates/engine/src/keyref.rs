//! From a key reference to the key: by id or by name, through the cache, checked inside the record.

use std::sync::Arc;

use api::ops::KeyRef;
use api::{Fault, FaultWhat};
use domain::{
    Action, Coordinates, IndexEntry, Key, KeyId, Loaded, Name, Owner, ResourceRef, Scope, TenantId,
};
use spi::{Fence, RecordStoreExt};

use crate::Engine;
use crate::cache::{Held, Place};
use crate::faults::{field, store_fault};
use crate::session::Session;

/// What a reference led to.
pub(crate) enum Found {
    /// The key.
    Key(Arc<Key>),
    /// Nothing; how it was asked for, for message and decision.
    Nothing(Box<(FaultWhat, ResourceRef)>),
}

impl Session<'_> {
    /// The place and the key that a reference means.
    pub(crate) async fn find(&mut self, key: &KeyRef, action: Action) -> Result<(Place, Found), Fault> {
        let (place, key) = match key {
            KeyRef::At { place, key } => (self.other_place(place, key, action).await?, key.as_ref()),
            own => (self.place().await?, own),
        };
        let found = match self.engine.find_key(place.tenant.id, key).await? {
            Found::Key(found) if self.is_gone(&found) => absence(place.tenant.id, key),
            found => found,
        };
        Ok((place, found))
    }

    /// Whether the caller's dialect knows no destroyed keys: to it they are not there.
    pub(crate) fn is_gone(&self, key: &Key) -> bool {
        self.context.place.dialect.forgets_destroyed() && key.state().is_destroyed()
    }

    /// A place that a reference spells out. One that leads nowhere is answered like one that is not allowed, so that
    /// nobody learns which accounts and regions there are.
    async fn other_place(
        &mut self,
        coordinates: &Coordinates,
        key: &KeyRef,
        action: Action,
    ) -> Result<Place, Fault> {
        let own = self.place().await?;
        if self.context.place.for_account(own.account.number) == *coordinates {
            return Ok(own);
        }
        match self.engine.resolve_place(coordinates, self.caller.account, &mut self.fence).await {
            Ok(held) => {
                self.trail.in_place(&held.value);
                Ok(held.value.clone())
            }
            Err(Fault { what: FaultWhat::PlaceUnknown { .. }, .. }) => {
                let on = absent_resource(own.tenant.id, key);
                self.trail.asks([action]);
                self.trail.denied(None);
                let caller = self.caller.name.to_string();
                Err(FaultWhat::Denied { caller, action, on, by: None, may_know: false }.into())
            }
            Err(fault) => Err(fault),
        }
    }
}

impl Engine {
    /// A key by reference inside a tenant whose scope is captured already.
    pub(crate) async fn find_key(&self, tenant: TenantId, key: &KeyRef) -> Result<Found, Fault> {
        let found = match key {
            KeyRef::Id(id) => self.key(tenant, *id).await?,
            KeyRef::Name(name) => self.key_by_name(tenant, name).await?,
            // The id first: a name that somebody gave the form of a key's id must not stand before that key.
            KeyRef::NameOrId(name, id) => {
                let by_id = match id {
                    Some(id) => self.key(tenant, *id).await?,
                    None => None,
                };
                match by_id {
                    Some(key) => Some(key),
                    None => self.key_by_name(tenant, name).await?,
                }
            }
            KeyRef::Unknown(_) => None,
            KeyRef::At { .. } => return Err(field("key", "one place inside another")),
        };
        Ok(found.map_or_else(|| absence(tenant, key), Found::Key))
    }

    /// A key by id, from the cache if the epochs under it still hold.
    pub(crate) async fn key(&self, tenant: TenantId, id: KeyId) -> Result<Option<Arc<Key>>, Fault> {
        if let Some(held) = self.caches.keys.get(&(tenant, id)).filter(|held| held.fence.holds()) {
            return Ok(Some(Arc::clone(&held.value)));
        }
        let fence = self.key_fence(tenant);
        let loaded = self.load_key(tenant, id).await?;
        Ok(loaded.map(|loaded| {
            let key = Arc::new(loaded.into_inner());
            self.caches.keys.insert((tenant, id), Arc::new(Held { value: Arc::clone(&key), fence }));
            key
        }))
    }

    fn key_fence(&self, tenant: TenantId) -> Fence {
        self.parts.epochs.capture([Scope::Tenant(tenant)])
    }

    /// A key from the store, for a change.
    pub(crate) async fn load_key(&self, tenant: TenantId, id: KeyId) -> Result<Option<Loaded<Key>>, Fault> {
        self.parts.store.load::<Key>(Owner::Tenant(tenant), id.as_bytes()).await.map_err(store_fault)
    }

    async fn key_by_name(&self, tenant: TenantId, name: &Name) -> Result<Option<Arc<Key>>, Fault> {
        let index = (tenant, name.clone());
        if let Some(id) = self.caches.names.get(&index) {
            // A remembered name is a hint like an index row: the key must say the same.
            let key = self.key(tenant, id).await?;
            if let Some(key) = key.filter(|key| bears(key, name)) {
                return Ok(Some(key));
            }
            self.caches.names.remove(&index);
        }
        let entry = IndexEntry::of_name(name);
        let found = self.parts.store.find::<Key>(Owner::Tenant(tenant), &entry).await.map_err(store_fault)?;
        let Some(id) = found.map(|key| key.get().id()) else { return Ok(None) };
        self.caches.names.insert(index, id);
        Ok(self.key(tenant, id).await?.filter(|key| bears(key, name)))
    }
}

/// What a reference that leads nowhere is answered with, and what is decided about.
fn absence(tenant: TenantId, key: &KeyRef) -> Found {
    let what = match key {
        KeyRef::Id(id) => FaultWhat::KeyNotFound { given: id.to_string() },
        KeyRef::Name(name) | KeyRef::NameOrId(name, _) => FaultWhat::NameNotFound { name: name.clone() },
        KeyRef::Unknown(given) => FaultWhat::KeyNotFound { given: given.clone() },
        KeyRef::At { place, .. } => FaultWhat::PlaceUnknown { place: place.text.clone() },
    };
    Found::Nothing(Box::new((what, absent_resource(tenant, key))))
}

/// What a reference names, as it was given and not as it was found.
pub(crate) fn absent_resource(tenant: TenantId, key: &KeyRef) -> ResourceRef {
    let text = match key {
        KeyRef::Id(id) => id.to_string(),
        KeyRef::Name(name) | KeyRef::NameOrId(name, _) => name.canonical(),
        KeyRef::Unknown(given) => given.clone(),
        KeyRef::At { key, .. } => return absent_resource(tenant, key),
    };
    ResourceRef::AbsentKey { tenant, text }
}

/// Whether a key's own record says that it has this name.
pub(crate) fn bears(key: &Key, name: &Name) -> bool {
    key.details.names.iter().any(|own| own.is_same(name))
}
