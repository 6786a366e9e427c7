//! Asking a policy. A denial that covers the question wins over every allow in the same document.

use domain::{AccountNumber, Caller};

use super::policy::{Effect, Policy, Statement};
use super::principal::{Reach, reach};
use super::projection::{Projected, project};
use crate::says::{Question, Says};

impl Policy {
    /// What an identity policy or guardrail says.
    pub(crate) fn says(&self, question: &Question<'_>) -> Says {
        let resource = project(question.resource, question.terms);
        let covers = |s: &&Statement| s.covers(question.action, &resource);
        self.first(Effect::Deny, covers)
            .map(Says::denies)
            .or_else(|| self.first(Effect::Allow, covers).map(Says::allows))
            .unwrap_or(Says::Nothing)
    }

    /// What a key's own policy says to a caller of the account with this number.
    pub(crate) fn says_of_key(&self, question: &Question<'_>) -> Says {
        let resource = project(question.resource, question.terms);
        let (caller, number) = (question.caller, question.caller_number);
        let at = |least: Reach| {
            let resource = &resource;
            move |s: &&Statement| covers_caller(s, question.action, resource, caller, number, least)
        };
        // A denial of the account denies everyone in it; an allow of the account only delegates.
        self.first(Effect::Deny, at(Reach::Account))
            .map(Says::denies)
            .or_else(|| self.first(Effect::Allow, at(Reach::Direct)).map(Says::allows))
            .or_else(|| self.first(Effect::Allow, at(Reach::Account)).map(Says::delegates))
            .unwrap_or(Says::Nothing)
    }

    fn first(&self, effect: Effect, covers: impl Fn(&&Statement) -> bool) -> Option<&Statement> {
        self.statements.iter().filter(|s| s.effect == effect).find(covers)
    }
}

fn covers_caller(
    statement: &Statement,
    action: domain::Action,
    resource: &Projected,
    caller: &Caller,
    number: AccountNumber,
    least: Reach,
) -> bool {
    reach(&statement.principals, caller, number) >= least && statement.covers(action, resource)
}

impl Says {
    fn denies(s: &Statement) -> Self {
        Self::Denies(s.name.clone())
    }

    fn allows(s: &Statement) -> Self {
        Self::Allows(s.name.clone())
    }

    fn delegates(s: &Statement) -> Self {
        Self::Delegates(s.name.clone())
    }
}
