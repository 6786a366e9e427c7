//! A policy document of any language, made ready once; and the check before one is written (INV-13).

use std::fmt;
use std::sync::Arc;

use domain::{Language, PolicyDocument, PolicyId, StatementRef};

use crate::says::{Question, Says};
use crate::{cedar, iam};

/// Most bytes of a document.
pub const MAX_DOCUMENT_BYTES: usize = 32 * 1024;

/// What a document is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyUse {
    /// A key's own policy: IAM only.
    Key,
    /// Attached to principals.
    Identity,
    /// A cap on a tenant.
    Guardrail,
}

/// Why a document is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFault {
    /// What is wrong and where; may be shown to its author.
    pub why: String,
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for PolicyFault {}

/// Whether a document can be enforced in full as what it is to be. Ask before storing any.
///
/// # Errors
/// [`PolicyFault`] says what is wrong and where; such a document must not be stored (INV-13).
pub fn validate(document: &PolicyDocument, kind: PolicyUse) -> Result<(), PolicyFault> {
    let fault = |why| PolicyFault { why };
    let body = Body::read(document, "", kind).map_err(fault)?;
    match &body {
        Body::Cedar(policies) => policies.check().map_err(fault),
        Body::Iam(_) | Body::Unreadable(_) => Ok(()),
    }
}

/// A document ready to be asked.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) language: Language,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Iam(iam::Policy),
    Cedar(Box<cedar::Policies>),
    /// Listed but not there, or not readable any more: denies everything.
    Unreadable(Arc<StatementRef>),
}

impl Document {
    /// Reads a stored document. One that cannot be read denies everything.
    pub(crate) fn read(stored: &PolicyDocument, name: String, kind: PolicyUse) -> Self {
        let body = Body::read(stored, &name, kind).unwrap_or_else(|_| Body::broken(&name, "unreadable"));
        Self { name, language: stored.language, body }
    }

    /// In place of one that is listed and not there.
    pub(crate) fn missing(prefix: &str, id: PolicyId) -> Self {
        let name = format!("{prefix}:{id}");
        Self { body: Body::broken(&name, "missing"), language: Language::Cedar, name }
    }

    /// What it says as an identity policy or guardrail.
    pub(crate) fn says(&self, question: &Question<'_>) -> Says {
        match &self.body {
            Body::Iam(policy) => policy.says(question),
            Body::Cedar(policies) => policies.says(question),
            Body::Unreadable(why) => Says::Denies(Arc::clone(why)),
        }
    }

    /// What it says as the policy of the key in question.
    pub(crate) fn says_of_key(&self, question: &Question<'_>) -> Says {
        match &self.body {
            Body::Iam(policy) => policy.says_of_key(question),
            Body::Unreadable(why) => Says::Denies(Arc::clone(why)),
            Body::Cedar(_) => Says::Nothing,
        }
    }
}

impl Body {
    fn read(document: &PolicyDocument, name: &str, kind: PolicyUse) -> Result<Self, String> {
        if document.text.len() > MAX_DOCUMENT_BYTES {
            return Err(format!("a policy has at most {MAX_DOCUMENT_BYTES} bytes"));
        }
        let shape = match kind {
            PolicyUse::Key => iam::Shape::OfResource,
            PolicyUse::Identity | PolicyUse::Guardrail => iam::Shape::OfPrincipal,
        };
        match (document.language, kind) {
            (Language::Iam, _) => iam::Policy::read(&document.text, name, shape).map(Self::Iam),
            (Language::Cedar, PolicyUse::Key) => Err("a key's own policy is not written in Cedar".to_owned()),
            (Language::Cedar, _) => {
                cedar::Policies::read(&document.text, name).map(|policies| Self::Cedar(Box::new(policies)))
            }
            (Language::Acl, _) => Err("policies of this language are not evaluated yet".to_owned()),
        }
    }

    fn broken(document: &str, why: &str) -> Self {
        Self::Unreadable(Arc::new(StatementRef { document: document.to_owned(), statement: why.to_owned() }))
    }
}
