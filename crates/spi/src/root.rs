//! Roots of trust: what protects the root key-encryption key while the system is down.

use std::fmt;

use async_trait::async_trait;
use secret::Secret;

/// Why a root of trust did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootError {
    /// It needs people (shares, a passphrase) before it can answer.
    NeedsCeremony,
    /// It answers another key than the one that sealed this system.
    WrongRoot,
    /// Its file or device cannot be used; says which and what to do.
    Unusable(String),
}

impl fmt::Display for RootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsCeremony => f.write_str("the root of trust waits for its custodians"),
            Self::WrongRoot => f.write_str("this root of trust did not seal this system"),
            Self::Unusable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for RootError {}

/// Gives the secret that unwraps the root key-encryption key, without people where it can.
#[async_trait]
pub trait RootOfTrust: Send + Sync {
    /// One word: `keyfile`, `shamir`, `memory`.
    fn kind(&self) -> &'static str;
    /// The unwrapping secret.
    ///
    /// # Errors
    /// [`RootError::NeedsCeremony`] where people must come first.
    async fn secret(&self) -> Result<Secret<[u8; 32]>, RootError>;
}
