//! One decision about one action on one resource: every document is asked, then the answers are combined. Decisions
//! and explanations run this same code.

use std::sync::Arc;

use domain::{Language, PrincipalKind, Role, StatementRef};
use smallvec::SmallVec;

use crate::document::Document;
use crate::roles::{class_word, role_allows};
use crate::says::{Question, Says};

/// Which part a document plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Caps what the others allow.
    Guardrail,
    /// The key's own policy.
    Key,
    /// Speaks for the caller.
    Identity,
}

/// One document's answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) layer: Layer,
    pub(crate) name: String,
    pub(crate) language: Language,
    pub(crate) says: Says,
}

pub(crate) type Answers = SmallVec<[Answer; 8]>;

/// What was decided, and by what; `by` is `None` when no statement allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) by: Option<Arc<StatementRef>>,
}

impl Verdict {
    pub(crate) const NO: Self = Self { allowed: false, by: None };

    fn no(by: &Arc<StatementRef>) -> Self {
        Self { allowed: false, by: Some(Arc::clone(by)) }
    }

    fn yes(by: &Arc<StatementRef>) -> Self {
        Self { allowed: true, by: Some(Arc::clone(by)) }
    }
}

/// Asks every document.
pub(crate) fn ask(
    question: &Question<'_>,
    guardrails: &[Arc<Document>],
    key_policy: Option<&Document>,
    identity: &[Arc<Document>],
) -> Answers {
    let answer =
        |layer, d: &Document, says| Answer { layer, name: d.name.clone(), language: d.language, says };
    let caps = guardrails.iter().map(|d| answer(Layer::Guardrail, d, d.says(question)));
    let key = key_policy.iter().map(|d| answer(Layer::Key, d, d.says_of_key(question)));
    let roles = question.caller.roles.iter().map(|role| role_answer(*role, question));
    let root = (question.caller.kind == PrincipalKind::AccountRoot)
        .then(|| identity_answer("account-root", "everything"));
    let listed = identity.iter().map(|d| answer(Layer::Identity, d, d.says(question)));
    caps.chain(key).chain(roles).chain(root).chain(listed).collect()
}

/// Combines the answers (ARCHITECTURE §5): a denial anywhere; then every guardrail must allow; then the key's own
/// policy, or its delegation and an identity policy; without a key, an identity policy.
pub(crate) fn combine(answers: &Answers) -> Verdict {
    if let Some(by) = answers.iter().find_map(|a| denial(&a.says)) {
        return Verdict::no(by);
    }
    let of = |layer: Layer| answers.iter().filter(move |a| a.layer == layer);
    if let Some(cap) = of(Layer::Guardrail).find(|a| !matches!(a.says, Says::Allows(_))) {
        let (document, statement) = (cap.name.clone(), "none allows".to_owned());
        return Verdict { allowed: false, by: Some(Arc::new(StatementRef { document, statement })) };
    }
    let allow =
        |layer: Layer| of(layer).find_map(|a| if let Says::Allows(by) = &a.says { Some(by) } else { None });
    let on_key = of(Layer::Key).next().is_some();
    let delegated = !on_key || of(Layer::Key).any(|a| matches!(a.says, Says::Delegates(_)));
    let by_key = if on_key { allow(Layer::Key) } else { None };
    let by_identity = if delegated { allow(Layer::Identity) } else { None };
    by_key.or(by_identity).map_or(Verdict::NO, Verdict::yes)
}

const fn denial(says: &Says) -> Option<&Arc<StatementRef>> {
    match says {
        Says::Denies(by) => Some(by),
        Says::Allows(_) | Says::Delegates(_) | Says::Nothing => None,
    }
}

fn role_answer(role: Role, question: &Question<'_>) -> Answer {
    let document = format!("role:{}", role.word());
    if role_allows(role, question.action) {
        identity_answer(&document, class_word(question.action.class()))
    } else {
        Answer { layer: Layer::Identity, name: document, language: Language::Cedar, says: Says::Nothing }
    }
}

fn identity_answer(document: &str, statement: &str) -> Answer {
    let by = StatementRef { document: document.to_owned(), statement: statement.to_owned() };
    let name = document.to_owned();
    Answer { layer: Layer::Identity, name, language: Language::Cedar, says: Says::Allows(Arc::new(by)) }
}
