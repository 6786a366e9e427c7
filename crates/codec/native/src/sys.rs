//! The system itself: status, seal, unseal, initialisation.

use serde::{Deserialize, Serialize};

use crate::SecretText;

/// `GET sys/status`, open to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Whether it was ever initialised.
    pub initialised: bool,
    /// Whether it holds no key-encryption key in memory.
    pub sealed: bool,
    /// The root of trust: `keyfile`, `shamir`, `memory`.
    pub root: String,
    /// Custodians' shares, where the root of trust has them.
    pub shares: Option<Shares>,
    /// Hex of the random id of the round in which shares are given, once one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<String>,
}

/// How far a ceremony is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// How many there are.
    pub total: u8,
    /// How many are needed.
    pub threshold: u8,
    /// How many were given.
    pub given: u8,
}

/// `POST sys/seal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealAnswer {
    /// True.
    pub sealed: bool,
}

/// `POST sys/unseal`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsealRequest {
    /// One custodian's share, as it was printed.
    pub share: SecretText,
}

/// `POST sys/init`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitRequest {
    /// How many shares to make.
    pub shares: u8,
    /// How many of them unseal.
    pub threshold: u8,
}

/// What initialisation answers, this once.
#[derive(Debug, Serialize, Deserialize)]
pub struct InitAnswer {
    /// The custodians' shares.
    pub shares: Vec<SecretText>,
    /// The first administrator's token.
    pub token: SecretText,
}
