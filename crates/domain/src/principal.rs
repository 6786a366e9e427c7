//! Who: principals and the credentials by which they prove themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AccountId, CredentialId, PolicyId, PrincipalId, Timestamp};

/// A person, service or workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Its id.
    pub id: PrincipalId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Unique in the account: `[A-Za-z0-9+=,.@_-]`, 1 to 64 characters.
    pub name: String,
    /// What it is.
    pub kind: PrincipalKind,
    /// Built-in roles (Cedar). No role both administers and audits.
    pub roles: Vec<Role>,
    /// Identity policies. The list is the truth: a listed policy that is missing denies (INV-4).
    pub policies: Vec<PolicyId>,
    /// For attribute-based rules.
    pub labels: BTreeMap<String, String>,
    /// A disabled principal authenticates no more.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// The account itself: what it may do is still decided (a key policy need not name it).
    AccountRoot,
    /// A person.
    User,
    /// A program.
    Service,
}

/// The built-in roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Accounts, tenants, principals, policies; neither uses keys nor reads the audit log.
    Administrator,
    /// Makes, rotates, disables and destroys keys; does not use them.
    KeyCustodian,
    /// Uses keys.
    CryptoUser,
    /// Reads the audit log, states and policies; changes nothing.
    Auditor,
    /// Everything: Vault's root token and `dev`'s first credential. An allow-all identity policy, not a bypass.
    Root,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Administrator, Self::KeyCustodian, Self::CryptoUser, Self::Auditor, Self::Root];

    /// Hyphenated word for commands and policies.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::KeyCustodian => "key-custodian",
            Self::CryptoUser => "crypto-user",
            Self::Auditor => "auditor",
            Self::Root => "root",
        }
    }
}

/// How a credential proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// A shared secret that signs requests (AWS access key); the secret is sealed beside the record.
    SigningKey,
    /// A token sent with each request; only its SHA-256 is kept, which is also its id.
    BearerToken,
}

/// One credential of a principal. The secret, if one must be kept, is not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Access key id, or SHA-256 of the token in hex.
    pub id: CredentialId,
    /// Whose it is.
    pub principal: PrincipalId,
    /// The principal's account.
    pub account: AccountId,
    /// How it proves itself.
    pub kind: CredentialKind,
    /// For people.
    pub description: String,
    /// Works no longer after this.
    pub expires_at: Option<Timestamp>,
    /// Held back.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}
