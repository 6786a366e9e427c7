//! Making a key: authorised on the tenant, material made by the guard, names bound where they are free and allowed.

use std::sync::Arc;

use access::Allowed;
use api::ops::{CreateKey, KeyRef, KeyView};
use api::{Fault, FaultWhat, Output};
use domain::{
    Action, Dialect, ExportCeiling, Key, KeyDetails, KeyId, Name, NewKey, PolicyDocument, ProtectionLevel,
    Ratchets, ResourceRef, RotationPolicy, Sealable, VersionId,
};
use spi::{MaterialAt, MaterialChange};

use crate::cache::Place;
use crate::faults::guard_fault;
use crate::keyref::Found;
use crate::plan::{Change, Plan};
use crate::session::Session;
use crate::usecase::key_policy::check_key_policy;
use crate::usecase::labels::check_labels;
use crate::usecase::update_description::check_description;

impl Session<'_> {
    pub(crate) async fn create_key(&mut self, op: &CreateKey) -> Result<Plan, Fault> {
        check_description(&op.description)?;
        check_labels(&op.labels)?;
        let place = self.place().await?;
        if let Some(found) = self.found_instead(op, &place).await? {
            return Ok(Plan::Answer(Output::CreateKey(found)));
        }
        let tenant = place.tenant.id;
        let allowed = self.allow_in(&place, Action::CreateKey, ResourceRef::Tenant(tenant)).await?;
        if !op.labels.is_empty() {
            self.allow_in(&place, Action::LabelKey, ResourceRef::Tenant(tenant)).await?;
        }
        if !self.engine.parts.guard.supports(op.spec, op.usage) {
            return Err(FaultWhat::SpecUnsupported { spec: op.spec, usage: op.usage }.into());
        }
        let policy = first_policy(op, &place)?;
        if op.policy.is_some() && !op.bypass_lockout_check {
            self.keeps_control(&place, &policy).await?;
        }
        let names = self.names_at_birth(op.name.as_ref(), &place).await?;
        let details = KeyDetails {
            description: op.description.clone(),
            labels: op.labels.clone(),
            names,
            ..default_details(policy)
        };
        let details = KeyDetails { destruction_allowed: op.destruction_allowed, ..details };
        self.make_key(op, &place, allowed, details).await
    }

    async fn make_key(
        &mut self,
        op: &CreateKey,
        place: &Place,
        allowed: Allowed,
        details: KeyDetails,
    ) -> Result<Plan, Fault> {
        let tenant = place.tenant.id;
        let id = KeyId::random(self.engine.parts.entropy.bytes());
        let made = self.engine.parts.guard.generate(allowed.for_new_key(tenant, id), op.spec).await;
        let (material, material_id) = made.map_err(|e| guard_fault(id, op.spec, e))?;
        let version = self.engine.generated(material_id, self.now);
        let new = NewKey {
            id,
            tenant,
            account: place.account.id,
            folder: None,
            born: self.context.place.dialect,
            spec: op.spec,
            usage: op.usage,
            created_at: self.now,
            created_by: self.caller.principal,
            ratchets: ratchets(op),
            details,
        };
        let key = Key::new(new, version);
        self.trail.on_key(&key);
        let at = MaterialAt::Version { tenant, version: VersionId { key: id, ordinal: 1 } };
        let change = Change::new("create_key")
            .put(Sealable::create(&key))
            .material(MaterialChange::Keep { at, material });
        let view = KeyView { key: Arc::new(key), account: Arc::clone(&place.account), changed: true };
        Ok(Plan::commit(change, Output::CreateKey(view)))
    }

    /// Where the dialect says that creating what exists is no error: the key that has the name already, provided that
    /// it was made in the same dialect.
    async fn found_instead(&mut self, op: &CreateKey, place: &Place) -> Result<Option<KeyView>, Fault> {
        let Some(name) = op.name.as_ref() else { return Ok(None) };
        let Found::Key(key) = self.engine.find_key(place.tenant.id, &KeyRef::Name(name.clone())).await?
        else {
            return Ok(None);
        };
        if !op.or_find || key.born() != self.context.place.dialect {
            // Only who may make keys here learns that the name is taken.
            self.allow_in(place, Action::CreateKey, ResourceRef::Tenant(place.tenant.id)).await?;
            return Err(FaultWhat::NameTaken { name: name.clone() }.into());
        }
        self.allow_found(place, &key, Action::DescribeKey).await?;
        Ok(Some(KeyView { key, account: Arc::clone(&place.account), changed: false }))
    }

    /// The first name and its mirrors in the other bound spaces: each only where legal, free and allowed.
    pub(crate) async fn names_at_birth(
        &mut self,
        name: Option<&Name>,
        place: &Place,
    ) -> Result<Vec<Name>, Fault> {
        let Some(name) = name else { return Ok(Vec::new()) };
        let on = ResourceRef::Name { tenant: place.tenant.id, name: name.clone() };
        self.allow_in(place, Action::BindName, on).await?;
        let mut names = vec![name.clone()];
        names.extend(self.mirrors(name, place).await?);
        Ok(names)
    }
}

/// The policy a key is born with: the one given, if it can be enforced, else the one that delegates to the account.
fn first_policy(op: &CreateKey, place: &Place) -> Result<PolicyDocument, Fault> {
    match &op.policy {
        None => Ok(access::delegating_key_policy(place.account.number)),
        Some(policy) => {
            check_key_policy(policy)?;
            Ok(policy.clone())
        }
    }
}

/// What a key's details are unless somebody says otherwise.
pub(crate) fn default_details(policy: PolicyDocument) -> KeyDetails {
    KeyDetails {
        description: String::new(),
        names: Vec::new(),
        labels: std::collections::BTreeMap::new(),
        policy,
        cryptoperiod: None,
        rotation: RotationPolicy::default(),
        exportable: false,
        destruction_allowed: true,
    }
}

fn ratchets(op: &CreateKey) -> Ratchets {
    Ratchets {
        export: op.export,
        destruction_wait: op.destruction_wait,
        purge_protected: op.export == ExportCeiling::Never,
        rotate_within: None,
        protection: ProtectionLevel::Software,
    }
}

/// Dialects whose names mirror each other, in the order they are tried.
pub(crate) const MIRRORED: [Dialect; 3] = [Dialect::Aws, Dialect::Vault, Dialect::Azure];
