//! What the gate would decide and why, without doing anything: the decision's own evaluation, shown.

use domain::{Caller, Language, StatementRef};

use crate::book::Documents;
use crate::decide::{Demand, Gate};
use crate::evaluate::combine;

/// A decision laid open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Whether it would be allowed.
    pub allowed: bool,
    /// The statement that decides; `None` when none allows.
    pub by: Option<StatementRef>,
    /// Every document that was looked at, with its language and what it said; empty where the caller's account has no
    /// business at all.
    pub considered: Vec<(String, Language, &'static str)>,
}

impl Gate {
    /// Explains the decision about one demand.
    pub(crate) fn explain(&self, caller: &Caller, demand: Demand<'_>, documents: &Documents) -> Explained {
        let Some(answers) = self.answers(caller, demand, documents) else {
            return Explained { allowed: false, by: None, considered: Vec::new() };
        };
        let verdict = combine(&answers);
        let by = verdict.by.map(|by| StatementRef::clone(&by));
        let considered = answers.into_iter().map(|a| (a.name, a.language, a.says.word())).collect();
        Explained { allowed: verdict.allowed, by, considered }
    }
}
