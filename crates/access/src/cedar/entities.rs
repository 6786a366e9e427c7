//! A question as Cedar sees it: who, what, on what, and the entities around them.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression,
};
use domain::{Key, PrincipalKind, ResourceRef};

use crate::roles::class_word;
use crate::says::Question;

type Attributes = HashMap<String, RestrictedExpression>;

/// An entity's uid; `None` only if the type were no type name.
pub(super) fn uid(kind: &str, id: impl AsRef<str>) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind).ok()?, EntityId::new(id)))
}

/// The request and its entities; `None` where they cannot be made, which denies.
pub(super) fn frame(question: &Question<'_>) -> Option<(Request, Entities)> {
    let principal = principal(question)?;
    let action = action(question)?;
    let around = resource(question.resource, question.key)?;
    let resource_uid = around.first()?.uid();
    let caller = question.caller;
    let context = Context::from_pairs([
        ("mfa".to_owned(), RestrictedExpression::new_bool(caller.mfa)),
        ("dialect".to_owned(), text(caller.via.word())),
    ]);
    let request = Request::new(principal.uid(), action.uid(), resource_uid, context.ok()?, None).ok()?;
    // A caller that acts on itself is one entity, with what is known of it.
    let around = around.into_iter().filter(|e| e.uid() != principal.uid()).collect::<Vec<_>>();
    let entities = Entities::from_entities(around.into_iter().chain([principal, action]), None).ok()?;
    Some((request, entities))
}

fn principal(question: &Question<'_>) -> Option<Entity> {
    let caller = question.caller;
    let roles = caller.roles.iter().map(|r| uid("Role", r.word()));
    let parents =
        roles.chain([uid("Account", caller.account.to_string())]).collect::<Option<HashSet<_>>>()?;
    let kind = match caller.kind {
        PrincipalKind::AccountRoot => "account_root",
        PrincipalKind::User => "user",
        PrincipalKind::Service => "service",
    };
    let attributes =
        Attributes::from([("name".to_owned(), text(&caller.name)), ("kind".to_owned(), text(kind))]);
    Entity::new(uid("Principal", caller.principal.to_string())?, attributes, parents).ok()
}

fn action(question: &Question<'_>) -> Option<Entity> {
    let class = uid("Action", class_word(question.action.class()))?;
    Some(Entity::new_no_attrs(uid("Action", question.action.word())?, HashSet::from([class])))
}

/// The resource first, then what it lies in.
fn resource(resource: &ResourceRef, key: Option<&Key>) -> Option<Vec<Entity>> {
    let plain = |kind: &str, id: String, parent: Option<EntityUid>| {
        Some(vec![Entity::new_no_attrs(uid(kind, id)?, parent.into_iter().collect())])
    };
    let account = |id: &domain::AccountId| uid("Account", id.to_string());
    match resource {
        ResourceRef::System => plain("System", "system".to_owned(), None),
        ResourceRef::Account(id) => plain("Account", id.to_string(), None),
        ResourceRef::Tenant(id) => plain("Tenant", id.to_string(), None),
        ResourceRef::Key { tenant, id } => {
            let attributes = key_attributes(key?)?;
            let parents = HashSet::from([uid("Tenant", tenant.to_string())?]);
            Some(vec![Entity::new(uid("Key", id.to_string())?, attributes, parents).ok()?])
        }
        ResourceRef::AbsentKey { tenant, text } => {
            plain("Key", format!("absent:{text}"), uid("Tenant", tenant.to_string()))
        }
        ResourceRef::Name { tenant, name } => {
            let words = [("space", name.space().index_word()), ("text", name.canonical())];
            let attributes = words.into_iter().map(|(k, v)| (k.to_owned(), text(&v))).collect();
            let id = words_id(&name.space().index_word(), &name.canonical());
            let parents = HashSet::from([uid("Tenant", tenant.to_string())?]);
            Some(vec![Entity::new(uid("Name", id)?, attributes, parents).ok()?])
        }
        ResourceRef::Principal { account: of, id } => plain("Principal", id.to_string(), account(of)),
        ResourceRef::Policy { account: of, id } => plain("Policy", id.to_string(), account(of)),
        ResourceRef::AuditLog(of) => plain("AuditLog", of.to_string(), account(of)),
    }
}

/// A name's id: its space and its canonical text.
fn words_id(space: &str, canonical: &str) -> String {
    format!("{space}/{canonical}")
}

fn key_attributes(key: &Key) -> Option<Attributes> {
    let spec = serde_json::to_value(key.spec()).ok()?;
    let spec = text(spec.as_str()?);
    Some(Attributes::from([("spec".to_owned(), spec), ("born".to_owned(), text(key.born().word()))]))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}
