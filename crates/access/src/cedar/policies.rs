//! One Cedar document, sliced when it is read.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{
    ActionConstraint, Authorizer, Decision, EntityUid, Policy, PolicyId, PolicySet, PrincipalConstraint,
    ValidationMode, Validator,
};
use domain::{Action, StatementRef};

use super::bounds::bounded;
use super::entities::{Frame, uid};
use super::schema::SCHEMA;
use crate::roles::class_word;
use crate::says::{Question, Says};

type Names = HashMap<PolicyId, Arc<StatementRef>>;

/// A document ready to be asked.
#[derive(Debug)]
pub(crate) struct Policies {
    all: PolicySet,
    by_action: HashMap<Action, Slice>,
    names: Names,
    broken: Arc<StatementRef>,
}

/// The policies that can apply to one action.
#[derive(Debug, Default)]
struct Slice {
    /// For anyone.
    everyones: PolicySet,
    /// Each for one principal or group.
    somebodys: Vec<(EntityUid, Policy)>,
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
        let names: Names =
            policies.iter().enumerate().map(|(i, p)| (p.id().clone(), named(name, i, p))).collect();
        if let Some(twice) = repeated(&policies, &names) {
            return Err(format!("`@id` `{twice}` stands twice"));
        }
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
        let mut errors: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
        // They come in no order of their own: the same document is refused in the same words each time.
        errors.sort();
        Err(errors.join("; "))
    }

    /// What it says. What cannot be evaluated denies.
    pub(crate) fn says(&self, question: &Question<'_>) -> Says {
        let broken = || Says::Denies(Arc::clone(&self.broken));
        let Some(slice) = self.by_action.get(&question.action) else { return Says::Nothing };
        if slice.everyones.num_of_policies() == 0 && slice.somebodys.is_empty() {
            return Says::Nothing;
        }
        let Some(frame) = question.frame() else { return broken() };
        let Some(set) = slice.of(frame) else { return broken() };
        let response = Authorizer::new().is_authorized(&frame.request, &set, &frame.entities);
        let diagnostics = response.diagnostics();
        if diagnostics.errors().next().is_some() {
            return broken();
        }
        let names = diagnostics.reason().filter_map(|id| self.names.get(id));
        match (response.decision(), names.min_by(|a, b| a.statement.cmp(&b.statement))) {
            (Decision::Allow, Some(by)) => Says::Allows(Arc::clone(by)),
            (Decision::Deny, Some(by)) => Says::Denies(Arc::clone(by)),
            (Decision::Allow, None) => broken(),
            (Decision::Deny, None) => Says::Nothing,
        }
    }
}

impl Slice {
    /// The policies that can apply to the caller; `None` if they made no set.
    fn of(&self, frame: &Frame) -> Option<Cow<'_, PolicySet>> {
        let mut mine = self.somebodys.iter().filter(|(who, _)| frame.groups.contains(who)).peekable();
        if mine.peek().is_none() {
            return Some(Cow::Borrowed(&self.everyones));
        }
        let mut set = self.everyones.clone();
        for (_, policy) in mine {
            set.add(policy.clone()).ok()?;
        }
        Some(Cow::Owned(set))
    }
}

fn named(document: &str, position: usize, policy: &Policy) -> Arc<StatementRef> {
    let statement = policy.annotation("id").filter(|id| !id.is_empty());
    let statement = statement.map_or_else(|| position.to_string(), str::to_owned);
    Arc::new(StatementRef { document: document.to_owned(), statement })
}

/// A name that two policies bear, so that no decision could say which of them decided.
fn repeated(policies: &[&Policy], names: &Names) -> Option<String> {
    let mut seen = HashSet::new();
    let mut all = policies.iter().filter_map(|p| names.get(p.id()));
    all.find(|name| !seen.insert(&name.statement)).map(|name| name.statement.clone())
}

/// Cedar calls the policies of a text `policy0`, `policy1` …
fn position(id: &PolicyId) -> usize {
    let id: &str = id.as_ref();
    id.trim_start_matches("policy").parse().unwrap_or(usize::MAX)
}

fn slices(policies: &[&Policy]) -> Result<HashMap<Action, Slice>, String> {
    let mut by_action: HashMap<Action, Slice> = HashMap::new();
    for action in Action::ALL {
        let me = uid("Action", action.word()).ok_or("an action has no name")?;
        let group = uid("Action", class_word(action.class())).ok_or("a class has no name")?;
        let reached = policies.iter().filter(|p| match p.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(one) => one == me,
            ActionConstraint::In(many) => many.contains(&me) || many.contains(&group),
        });
        let slice = by_action.entry(*action).or_default();
        for policy in reached {
            match only_for(policy) {
                Some(who) => slice.somebodys.push((who, (*policy).clone())),
                None => slice.everyones.add((*policy).clone()).map_err(|e| e.to_string())?,
            }
        }
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
