//! A key with its versions: the aggregate that every dialect shows in its own words.
//!
//! Identity and lifecycle are private and change only through transitions (INV-3); what an owner may edit freely
//! stands in [`KeyDetails`]. At most one version is primary, and only an active one protects when none is named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::material::AbsentReason;
use crate::{
    AccountId, Cryptoperiod, Dialect, FolderId, IllegalTransition, KeyFamily, KeyId, KeySpec, KeyState,
    KeyVersion, LifecycleEvent, Making, MaterialEvent, MaterialState, Name, NewVersion, PolicyDocument,
    PrincipalId, RatchetLoosened, Ratchets, Refusal, RotationPolicy, ScheduledDestruction, TenantId,
    Timestamp, Transition, Usage, UsageSet, VersionId,
};

/// A key. See the module's text for what may change how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    id: KeyId,
    tenant: TenantId,
    account: AccountId,
    folder: Option<FolderId>,
    born: Dialect,
    spec: KeySpec,
    usage: UsageSet,
    created_at: Timestamp,
    created_by: PrincipalId,
    state: KeyState,
    /// Resuming leads back here: a key suspended while deactivated does not protect again.
    resumes_deactivated: bool,
    destruction: Option<ScheduledDestruction>,
    primary: Option<u32>,
    versions: Vec<KeyVersion>,
    ratchets: Ratchets,
    /// What an owner may edit without touching the lifecycle.
    pub details: KeyDetails,
}

/// The part of a key that its owner edits: nothing here decides by itself whether it may be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyDetails {
    /// Free text, at most 8192 bytes.
    pub description: String,
    /// Names bound to the key, each also an index row that counts only because it stands here too (INV-4).
    pub names: Vec<Name>,
    /// Labels (AWS and Azure tags, Google labels).
    pub labels: BTreeMap<String, String>,
    /// The key's own policy; every key has one.
    pub policy: PolicyDocument,
    /// Periods of use; `None` where the owner wants none.
    pub cryptoperiod: Option<Cryptoperiod>,
    /// When to make new versions.
    pub rotation: RotationPolicy,
    /// Whether material may leave now, under the export ceiling (Vault `exportable`).
    pub exportable: bool,
    /// Whether destruction may be asked for at all (Vault `deletion_allowed`).
    pub destruction_allowed: bool,
}

/// What is needed to make a key.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the like-named one of `Key`")]
pub struct NewKey {
    pub id: KeyId,
    pub tenant: TenantId,
    pub account: AccountId,
    pub folder: Option<FolderId>,
    pub born: Dialect,
    pub spec: KeySpec,
    pub usage: UsageSet,
    pub created_at: Timestamp,
    pub created_by: PrincipalId,
    pub ratchets: Ratchets,
    pub details: KeyDetails,
}

/// A minted change of a key's lifecycle, to be applied to the record it was minted from.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyTransition {
    key: KeyId,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    State { steps: [Option<Transition>; 2] },
    Schedule(ScheduledDestruction),
    CancelDestruction,
    Destroy { at: Timestamp, transition: Transition },
}

impl Key {
    /// A key with its first version, active and primary.
    #[must_use]
    pub fn new(new: NewKey, version: NewVersion) -> Self {
        let NewKey {
            id,
            tenant,
            account,
            folder,
            born,
            spec,
            usage,
            created_at,
            created_by,
            ratchets,
            details,
        } = new;
        Self {
            id,
            tenant,
            account,
            folder,
            born,
            spec,
            usage,
            created_at,
            created_by,
            state: KeyState::Active,
            resumes_deactivated: false,
            destruction: None,
            primary: Some(1),
            versions: vec![KeyVersion::first_active(1, Making::Born, version)],
            ratchets,
            details,
        }
    }

    /// The version that a request for this use would take: the named one, else the primary.
    ///
    /// # Errors
    /// [`Refusal`], in the order usage, key state, version, version state, material.
    pub fn admit(&self, usage: Usage, ordinal: Option<u32>) -> Result<&KeyVersion, Refusal> {
        if !self.usage.allows(usage) {
            return Err(Refusal::Usage(usage));
        }
        self.admit_version(usage.protects(), ordinal)
    }

