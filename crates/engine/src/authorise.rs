//! Asking for the decision, and writing it into the trail: the one place where the engine calls `decide`.

use std::sync::Arc;

use access::{Allowed, Demand, Refused};
use api::ops::KeyRef;
use api::{Fault, FaultWhat};
use domain::{Action, Key, ResourceRef};

use crate::cache::Place;
use crate::faults::store_fault;
use crate::keyref::{Found, absent_resource};
use crate::session::Session;

/// A key that was found and may be acted on.
pub(crate) struct OnKey {
    pub(crate) place: Place,
    pub(crate) key: Arc<Key>,
    pub(crate) allowed: Allowed,
}

impl Session<'_> {
    /// Finds a key and asks whether the caller may do this with it. What is not there is decided on too, so that only
    /// those who may know learn that it is not there.
    pub(crate) async fn allow_on_key(&mut self, reference: &KeyRef, action: Action) -> Result<OnKey, Fault> {
        let (place, found) = self.find(reference, action).await?;
        match found {
            Found::Key(key) => {
                let allowed = self.allow_found(&place, &key, action).await;
                let allowed = allowed.map_err(|fault| hidden(fault, &place, reference))?;
                Ok(OnKey { place, key, allowed })
            }
            Found::Nothing(absent) => {
                let (what, resource) = *absent;
                self.allow_in(&place, action, resource).await?;
                Err(what.into())
            }
        }
    }

    /// Asks about a key that is at hand.
    pub(crate) async fn allow_found(
        &mut self,
        place: &Place,
        key: &Key,
        action: Action,
    ) -> Result<Allowed, Fault> {
        self.trail.on_key(key);
        let resource = ResourceRef::Key { tenant: place.tenant.id, id: key.id() };
        self.decide(Demand::on_key(action, &resource, key, &place.tenant)).await
    }

    /// Asks about something in a tenant that is no key.
    pub(crate) async fn allow_in(
        &mut self,
        place: &Place,
        action: Action,
        on: ResourceRef,
    ) -> Result<Allowed, Fault> {
        self.trail.on(&on);
        self.decide(Demand::in_tenant(action, &on, &place.tenant)).await
    }

    /// Asks about something of an account or the system.
    pub(crate) async fn allow(&mut self, action: Action, on: ResourceRef) -> Result<Allowed, Fault> {
        self.trail.on(&on);
        self.decide(Demand::outside(action, &on)).await
    }

    /// Whether the caller would be allowed, for choices that are no part of what was asked; leaves no trail.
    pub(crate) async fn would_allow_in(
        &mut self,
        place: &Place,
        action: Action,
        on: ResourceRef,
    ) -> Result<bool, Fault> {
        let demand = Demand::in_tenant(action, &on, &place.tenant);
        match self.engine.parts.decider.decide(&self.caller, demand, &mut self.fence).await {
            Ok(_) => Ok(true),
            Err(Refused::Denied { .. }) => Ok(false),
            Err(Refused::Store(e)) => Err(store_fault(e)),
        }
    }

    async fn decide(&mut self, demand: Demand<'_>) -> Result<Allowed, Fault> {
        let (action, on) = (demand.action, demand.resource);
        self.trail.asks([action]);
        match self.engine.parts.decider.decide(&self.caller, demand, &mut self.fence).await {
            Ok(allowed) => {
                self.trail.allowed(allowed.by().clone());
                Ok(allowed)
            }
            Err(Refused::Denied { by, may_know }) => {
                self.trail.denied(by.clone());
                let (caller, on) = (self.caller.name.to_string(), on.clone());
                Err(FaultWhat::Denied { caller, action, on, by, may_know }.into())
            }
            Err(Refused::Store(e)) => Err(store_fault(e)),
        }
    }
}

/// A denial to somebody who may not know says no more than was asked: the same words whether the key is there or not.
fn hidden(mut fault: Fault, place: &Place, reference: &KeyRef) -> Fault {
    if let FaultWhat::Denied { on, may_know: false, .. } = &mut fault.what {
        *on = absent_resource(place.tenant.id, reference);
    }
    fault
}
