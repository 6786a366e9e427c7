//! From a dialect's coordinates to a tenant: binding, tenant, account. Unknown coordinates are an error, never a new
//! tenant.

use std::sync::Arc;

use api::{Fault, FaultWhat};
use domain::{Account, AccountId, Binding, Coordinates, Owner, Record, Scope, Tenant};
use spi::{Fence, RecordStoreExt};

use crate::Engine;
use crate::cache::{Held, Place};
use crate::faults::store_fault;

impl Engine {
    /// Resolves coordinates for a caller's account and captures the scopes that the answer depends on.
    pub(crate) async fn resolve_place(
        &self,
        coordinates: &Coordinates,
        own: AccountId,
        fence: &mut Fence,
    ) -> Result<Arc<Held<Place>>, Fault> {
        let index = (own, coordinates.clone());
        if let Some(held) = self.caches.places.get(&index) {
            self.capture_place(&held.value, fence);
            if held.fence.holds() {
                return Ok(held);
            }
        }
        let held = Arc::new(self.read_place(coordinates, own).await?);
        self.capture_place(&held.value, fence);
        self.caches.places.insert(index, Arc::clone(&held));
        // Captured after the read: if a scope was raised in between, the entry's own fence tells.
        if held.fence.holds() { Ok(held) } else { Err(FaultWhat::Conflict.into()) }
    }

    fn capture_place(&self, place: &Place, fence: &mut Fence) {
        for scope in [Scope::Account(place.account.id), Scope::Tenant(place.tenant.id)] {
            fence.add(scope, self.parts.epochs.cell(scope));
        }
    }

    async fn read_place(&self, coordinates: &Coordinates, own: AccountId) -> Result<Held<Place>, Fault> {
        let mut fence = self.parts.epochs.capture([Scope::System, Scope::Account(own)]);
        let unknown = || Fault::new(FaultWhat::PlaceUnknown { place: coordinates.text.clone() });
        let own = self.account(own).await?.ok_or_else(unknown)?;
        let absolute = coordinates.for_account(own.number);
        let binding = self.binding(&absolute).await?.ok_or_else(unknown)?;
        for scope in [Scope::Account(binding.account), Scope::Tenant(binding.tenant)] {
            fence.add(scope, self.parts.epochs.cell(scope));
        }
        let owner = Owner::Account(binding.account);
        let tenant =
            self.parts.store.load::<Tenant>(owner, binding.tenant.as_bytes()).await.map_err(store_fault)?;
        let tenant = tenant.ok_or_else(unknown)?.into_inner();
        let account = if binding.account == own.id {
            own
        } else {
            self.account(binding.account).await?.ok_or_else(unknown)?
        };
        Ok(Held { value: Place { tenant: Arc::new(tenant), account: Arc::new(account) }, fence })
    }

    /// Reads an account.
    pub(crate) async fn account(&self, id: AccountId) -> Result<Option<Account>, Fault> {
        let found =
            self.parts.store.load::<Account>(Owner::System, id.as_bytes()).await.map_err(store_fault)?;
        Ok(found.map(domain::Loaded::into_inner))
    }

    pub(crate) async fn binding(&self, coordinates: &Coordinates) -> Result<Option<Binding>, Fault> {
        let id = coordinates.to_string();
        let found =
            self.parts.store.load::<Binding>(Owner::System, id.as_bytes()).await.map_err(store_fault)?;
        Ok(found.map(domain::Loaded::into_inner).filter(|b| b.id_bytes() == id.as_bytes()))
    }
}
