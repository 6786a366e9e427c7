//! One command, as the audit log tells it. Field classes: everything here is clear text by design, so no field may
//! ever hold plaintext, key material or a credential's secret.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, AccountNumber, Action, CredentialId, Dialect, KeyState, PrincipalId, RequestId, Scope,
    StatementRef, TenantId, Timestamp,
};

/// Who acted, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The principal, once authenticated.
    pub principal: Option<PrincipalId>,
    /// Its name, for people.
    pub name: Option<String>,
    /// Its account.
    pub account: Option<AccountId>,
    /// The credential that was presented (public half), even if it failed.
    pub credential: Option<CredentialId>,
    /// Whether a second factor was shown.
    pub mfa: bool,
    /// From where.
    pub address: Option<IpAddr>,
}

/// On what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Kind of resource: `key`, `name`, `principal` …
    pub kind: Cow<'static, str>,
    /// Its id in text.
    pub id: String,
    /// The version that was used; the last one, where a batch used several.
    pub version: Option<u32>,
    /// Every version that was used, ascending, where there was more than one: no more than a batch has items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<u32>,
    /// The state it was in when the decision fell.
    pub state: Option<KeyState>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// No decision was reached: the proof failed, or the request was malformed.
    NotReached,
    /// Allowed, by this statement.
    Allowed(StatementRef),
    /// Denied, by this statement or for want of any that allows.
    Denied(Option<StatementRef>),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Success,
    /// Refused or failed; the word of the fault.
    Failure(Cow<'static, str>),
}

/// One command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// The request; unique.
    pub id: RequestId,
    /// When the gate took it up.
    pub at: Timestamp,
    /// Who.
    pub subject: Subject,
    /// In which dialect.
    pub dialect: Dialect,
    /// The wire operation's own name.
    pub operation: Cow<'static, str>,
    /// The canonical actions that were decided together.
    pub actions: Vec<Action>,
    /// Account that owns the target.
    pub account: Option<AccountId>,
    /// That account's public number.
    pub account_number: Option<AccountNumber>,
    /// Tenant of the target.
    pub tenant: Option<TenantId>,
    /// On what.
    pub target: Option<Target>,
    /// What else it was about, as far as it got: the name that was bound, the key it led to before, the key that a
    /// ciphertext was taken from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Target>,
    /// Items in the batch, when more than one.
    pub items: Option<u32>,
    /// Items of the batch that failed; the outcome is then the first one's failure, though others may have been done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<u32>,
    /// Encryption context or associated data in the clear (names and values are not secret by definition).
    pub context: Vec<(String, String)>,
    /// What was decided.
    pub decision: Decision,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it was only asked what would come of it: nothing was done, whatever the outcome says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Whether every cryptographic step was an approved one; `None` where there was none.
    pub fips_approved: Option<bool>,
    /// Microseconds from taking up to asking for this record.
    pub micros: u64,
    /// Epochs under which it was decided (INV-10).
    pub epochs: Vec<(Scope, u64)>,
    /// Scopes it raised and to what, for a revoking change.
    pub raised: Vec<(Scope, u64)>,
}
