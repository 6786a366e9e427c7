//! What an allowed decision is good for: permits, which only it mints and only the guard spends (INV-1).

use std::sync::Arc;

use domain::{
    Action, Key, KeyId, KeySpec, KeyVersion, MaterialId, ProtectionLevel, ResourceRef, StatementRef,
    TenantId, Usage, UsageSet, VersionId,
};
use smallvec::SmallVec;

/// Every member of the question was allowed. Not clonable; the engine holds it while it performs.
#[derive(Debug)]
pub struct Allowed {
    first: Member,
    more: SmallVec<[Member; 1]>,
}

#[derive(Debug)]
struct Member {
    action: Action,
    resource: ResourceRef,
    by: Arc<StatementRef>,
}

/// One version, one action, `items` items; spent by the guard. One that was asked for beyond what was decided, or
/// against the key's lifecycle, is empty and opens nothing.
#[derive(Debug)]
pub struct Permit(pub(crate) Option<Use>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) action: Action,
    pub(crate) tenant: TenantId,
    pub(crate) version: VersionId,
    pub(crate) material: MaterialId,
    pub(crate) spec: KeySpec,
    pub(crate) usage: UsageSet,
    pub(crate) protection: ProtectionLevel,
    pub(crate) items: u32,
}

/// New material for one key; spent by [`crate::Guard::generate`]. Empty like a [`Permit`].
#[derive(Debug)]
pub struct MakePermit(pub(crate) Option<Make>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Make {
    pub(crate) tenant: TenantId,
    pub(crate) key: KeyId,
    /// The least protection level.
    pub(crate) protection: ProtectionLevel,
    /// What a key that exists already is; a new key is whatever is asked for.
    pub(crate) spec: Option<KeySpec>,
}

impl Allowed {
    pub(crate) fn new(first: (Action, &ResourceRef, Arc<StatementRef>)) -> Self {
        let (action, resource, by) = first;
        Self { first: Member { action, resource: resource.clone(), by }, more: SmallVec::new() }
    }

    pub(crate) fn add(&mut self, (action, resource, by): (Action, &ResourceRef, Arc<StatementRef>)) {
        self.more.push(Member { action, resource: resource.clone(), by });
    }

    /// The statement that decided the first member; for the audit record.
    #[must_use]
    pub fn by(&self) -> &StatementRef {
        &self.first.by
    }

    /// Each member and the statement that decided it.
    pub fn members(&self) -> impl Iterator<Item = (Action, &ResourceRef, &StatementRef)> {
        self.all().map(|m| (m.action, &m.resource, &*m.by))
    }

    /// A permit to use one version of the decided key for `items` items. The lifecycle is checked here once more, so
    /// that a permit proves both.
    #[must_use]
    pub fn permit(&self, key: &Key, version: &KeyVersion, items: u32) -> Permit {
        let decided = self.all().find(|m| m.is_on(key) && need_of(m.action).is_some());
        Permit(decided.and_then(|m| admitted(m.action, key, version, items)))
    }

    /// A permit to make the material of a new key in the tenant where creating was decided.
    #[must_use]
    pub fn for_new_key(&self, tenant: TenantId, key: KeyId) -> MakePermit {
        let wanted = ResourceRef::Tenant(tenant);
        let decided = self.all().any(|m| m.action == Action::CreateKey && m.resource == wanted);
        let make = Make { tenant, key, protection: ProtectionLevel::Software, spec: None };
        MakePermit(decided.then_some(make))
    }

    /// A permit to make the material of a new version of the key whose rotation was decided.
    #[must_use]
    pub fn for_new_version(&self, key: &Key) -> MakePermit {
        let decided = self.all().any(|m| m.action == Action::RotateKey && m.is_on(key));
        let protection = key.ratchets().protection;
        let make = Make { tenant: key.tenant(), key: key.id(), protection, spec: Some(key.spec()) };
        MakePermit(decided.then_some(make))
    }

    fn all(&self) -> impl Iterator<Item = &Member> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl Member {
    fn is_on(&self, key: &Key) -> bool {
        self.resource == ResourceRef::Key { tenant: key.tenant(), id: key.id() }
    }
}

fn admitted(action: Action, key: &Key, version: &KeyVersion, items: u32) -> Option<Use> {
    let admitted = match need_of(action)? {
        Need::Usage(usage) => key.admit(usage, Some(version.ordinal())),
        Need::PublicHalf => key.admit_public(Some(version.ordinal())),
    };
    (admitted.ok()? == version).then(|| Use {
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

/// What an action needs of a key's material.
enum Need {
    /// A use.
    Usage(Usage),
    /// Its public half, which is no use of the secret one.
    PublicHalf,
}

/// `None` where it needs none.
const fn need_of(action: Action) -> Option<Need> {
    let usage = match action {
        Action::Encrypt
        | Action::ReEncryptTo
        | Action::GenerateDataKey
        | Action::GenerateWrappedDataKey
        | Action::GenerateDataKeyPair
        | Action::GenerateWrappedDataKeyPair => Usage::Encrypt,
        Action::Decrypt | Action::ReEncryptFrom => Usage::Decrypt,
        Action::Sign => Usage::Sign,
        Action::Verify => Usage::Verify,
        Action::GenerateMac => Usage::GenerateMac,
        Action::VerifyMac => Usage::VerifyMac,
        Action::AgreeKey => Usage::AgreeKey,
        Action::Encapsulate => Usage::Encapsulate,
        Action::Decapsulate => Usage::Decapsulate,
        Action::GetPublicKey => return Some(Need::PublicHalf),
        _ => return None,
    };
    Some(Need::Usage(usage))
}
