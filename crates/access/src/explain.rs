//! What the gate would decide and why, without doing anything: the decision's own evaluation, shown.

use domain::{Caller, Language, StatementRef};

use crate::book::Documents;
use crate::decide::{Ask, Gate};
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
    /// Explains the decision about one member.
    #[must_use]
    pub fn explain(&self, caller: &Caller, ask: &Ask<'_>, documents: &Documents) -> Explained {
        let Some(answers) = self.answers(caller, ask, documents) else {
            return Explained { allowed: false, by: None, considered: Vec::new() };
        };
        let verdict = combine(&answers, ask.key);
        let by = verdict.by.map(|by| StatementRef::clone(&by));
        let considered = answers.into_iter().map(|a| (a.name, a.language, a.says.word())).collect();
        Explained { allowed: verdict.allowed, by, considered }
    }
}
