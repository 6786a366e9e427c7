//! The audit log as it is searched.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `GET audit`: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The records.
    pub records: Vec<AuditEntry>,
    /// Where the next page begins, for `after`.
    pub next: Option<String>,
}

/// One record, in the words of a reader; the log's own lines say more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The request.
    pub id: String,
    /// RFC 3339.
    pub at: String,
    /// The principal's name, once it was known.
    pub principal: Option<String>,
    /// The credential that was presented.
    pub credential: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// In which dialect.
    pub dialect: String,
    /// The wire operation's name.
    pub operation: String,
    /// What was decided about.
    pub actions: Vec<String>,
    /// The tenant's id.
    pub tenant: Option<String>,
    /// On what.
    pub target: Option<AuditTarget>,
    /// What else it was about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AuditTarget>,
    /// Whether it was only asked what would come of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Encryption context.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
    /// `allowed`, `denied` or `not-reached`.
    pub decision: String,
    /// The statement that decided, as `document#statement`.
    pub by: Option<String>,
    /// `success`, or the word of the fault.
    pub outcome: String,
}

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditTarget {
    /// Kind.
    pub kind: String,
    /// Id.
    pub id: String,
    /// The version that was used.
    pub version: Option<u32>,
    /// Its state when the decision fell.
    pub state: Option<String>,
}