    /// The version whose public half a request would read. That is no use of secret material, but whoever reads it will
    /// encrypt to it or trust it, so it is given where the key may still process, and not while it is suspended.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn admit_public(&self, ordinal: Option<u32>) -> Result<&KeyVersion, Refusal> {
        if !self.spec.has_public_half() {
            return Err(Refusal::NoPublicHalf(self.spec));
        }
        self.admit_version(false, ordinal)
    }

    fn admit_version(&self, protects: bool, ordinal: Option<u32>) -> Result<&KeyVersion, Refusal> {
        admit_state(self.state, self.destruction, protects)?;
        let version = self.version(ordinal.or(self.primary).ok_or(Refusal::NoSuchVersion)?)?;
        admit_state(version.state, version.destruction, protects)?;
        let allowed = if protects { version.protect_allowed } else { version.process_allowed };
        if !allowed {
            return Err(Refusal::VersionForbidden);
        }
        match version.material {
            MaterialState::Absent(reason) => Err(Refusal::MaterialAbsent(reason)),
            MaterialState::Present | MaterialState::External => Ok(version),
        }
    }

    /// The version with this ordinal.
    ///
    /// # Errors
    /// [`Refusal::NoSuchVersion`].
    pub fn version(&self, ordinal: u32) -> Result<&KeyVersion, Refusal> {
        self.versions.iter().find(|v| v.ordinal == ordinal).ok_or(Refusal::NoSuchVersion)
    }

    /// Whether description, labels and names may be edited: not once its destruction is scheduled or done.
    ///
    /// # Errors
    /// [`Refusal`] in those two states.
    pub const fn admit_edit(&self) -> Result<(), Refusal> {
        match (self.destruction, self.state) {
            (Some(d), _) => Err(Refusal::DestructionScheduled(d)),
            (None, state) if state.is_destroyed() => Err(Refusal::State(state)),
            (None, _) => Ok(()),
        }
    }

    /// Whether a name of this key may lead to the other instead: both are symmetric, or both for MACs, or both
    /// asymmetric, and for the same uses, so that who goes by the name gets what it expects (AWS KMS API Reference,
    /// UpdateAlias).
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let kind = |key: &Self| match key.spec.family() {
            KeyFamily::Aes => 0_u8,
            KeyFamily::Hmac => 1,
            KeyFamily::Rsa
            | KeyFamily::Ecdsa
            | KeyFamily::Eddsa
            | KeyFamily::Xdh
            | KeyFamily::MlDsa
            | KeyFamily::MlKem => 2,
        };
        kind(self) == kind(other) && self.usage == other.usage
    }

    /// Whether it may have a new version, and its owner may say when it gets one: only while it is active.
    ///
    /// # Errors
    /// [`Refusal`] in any other state, and once its destruction is scheduled.
    pub fn admit_rotation(&self) -> Result<(), Refusal> {
        match (self.destruction, self.state) {
            (Some(d), _) => Err(Refusal::DestructionScheduled(d)),
            (None, KeyState::Active) => Ok(()),
            (None, state) => Err(Refusal::State(state)),
        }
    }

    /// Mints the change of state that an event brings. A key whose destruction is scheduled takes only a report of
    /// compromise: everything else waits until the destruction is cancelled.
    ///
    /// Destruction is not among these events: it has waits to honour, see [`Key::destroy`].
    ///
    /// # Errors
    /// [`Refusal`] where the event does not fit.
    pub fn on(&self, event: LifecycleEvent) -> Result<KeyTransition, Refusal> {
        if event == LifecycleEvent::Destroy {
            return Err(Refusal::Illegal(IllegalTransition { from: self.state, event }));
        }
        if let (Some(d), false) = (self.destruction, event == LifecycleEvent::Compromise) {
            return Err(Refusal::DestructionScheduled(d));
        }
        let first = self.state.on(event)?;
        let back =
            self.state == KeyState::Suspended && first.to() == KeyState::Active && self.resumes_deactivated;
        let second = if back { Some(first.to().on(LifecycleEvent::Deactivate)?) } else { None };
        Ok(KeyTransition { key: self.id, kind: Kind::State { steps: [Some(first), second] } })
    }

    /// Mints a scheduled destruction.
    ///
    /// # Errors
    /// [`Refusal`] if one is scheduled already, the key is destroyed, or the wait is below the ratchet.
    pub fn schedule_destruction(&self, now: Timestamp, wait_seconds: u32) -> Result<KeyTransition, Refusal> {
        if let Some(d) = self.destruction {
            return Err(Refusal::DestructionScheduled(d));
        }
        if self.state.is_destroyed() {
            return Err(Refusal::State(self.state));
        }
        if wait_seconds < self.ratchets.destruction_wait {
            return Err(Refusal::WaitTooShort { least: self.ratchets.destruction_wait });
        }
        let due_at = now.plus_seconds(i64::from(wait_seconds));
        Ok(KeyTransition {
            key: self.id,
            kind: Kind::Schedule(ScheduledDestruction { asked_at: now, due_at }),
        })
    }

    /// Mints the cancellation of a scheduled destruction. The key comes back suspended: somebody must say that it is
    /// wanted again (every dialect with a waiting period does so, or resumes at once by a second event).
    ///
    /// # Errors
    /// [`Refusal::NotScheduled`].
    pub fn cancel_destruction(&self) -> Result<KeyTransition, Refusal> {
        match self.destruction {
            Some(_) => Ok(KeyTransition { key: self.id, kind: Kind::CancelDestruction }),
            None => Err(Refusal::NotScheduled),
        }
    }

    /// Mints the destruction itself, of the key and every version.
    ///
    /// # Errors
    /// [`Refusal`] unless a scheduled destruction is due, or no wait is asked for by the ratchet.
    pub fn destroy(&self, now: Timestamp) -> Result<KeyTransition, Refusal> {
        match self.destruction {
            Some(d) if d.due_at > now => return Err(Refusal::NotDue),
            None if self.ratchets.destruction_wait > 0 => {
                return Err(Refusal::WaitTooShort { least: self.ratchets.destruction_wait });
            }
            Some(_) | None => {}
        }
        let transition = self.state.on(LifecycleEvent::Destroy)?;
        Ok(KeyTransition { key: self.id, kind: Kind::Destroy { at: now, transition } })
    }

    /// Applies a change minted from this key. Crate-private: records change through `Loaded` (INV-3).
    pub(crate) fn apply(&mut self, transition: &KeyTransition) {
        debug_assert_eq!(transition.key, self.id);
        match &transition.kind {
            Kind::State { steps } => steps.iter().flatten().for_each(|t| self.step(*t)),
            Kind::Schedule(d) => self.destruction = Some(*d),
            Kind::CancelDestruction => self.come_back_suspended(),
            Kind::Destroy { at, transition } => self.erase(*at, *transition),
        }
    }

    fn step(&mut self, t: Transition) {
        if t.to() == KeyState::Suspended && t.from() != KeyState::Suspended {
            self.resumes_deactivated = t.from() == KeyState::Deactivated;
        }
        self.state = t.to();
    }

    fn come_back_suspended(&mut self) {
        self.destruction = None;
        if let Ok(t) = self.state.on(LifecycleEvent::Suspend) {
            self.step(t);
        }
    }

    /// What is left says that there was a key; its names are free for others.
    fn erase(&mut self, at: Timestamp, t: Transition) {
        self.state = t.to();
        self.destruction = None;
        self.primary = None;
        self.details.names.clear();
        self.details.rotation = RotationPolicy::default();
        for version in &mut self.versions {
            if let Ok(t) = version.state.on(LifecycleEvent::Destroy) {
                version.state = t.to();
                version.material = MaterialState::Absent(AbsentReason::Deleted);
                version.destroyed_at = Some(at);
                version.destruction = None;
            }
        }
    }

    /// Adds a version and makes it primary (rotation). Crate-private: goes through `Loaded::rotate`.
    pub(crate) fn add_version(&mut self, new: NewVersion, making: Making) -> Result<VersionId, Refusal> {
        self.admit_rotation()?;
        let ordinal = self.versions.iter().map(|v| v.ordinal).max().unwrap_or(0).saturating_add(1);
        self.versions.push(KeyVersion::first_active(ordinal, making, new));
        self.primary = Some(ordinal);
        Ok(VersionId { key: self.id, ordinal })
    }

    /// A material event on one version, by the total table of `MaterialState`. Crate-private.
    pub(crate) fn material_event(&mut self, ordinal: u32, event: MaterialEvent) -> Result<(), Refusal> {
        let version =
            self.versions.iter_mut().find(|v| v.ordinal == ordinal).ok_or(Refusal::NoSuchVersion)?;
        if version.state.is_destroyed() {
            return Err(Refusal::State(version.state));
        }
        version.material = version.material.on(event).ok_or(Refusal::NoSuchVersion)?;
        Ok(())
    }

    /// Sets the versions' own permissions (Vault's minimum versions). Crate-private.
    pub(crate) fn permit_versions(&mut self, permit: impl Fn(u32) -> (bool, bool)) {
        for version in &mut self.versions {
            (version.protect_allowed, version.process_allowed) = permit(version.ordinal);
        }
    }

    /// Tightens the ratchets. Crate-private.
    pub(crate) fn tighten(&mut self, to: Ratchets) -> Result<(), RatchetLoosened> {
        self.ratchets = self.ratchets.tighten(to)?;
        Ok(())
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The tenant whose key-encryption key protects it.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The account that owns it.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The folder it lies in.
    #[must_use]
    pub const fn folder(&self) -> Option<FolderId> {
        self.folder
    }

    /// The dialect that made it.
    #[must_use]
    pub const fn born(&self) -> Dialect {
        self.born
    }

    /// Algorithm and size.
    #[must_use]
    pub const fn spec(&self) -> KeySpec {
        self.spec
    }

    /// What it may do.
    #[must_use]
    pub const fn usage(&self) -> UsageSet {
        self.usage
    }

    /// When it was made.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Who made it.
    #[must_use]
    pub const fn created_by(&self) -> PrincipalId {
        self.created_by
    }

    /// Its lifecycle state.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Its scheduled destruction, if any.
    #[must_use]
    pub const fn destruction(&self) -> Option<ScheduledDestruction> {
        self.destruction
    }

    /// Ordinal of the primary version: it protects when a request names none.
    #[must_use]
    pub const fn primary(&self) -> Option<u32> {
        self.primary
    }

    /// Every version, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[KeyVersion] {
        &self.versions
    }

    /// Its ratchets.
    #[must_use]
    pub const fn ratchets(&self) -> Ratchets {
        self.ratchets
    }
}

fn admit_state(
    state: KeyState,
    destruction: Option<ScheduledDestruction>,
    protects: bool,
) -> Result<(), Refusal> {
    if let Some(d) = destruction {
        return Err(Refusal::DestructionScheduled(d));
    }
    let admitted = if protects { state.may_protect() } else { state.may_process() };
    if admitted { Ok(()) } else { Err(Refusal::State(state)) }
}
