//! What an allowed decision is good for: permits, which only it mints and only the guard spends (INV-1).

use std::fmt;
use std::sync::Arc;

use domain::{
    Action, Key, KeyId, KeySpec, KeyVersion, MaterialId, ProtectionLevel, Refusal, ResourceRef, StatementRef,
    TenantId, Usage, UsageSet, VersionId,
};
use smallvec::SmallVec;

/// Every member of the question was allowed. Not clonable; the engine holds it while it performs.
#[derive(Debug)]
pub struct Allowed {
    members: SmallVec<[Member; 2]>,
}

#[derive(Debug)]
struct Member {
    action: Action,
    resource: ResourceRef,
    by: Arc<StatementRef>,
}

/// Why an allowed decision gives no permit for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPermitted {
    /// The decision was about something else: a bug in the engine.
    NotDecided,
    /// The key or version may not be used so now.
    Refused(Refusal),
}

impl fmt::Display for NotPermitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDecided => f.write_str("nothing was decided about this use"),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for NotPermitted {}

impl From<Refusal> for NotPermitted {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// One version, one action, `items` items; spent by [`crate::Guard::begin`].
#[derive(Debug)]
pub struct Permit {
    pub(crate) action: Action,
    pub(crate) tenant: TenantId,
    pub(crate) version: VersionId,
    pub(crate) material: MaterialId,
    pub(crate) spec: KeySpec,
    pub(crate) usage: UsageSet,
    pub(crate) protection: ProtectionLevel,
    pub(crate) items: u32,
}

/// New material for one key; spent by [`crate::Guard::generate`].
#[derive(Debug)]
pub struct MakePermit {
    pub(crate) tenant: TenantId,
    pub(crate) key: KeyId,
    pub(crate) spec: KeySpec,
    pub(crate) usage: UsageSet,
    pub(crate) protection: ProtectionLevel,
}

impl Allowed {
    pub(crate) fn nothing_yet() -> Self {
        Self { members: SmallVec::new() }
    }

    pub(crate) fn add(&mut self, action: Action, resource: ResourceRef, by: Arc<StatementRef>) {
        self.members.push(Member { action, resource, by });
    }

    /// The statement that decided the first member; for the audit record.
    #[must_use]
    pub fn by(&self) -> Option<&StatementRef> {
        self.members.first().map(|m| &*m.by)
    }

    /// Each member and the statement that decided it.
    pub fn members(&self) -> impl Iterator<Item = (Action, &ResourceRef, &StatementRef)> {
        self.members.iter().map(|m| (m.action, &m.resource, &*m.by))
    }

    /// A permit to use one version of a decided key for `items` items. The lifecycle is checked here too, so that a
    /// permit proves both.
    ///
    /// # Errors
    /// [`NotPermitted`].
    pub fn permit(
        &self,
        action: Action,
        key: &Key,
        version: &KeyVersion,
        items: u32,
    ) -> Result<Permit, NotPermitted> {
        let usage = usage_of(action).ok_or(NotPermitted::NotDecided)?;
        self.decided(action, key)?;
        let admitted = key.admit(usage, Some(version.ordinal()))?;
        if admitted.material_id() != version.material_id() {
            return Err(NotPermitted::Refused(Refusal::NoSuchVersion));
        }
        Ok(Permit {
            action,
            tenant: key.tenant(),
            version: VersionId { key: key.id(), ordinal: version.ordinal() },
            material: version.material_id(),
            spec: key.spec(),
            usage: key.usage(),
            protection: version.protection(),
            items,
        })
    }

    /// A permit to make the material of a new key in a tenant where creating was decided.
    ///
    /// # Errors
    /// [`NotPermitted::NotDecided`].
    pub fn creation(
        &self,
        tenant: TenantId,
        key: KeyId,
        spec: KeySpec,
        usage: UsageSet,
        protection: ProtectionLevel,
    ) -> Result<MakePermit, NotPermitted> {
        let wanted = ResourceRef::Tenant(tenant);
        self.holds(Action::CreateKey, &wanted)?;
        Ok(MakePermit { tenant, key, spec, usage, protection })
    }

    /// A permit to make the material of a new version of a key whose rotation was decided.
    ///
    /// # Errors
    /// [`NotPermitted::NotDecided`].
    pub fn rotation(&self, key: &Key) -> Result<MakePermit, NotPermitted> {
        self.decided(Action::RotateKey, key)?;
        let protection = key.ratchets().protection;
        Ok(MakePermit {
            tenant: key.tenant(),
            key: key.id(),
            spec: key.spec(),
            usage: key.usage(),
            protection,
        })
    }

    fn decided(&self, action: Action, key: &Key) -> Result<(), NotPermitted> {
        self.holds(action, &ResourceRef::Key { tenant: key.tenant(), id: key.id() })
    }

    fn holds(&self, action: Action, resource: &ResourceRef) -> Result<(), NotPermitted> {
        let decided = self.members.iter().any(|m| m.action == action && m.resource == *resource);
        if decided { Ok(()) } else { Err(NotPermitted::NotDecided) }
    }
}

/// The use of key material that an action is; `None` where it uses none.
const fn usage_of(action: Action) -> Option<Usage> {
    match action {
        Action::Encrypt | Action::GenerateDataKey | Action::GenerateWrappedDataKey => Some(Usage::Encrypt),
        Action::Decrypt => Some(Usage::Decrypt),
        _ => None,
    }
}
