//! The key-encryption keys, as `store/record` may use them: handed out by `root`, gone when sealed (INV-1).

use std::fmt;

use domain::TenantId;
use secret::SecretBytes;

/// Which key-encryption key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kek {
    /// The installation's: accounts, principals, credentials, bindings, policies.
    System,
    /// A tenant's: its keys and their material.
    Tenant(TenantId),
}

/// What a keyed hash is for; separates the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrfUse {
    /// The revision ledger's multiset hash.
    Ledger,
    /// Fingerprints of key material; this key is never rotated.
    Fingerprint,
}

/// A tenant's key-encryption key, wrapped by the root key-encryption key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKek(pub Vec<u8>);

/// Why sealing or opening did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// The system is sealed: there is no key-encryption key in memory.
    Sealed,
    /// The tenant's key-encryption key is not loaded.
    NoKek,
    /// It does not open: another place, another key, or altered.
    Rejected,
    /// Locked memory is used up.
    OutOfMemory,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sealed => "the system is sealed",
            Self::NoKek => "the tenant's key-encryption key is not loaded",
            Self::Rejected => "a sealed value does not open",
            Self::OutOfMemory => "out of locked memory",
        })
    }
}

impl std::error::Error for SealError {}

/// Seals and opens with key-encryption keys.
pub trait Sealer: Send + Sync {
    /// Whether key-encryption keys are in memory.
    fn is_unsealed(&self) -> bool;
    /// Seals a value for its place.
    ///
    /// # Errors
    /// [`SealError`].
    fn seal(&self, under: Kek, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError>;
    /// Opens a value in its place.
    ///
    /// # Errors
    /// [`SealError`].
    fn open(&self, under: Kek, aad: &[u8], sealed: &[u8]) -> Result<SecretBytes, SealError>;
    /// A keyed hash under a key of its own for each use and each key-encryption key.
    ///
    /// # Errors
    /// [`SealError`].
    fn prf(&self, under: Kek, what: PrfUse, parts: &[&[u8]]) -> Result<[u8; 32], SealError>;
    /// Makes and installs the key-encryption key of a new tenant.
    ///
    /// # Errors
    /// [`SealError`].
    fn make_kek(&self, tenant: TenantId) -> Result<WrappedKek, SealError>;
    /// Installs a stored key-encryption key.
    ///
    /// # Errors
    /// [`SealError`].
    fn install_kek(&self, tenant: TenantId, wrapped: &WrappedKek) -> Result<(), SealError>;
    /// Whether a tenant's key-encryption key is installed.
    fn has_kek(&self, tenant: TenantId) -> bool;
}
