//! Names of keys, in the form in which they are asked for: `app`, `aws:app`, `vault:transit/app`.

use serde::{Deserialize, Serialize};

/// `POST tenants/{tenant}/names`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindNameRequest {
    /// The name; must be free.
    pub name: String,
    /// A reference to the key.
    pub key: String,
}

/// `GET tenants/{tenant}/names`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameList {
    /// The names in order.
    pub names: Vec<BoundName>,
    /// Where the next page begins, for `after`.
    pub next: Option<String>,
}

/// A name and where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundName {
    /// The name.
    pub name: String,
    /// The key's id.
    pub key: String,
}
