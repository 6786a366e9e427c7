//! One Cedar document, sliced when it is read.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{
    ActionConstraint, Authorizer, Decision, EntityUid, Policy, PolicyId, PolicySet, PrincipalConstraint,
    ValidationMode, Validator,
};
use domain::{Action, Caller, StatementRef};

use super::bounds::bounded;
use super::entities::{frame, uid};
use super::schema::SCHEMA;
use crate::roles::class_word;
use crate::says::{Question, Says};

/// A document ready to be asked.
#[derive(Debug)]
pub(crate) struct Policies {
    all: PolicySet,
    by_action: HashMap<Action, Vec<Sliced>>,
    names: HashMap<PolicyId, Arc<StatementRef>>,
    broken: Arc<StatementRef>,
}

/// A policy and the one principal or group it is for.
#[derive(Clone, Debug)]
struct Sliced {
    only: Option<EntityUid>,
    policy: Policy,
}

impl Policies {
    /// Reads a document; `name` is how decisions will call it.
    ///
    /// # Errors
    /// What is wrong and where.
    pub(crate) fn read(text: &str, name: &str) -> Result<Self, String> {
        bounded(text)?;
        let all = PolicySet::from_str(text).map_err(|e| e.to_string())?;
        if all.num_of_templates() > 0 {
            return Err("templates are not evaluated here".to_owned());
        }
        if all.num_of_policies() == 0 {
            return Err("the document holds no policy".to_owned());
        }
        let mut policies: Vec<&Policy> = all.policies().collect();
        policies.sort_by_key(|p| position(p.id()));
        let names = policies.iter().enumerate().map(|(i, p)| (p.id().clone(), named(name, i, p))).collect();
        let by_action = slices(&policies)?;
        let broken =
            Arc::new(StatementRef { document: name.to_owned(), statement: "cannot be evaluated".to_owned() });
        Ok(Self { by_action, names, broken, all })
    }

    /// Checks the document against the schema.
    ///
    /// # Errors
    /// Everything the validator finds.
    pub(crate) fn check(&self) -> Result<(), String> {
        let schema = SCHEMA.clone().ok_or("the schema cannot be read")?;
        let result = Validator::new(schema).validate(&self.all, ValidationMode::Strict);
        if result.validation_passed() {
            return Ok(());
        }
        let errors: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
        Err(errors.join("; "))
    }

    /// What it says. What cannot be evaluated denies.
    pub(crate) fn says(&self, question: &Question<'_>) -> Says {
        let Some(slice) = self.slice(question) else { return Says::Nothing };
        let broken = || Says::Denies(Arc::clone(&self.broken));
        let Ok(set) = PolicySet::from_policies(slice) else { return broken() };
        let Some((request, entities)) = frame(question) else { return broken() };
        let response = Authorizer::new().is_authorized(&request, &set, &entities);
        let diagnostics = response.diagnostics();
        if diagnostics.errors().next().is_some() {
            return broken();
        }
        let by = diagnostics
            .reason()
            .filter_map(|id| self.names.get(id))
            .min_by_key(|name| name.statement.clone());
        match (response.decision(), by) {
            (Decision::Allow, Some(by)) => Says::Allows(Arc::clone(by)),
            (Decision::Deny, Some(by)) => Says::Denies(Arc::clone(by)),
            (Decision::Allow, None) => broken(),
            (Decision::Deny, None) => Says::Nothing,
        }
    }

    /// The policies that can apply; `None` if there is none.
    fn slice(&self, question: &Question<'_>) -> Option<Vec<Policy>> {
        let of_action = self.by_action.get(&question.action)?;
        let mine = groups_of(question.caller);
        let can_apply = |s: &&Sliced| s.only.as_ref().is_none_or(|only| mine.contains(only));
        let slice: Vec<Policy> = of_action.iter().filter(can_apply).map(|s| s.policy.clone()).collect();
        (!slice.is_empty()).then_some(slice)
    }
}

/// The caller itself and everything it is in.
fn groups_of(caller: &Caller) -> Vec<EntityUid> {
    let roles = caller.roles.iter().filter_map(|r| uid("Role", r.word()));
    let account = uid("Account", caller.account.to_string());
    roles.chain(account).chain(uid("Principal", caller.principal.to_string())).collect()
}

fn named(document: &str, position: usize, policy: &Policy) -> Arc<StatementRef> {
    let statement = policy.annotation("id").filter(|id| !id.is_empty());
    let statement = statement.map_or_else(|| position.to_string(), str::to_owned);
    Arc::new(StatementRef { document: document.to_owned(), statement })
}

/// Cedar calls the policies of a text `policy0`, `policy1` …
fn position(id: &PolicyId) -> usize {
    let id: &str = id.as_ref();
    id.trim_start_matches("policy").parse().unwrap_or(usize::MAX)
}

fn slices(policies: &[&Policy]) -> Result<HashMap<Action, Vec<Sliced>>, String> {
    let mut by_action: HashMap<Action, Vec<Sliced>> = HashMap::new();
    for action in Action::ALL {
        let me = uid("Action", action.word()).ok_or("an action has no name")?;
        let group = uid("Action", class_word(action.class())).ok_or("a class has no name")?;
        let reached = policies.iter().filter(|p| match p.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(one) => one == me,
            ActionConstraint::In(many) => many.contains(&me) || many.contains(&group),
        });
        let sliced = reached.map(|p| Sliced { only: only_for(p), policy: (*p).clone() }).collect();
        by_action.insert(*action, sliced);
    }
    Ok(by_action)
}

/// The principal or group that alone it is for; `None` where anyone may be meant.
fn only_for(policy: &Policy) -> Option<EntityUid> {
    match policy.principal_constraint() {
        PrincipalConstraint::Eq(one) | PrincipalConstraint::In(one) | PrincipalConstraint::IsIn(_, one) => {
            Some(one)
        }
        PrincipalConstraint::Any | PrincipalConstraint::Is(_) => None,
    }
}
