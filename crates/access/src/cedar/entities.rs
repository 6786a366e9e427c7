//! A question as Cedar sees it: who, what, on what, and the entities around them.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::LazyLock;

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression,
};
use domain::{Key, PrincipalKind, ResourceRef, TenantId};

use crate::roles::class_word;
use crate::says::Question;

type Attributes = HashMap<String, RestrictedExpression>;

/// The entity types of the schema, parsed once.
static TYPES: LazyLock<HashMap<&str, EntityTypeName>> = LazyLock::new(|| {
    let words =
        ["Action", "System", "Account", "Role", "Tenant", "Principal", "Key", "Name", "Policy", "AuditLog"];
    words.into_iter().filter_map(|word| Some((word, EntityTypeName::from_str(word).ok()?))).collect()
});

/// An entity's uid; `None` only if the type were not in the schema.
pub(super) fn uid(kind: &str, id: impl AsRef<str>) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(TYPES.get(kind)?.clone(), EntityId::new(id)))
}

/// A question as Cedar sees it, made once for all documents that are asked.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(super) request: Request,
    pub(super) entities: Entities,
    /// The caller itself and everything it is in.
    pub(super) groups: HashSet<EntityUid>,
}

impl Frame {
    /// `None` where it cannot be made, which denies.
    pub(crate) fn of(question: &Question<'_>) -> Option<Self> {
        let groups = groups(question)?;
        let principal = principal(question, &groups)?;
        let action = action(question)?;
        let around = resource(question)?;
        let resource_uid = around.uid();
        let tenant = tenant_around(question)?;
        let caller = question.caller;
        let context = Context::from_pairs([
            ("mfa".to_owned(), RestrictedExpression::new_bool(caller.mfa)),
            ("dialect".to_owned(), text(caller.via.word())),
        ]);
        let request = Request::new(principal.uid(), action.uid(), resource_uid, context.ok()?, None).ok()?;
        let groups = groups.into_iter().chain([principal.uid()]).collect();
        // A caller that acts on itself is one entity, with what is known of it.
        let around = Some(around).filter(|e| e.uid() != principal.uid());
        let entities = around.into_iter().chain(tenant).chain([principal, action]);
        let entities = Entities::from_entities(entities, None).ok()?;
        Some(Self { request, entities, groups })
    }
}

fn groups(question: &Question<'_>) -> Option<HashSet<EntityUid>> {
    let roles = question.caller.roles.iter().map(|r| uid("Role", r.word()));
    roles.chain([uid("Account", question.caller.account.to_string())]).collect()
}

fn principal(question: &Question<'_>, groups: &HashSet<EntityUid>) -> Option<Entity> {
    let caller = question.caller;
    let kind = match caller.kind {
        PrincipalKind::AccountRoot => "account_root",
        PrincipalKind::User => "user",
        PrincipalKind::Service => "service",
    };
    let attributes =
        Attributes::from([("name".to_owned(), text(&caller.name)), ("kind".to_owned(), text(kind))]);
    Entity::new(uid("Principal", caller.principal.to_string())?, attributes, groups.clone()).ok()
}

fn action(question: &Question<'_>) -> Option<Entity> {
    let class = uid("Action", class_word(question.action.class()))?;
    Some(Entity::new_no_attrs(uid("Action", question.action.word())?, HashSet::from([class])))
}

/// The tenant that the resource lies in, with its owner above it: without it what is said of an account would not
/// reach keys and names. The outer `None` is a question that cannot be framed, which denies.
fn tenant_around(question: &Question<'_>) -> Option<Option<Entity>> {
    match question.resource {
        ResourceRef::Tenant(_) => Some(None),
        inside => match inside.tenant() {
            None => Some(None),
            Some(id) => tenant(question, &id).map(Some),
        },
    }
}

fn tenant(question: &Question<'_>, id: &TenantId) -> Option<Entity> {
    let owner = uid("Account", question.owner?.to_string())?;
    Some(Entity::new_no_attrs(uid("Tenant", id.to_string())?, HashSet::from([owner])))
}

/// The resource and what it lies in.
fn resource(question: &Question<'_>) -> Option<Entity> {
    let plain = |kind: &str, id: String, parent: Option<EntityUid>| {
        Some(Entity::new_no_attrs(uid(kind, id)?, parent.into_iter().collect()))
    };
    let account = |id: &domain::AccountId| uid("Account", id.to_string());
    match question.resource {
        ResourceRef::System => plain("System", "system".to_owned(), None),
        ResourceRef::Account(id) => plain("Account", id.to_string(), None),
        ResourceRef::Tenant(id) => tenant(question, id),
        ResourceRef::Key { tenant, id } => {
            let attributes = key_attributes(question.key?)?;
            let parents = HashSet::from([uid("Tenant", tenant.to_string())?]);
            Entity::new(uid("Key", id.to_string())?, attributes, parents).ok()
        }
        ResourceRef::AbsentKey { tenant, text } => {
            plain("Key", format!("absent:{text}"), uid("Tenant", tenant.to_string()))
        }
        ResourceRef::Name { tenant, name } => {
            let words = [("space", name.space().index_word()), ("text", name.canonical())];
            let attributes = words.into_iter().map(|(k, v)| (k.to_owned(), text(&v))).collect();
            let id = words_id(&name.space().index_word(), &name.canonical());
            let parents = HashSet::from([uid("Tenant", tenant.to_string())?]);
            Entity::new(uid("Name", id)?, attributes, parents).ok()
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
