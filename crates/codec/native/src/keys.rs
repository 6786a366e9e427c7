//! Keys: making, reading, listing, scheduling their destruction.

use serde::{Deserialize, Serialize};

use crate::{Document, Pairs};

/// `POST tenants/{tenant}/keys`. Every field may be absent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateKeyRequest {
    /// Kind of key: `aes256` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<String>,
    /// What for: all that the kind can do with data unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Vec<String>>,
    /// Its first name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Labels.
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub labels: Pairs,
    /// Its policy; the default delegates to the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Document>,
    /// Skip the check that the caller can still change the policy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bypass_lockout_check: bool,
    /// How far material may ever leave: `never` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
    /// Least seconds that a destruction waits: 7 days unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destruction_wait: Option<u32>,
}

/// `POST …:schedule-destruction`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRequest {
    /// Seconds to wait: 30 days unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u32>,
}

/// A key as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Its tenant's id.
    pub tenant: String,
    /// Public number of its account.
    pub account: String,
    /// The dialect in which it was made.
    pub born: String,
    /// Kind of key.
    pub spec: String,
    /// What it is for.
    pub usage: Vec<String>,
    /// NIST SP 800-57 state.
    pub state: String,
    /// Its names, each in the form in which it is asked for.
    pub names: Vec<String>,
    /// For people.
    pub description: String,
    /// Labels.
    #[serde(default)]
    pub labels: Pairs,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// By which principal (id).
    pub created_by: String,
    /// Its destruction, if one is scheduled.
    pub destruction: Option<Destruction>,
    /// The version that protects when none is named.
    pub primary: Option<u32>,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
    /// Promises that can only be tightened.
    pub ratchets: RatchetView,
    /// Seconds between rotations by themselves.
    pub rotation_every: Option<u32>,
}

/// A destruction to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destruction {
    /// RFC 3339.
    pub asked_at: String,
    /// RFC 3339.
    pub due_at: String,
}

/// One version of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Counts from 1.
    pub version: u32,
    /// Names the material.
    pub material_id: String,
    /// NIST SP 800-57 state.
    pub state: String,
    /// `present`, `external`, or `absent:` and why.
    pub material: String,
    /// Where the material came from.
    pub origin: String,
    /// Where it lives.
    pub protection: String,
    /// Its own permission to protect.
    pub protect_allowed: bool,
    /// Its own permission to process.
    pub process_allowed: bool,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub destroyed_at: Option<String>,
}

/// The ratchets of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatchetView {
    /// How far material may ever leave.
    pub export: String,
    /// Least seconds that a destruction waits.
    pub destruction_wait: u32,
    /// Whether a scheduled destruction cannot be hastened.
    pub purge_protected: bool,
    /// Longest seconds a version stays primary.
    pub rotate_within: Option<u32>,
    /// Least protection of material.
    pub protection: String,
}

/// `GET tenants/{tenant}/keys`: oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The keys.
    pub keys: Vec<ListedKey>,
    /// Where the next page begins, for `after`.
    pub next: Option<String>,
}

/// A key in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    /// Its id.
    pub id: String,
}
