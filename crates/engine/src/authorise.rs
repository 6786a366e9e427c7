//! Asking for the decision, and writing it into the trail: the one place where the engine calls `decide`.

use std::sync::Arc;

use access::{Allowed, Ask, Documents};
use api::ops::KeyRef;
use api::{Fault, FaultWhat};
use domain::{Action, Key, ResourceRef};

use crate::cache::Place;
use crate::faults::store_fault;
use crate::keyref::Found;
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
                let allowed = self.allow_found(&place, &key, action).await?;
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
        let documents = self.documents(Some(place)).await?;
        self.decide(&Ask::key(action, key), &documents)
    }

    /// Asks about something in a tenant that is no key.
    pub(crate) async fn allow_in(
        &mut self,
        place: &Place,
        action: Action,
        on: ResourceRef,
    ) -> Result<Allowed, Fault> {
        self.trail.on(&on);
        let documents = self.documents(Some(place)).await?;
        self.decide(&Ask::of(action, on), &documents)
    }

    /// Asks about something of an account or the system.
    pub(crate) async fn allow(&mut self, action: Action, on: ResourceRef) -> Result<Allowed, Fault> {
        self.trail.on(&on);
        let documents = self.documents(None).await?;
        self.decide(&Ask::of(action, on), &documents)
    }

    /// Whether the caller would be allowed, for choices that are no part of what was asked; leaves no trail.
    pub(crate) async fn would_allow_in(
        &mut self,
        place: &Place,
        action: Action,
        on: ResourceRef,
    ) -> Result<bool, Fault> {
        let documents = self.documents(Some(place)).await?;
        Ok(self.engine.parts.gate.decide(&self.caller, &[Ask::of(action, on)], &documents).is_ok())
    }

    /// The documents that decide about the caller, in a tenant or outside any.
    pub(crate) async fn documents(&mut self, place: Option<&Place>) -> Result<Documents, Fault> {
        let book = &self.engine.parts.book;
        let read = match place {
            Some(place) => book.documents(&self.caller, &[&place.tenant], &mut self.fence).await,
            None => book.documents(&self.caller, &[], &mut self.fence).await,
        };
        read.map_err(store_fault)
    }

    fn decide(&mut self, ask: &Ask<'_>, documents: &Documents) -> Result<Allowed, Fault> {
        self.trail.asks([ask.action()]);
        match self.engine.parts.gate.decide(&self.caller, std::slice::from_ref(ask), documents) {
            Ok(allowed) => {
                if let Some(by) = allowed.by() {
                    self.trail.allowed(by.clone());
                }
                Ok(allowed)
            }
            Err(denied) => {
                let access::Denied { action, on, by, may_know } = *denied;
                self.trail.denied(by.clone());
                Err(FaultWhat::Denied { caller: self.caller.name.to_string(), action, on, by, may_know }
                    .into())
            }
        }
    }
}
