//! One use of one version of a named key, up to where the uses differ: decided, admitted, its algorithm checked, loaded.

use std::sync::Arc;

use access::{GuardError, KeyUse};
use api::ops::{KeyRef, KeyView};
use api::{Fault, FaultWhat};
use domain::{AccountNumber, Action, Algorithm, Key, Usage};

use crate::authorise::OnKey;
use crate::cache::Place;
use crate::faults::{guard_fault_as, refusal_fault};
use crate::session::Session;
use crate::usecase::encrypt::check_algorithm;

/// A use about to happen.
pub(crate) struct Begun {
    pub(crate) place: Place,
    pub(crate) key: Arc<Key>,
    pub(crate) version: u32,
    pub(crate) key_use: KeyUse,
}

/// What a use is of.
pub(crate) struct Wanted<'a> {
    pub(crate) key: &'a KeyRef,
    pub(crate) version: Option<u32>,
    pub(crate) action: Action,
    pub(crate) usage: Usage,
    pub(crate) algorithm: Algorithm,
}

impl Session<'_> {
    /// In this order: decision, usage, state, algorithm, what `also` asks of the key, material.
    pub(crate) async fn begin(
        &mut self,
        wanted: Wanted<'_>,
        also: impl FnOnce(&Key) -> Result<(), Fault>,
    ) -> Result<Begun, Fault> {
        let Wanted { key, version, action, usage, algorithm } = wanted;
        let OnKey { place, key, allowed } = self.allow_on_key(key, action).await?;
        let used = key.admit(usage, version).map_err(|r| refusal_fault(&key, r, version))?;
        check_algorithm(&key, algorithm)?;
        also(&key)?;
        self.end_rehearsal()?;
        let key_use = self.engine.begin_use(&allowed, &key, used).await?;
        let version = used.ordinal();
        self.trail.version(version);
        Ok(Begun { place, key, version, key_use })
    }
}

impl Begun {
    /// Why it did not happen, and what a rejection means.
    pub(crate) fn fault(&self, e: GuardError, rejected: FaultWhat) -> Fault {
        guard_fault_as(self.key.id(), self.key.spec(), e, rejected)
    }

    pub(crate) fn account(&self) -> AccountNumber {
        self.place.account.number
    }

    pub(crate) fn view(&self) -> KeyView {
        KeyView { key: Arc::clone(&self.key), account: Arc::clone(&self.place.account), changed: false }
    }
}
