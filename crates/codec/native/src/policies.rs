//! Policies of keys and of accounts, and what they decide.

use serde::{Deserialize, Serialize};

/// A policy document, byte for byte as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `cedar`, `iam` or `acl`.
    pub language: String,
    /// What it says.
    pub text: String,
}

/// `PUT …/keys/{ref}/policy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutKeyPolicyRequest {
    /// The new policy.
    pub policy: Document,
    /// Skip the check that the caller can still change the policy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bypass_lockout_check: bool,
}

/// `PUT policies/{name}`: a new name makes a new policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WritePolicyRequest {
    /// What it says.
    pub document: Document,
    /// Names of tenants that it caps too from now on; it is taken away from none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guards: Option<Vec<String>>,
}

/// A policy of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Unique in the account.
    pub name: String,
    /// What it says.
    pub document: Document,
    /// RFC 3339.
    pub written_at: String,
}

/// `GET policies`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyList {
    /// The account's policies.
    pub policies: Vec<Policy>,
}

/// `POST explain`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainRequest {
    /// In which tenant: `default` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// For which principal, by name; the caller when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Doing what: `key:encrypt`.
    pub action: String,
    /// On which key, by reference; the tenant when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What the gate would decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Whether it would be allowed.
    pub allowed: bool,
    /// The statement that decides; absent when none allows.
    pub by: Option<Statement>,
    /// Every document that was looked at.
    pub considered: Vec<Considered>,
}

/// One statement of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// `key-policy`, `guardrail:NAME`, `policy:NAME`, `role:NAME`.
    pub document: String,
    /// Its id, or its position from 0.
    pub statement: String,
}

/// A document and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// Which.
    pub document: String,
    /// Its language.
    pub language: String,
    /// What it said.
    pub said: String,
}
