//! Canonical answers as wire structs.

use api::ops::KeyView;
use codec_native as wire;
use domain::{
    AuditRecord, Credential, Decision, Key, KeyVersion, MaterialState, Outcome, PolicyRecord, Principal,
    Ratchets, StatementRef, Target,
};

use crate::reference;
use crate::words::{document_view, word};

pub(crate) fn key(view: &KeyView) -> wire::Key {
    let key: &Key = &view.key;
    let details = &key.details;
    wire::Key {
        id: key.id().to_string(),
        tenant: key.tenant().to_string(),
        account: view.account.number.to_string(),
        born: key.born().word().to_owned(),
        spec: word(key.spec()),
        usage: key.usage().iter().map(word).collect(),
        state: key.state().to_string(),
        names: details.names.iter().map(reference::text).collect(),
        description: details.description.clone(),
        labels: wire::Pairs(details.labels.clone()),
        created_at: key.created_at().rfc3339(),
        created_by: key.created_by().to_string(),
        destruction: key
            .destruction()
            .map(|d| wire::Destruction { asked_at: d.asked_at.rfc3339(), due_at: d.due_at.rfc3339() }),
        primary: key.primary(),
        versions: key.versions().iter().map(version).collect(),
        ratchets: ratchets(key.ratchets()),
        rotation_every: details.rotation.every,
    }
}

fn version(version: &KeyVersion) -> wire::Version {
    wire::Version {
        version: version.ordinal(),
        material_id: version.material_id().to_string(),
        state: version.state().to_string(),
        material: match version.material() {
            MaterialState::Present => "present".to_owned(),
            MaterialState::External => "external".to_owned(),
            MaterialState::Absent(reason) => format!("absent:{}", word(reason)),
        },
        origin: word(version.origin()),
        protection: word(version.protection()),
        protect_allowed: version.protect_allowed(),
        process_allowed: version.process_allowed(),
        created_at: version.created_at().rfc3339(),
        destroyed_at: version.destroyed_at().map(domain::Timestamp::rfc3339),
    }
}

fn ratchets(ratchets: Ratchets) -> wire::RatchetView {
    let Ratchets { export, destruction_wait, purge_protected, rotate_within, protection } = ratchets;
    let (export, protection) = (word(export), word(protection));
    wire::RatchetView { export, destruction_wait, purge_protected, rotate_within, protection }
}

pub(crate) fn principal(principal: Principal) -> wire::Principal {
    wire::Principal {
        id: principal.id.to_string(),
        name: principal.name,
        kind: word(principal.kind),
        roles: principal.roles.into_iter().map(word).collect(),
        policies: principal.policies.iter().map(ToString::to_string).collect(),
        labels: wire::Pairs(principal.labels),
        disabled: principal.disabled,
        created_at: principal.created_at.rfc3339(),
    }
}

pub(crate) fn credential(credential: Credential) -> wire::Credential {
    wire::Credential {
        id: credential.id.to_string(),
        principal: credential.principal.to_string(),
        kind: word(credential.kind),
        description: credential.description,
        expires_at: credential.expires_at.map(domain::Timestamp::rfc3339),
        disabled: credential.disabled,
        created_at: credential.created_at.rfc3339(),
    }
}

pub(crate) fn policy(policy: PolicyRecord) -> wire::Policy {
    wire::Policy {
        id: policy.id.to_string(),
        name: policy.name,
        document: document_view(policy.document),
        written_at: policy.written_at.rfc3339(),
    }
}

pub(crate) fn tenant(tenant: domain::Tenant, bindings: Option<&[domain::Binding]>) -> wire::Tenant {
    wire::Tenant {
        id: tenant.id.to_string(),
        account: tenant.account.to_string(),
        name: tenant.name,
        bindings: bindings.map(|all| all.iter().map(|binding| binding.coordinates.to_string()).collect()),
        guardrails: tenant.guardrails.iter().map(ToString::to_string).collect(),
        created_at: tenant.created_at.rfc3339(),
    }
}

pub(crate) fn audit(record: AuditRecord) -> wire::AuditEntry {
    let (decision, by) = decision(record.decision);
    wire::AuditEntry {
        id: record.id.to_string(),
        at: record.at.rfc3339(),
        principal: record.subject.name,
        credential: record.subject.credential.map(|credential| credential.to_string()),
        address: record.subject.address.map(|address| address.to_string()),
        dialect: record.dialect.word().to_owned(),
        operation: record.operation.into_owned(),
        actions: record.actions.into_iter().map(|action| action.word().to_owned()).collect(),
        tenant: record.tenant.map(|tenant| tenant.to_string()),
        target: record.target.map(audit_target),
        also: record.also.into_iter().map(audit_target).collect(),
        dry_run: record.dry_run,
        context: record.context.into_iter().collect(),
        decision: decision.to_owned(),
        by,
        outcome: match record.outcome {
            Outcome::Success => "success".to_owned(),
            Outcome::Failure(word) => word.into_owned(),
        },
    }
}

fn audit_target(target: Target) -> wire::AuditTarget {
    wire::AuditTarget {
        kind: target.kind.into_owned(),
        id: target.id,
        version: target.version,
        state: target.state.map(|state| state.to_string()),
    }
}

fn decision(decision: Decision) -> (&'static str, Option<String>) {
    let text = |by: StatementRef| format!("{}#{}", by.document, by.statement);
    match decision {
        Decision::NotReached => ("not-reached", None),
        Decision::Allowed(by) => ("allowed", Some(text(by))),
        Decision::Denied(by) => ("denied", by.map(text)),
    }
}
