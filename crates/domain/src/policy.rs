//! Policy documents as stored. What they mean is `access`'s affair; that none is stored which cannot be enforced is
//! everybody's (INV-13).

use serde::{Deserialize, Serialize};

use crate::{AccountId, PolicyId, Timestamp};

/// The language of a policy document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Cedar: identity policies and guardrails.
    Cedar,
    /// AWS IAM JSON: key policies and identity policies.
    Iam,
    /// Vault ACL: identity policies.
    Acl,
}

/// A document in one of the languages, as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDocument {
    /// Its language.
    pub language: Language,
    /// Its text, byte for byte, so that reading it back gives what was written.
    pub text: String,
}

/// An identity policy or guardrail as a record; key policies stand inside their key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRecord {
    /// Its id.
    pub id: PolicyId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Unique in the account.
    pub name: String,
    /// What it says.
    pub document: PolicyDocument,
    /// When it was last written.
    pub written_at: Timestamp,
}

/// Names the statement that decided, so that `policy explain` and the audit log can say it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StatementRef {
    /// Which document: `key-policy`, `guardrail:NAME`, `policy:NAME`, `role:NAME`.
    pub document: String,
    /// Which statement in it: its id if it has one, else its position from 0.
    pub statement: String,
}
