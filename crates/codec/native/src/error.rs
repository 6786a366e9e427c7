//! The error body: `{ "error": { "code", "message", "request_id", "doc", "details"? } }`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What every answer of 400 and above carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

/// One error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// A word of [`crate::Code`], for programs.
    pub code: String,
    /// For people; may change.
    pub message: String,
    /// The request, as it stands in the audit log.
    pub request_id: String,
    /// The documentation's section, relative to the project.
    pub doc: String,
    /// The data in the message, for programs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}
