//! Secret material beside records: key versions' material and credentials' signing secrets, each its own sealed row,
//! so that erasing one erases it alone and really.

use std::fmt;

use async_trait::async_trait;
use domain::{CredentialId, KeyId, MaterialId, TenantId, VersionId};
use secret::SecretBytes;

/// Where a piece of secret material belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MaterialAt {
    /// A key version's, sealed under its tenant's key-encryption key.
    Version {
        /// The tenant.
        tenant: TenantId,
        /// The version.
        version: VersionId,
    },
    /// A credential's signing secret, sealed under the system's key-encryption key.
    Credential(CredentialId),
}

/// A change of material inside a batch.
#[derive(Debug)]
pub enum MaterialChange {
    /// Seal it and keep it; the row must be new.
    Keep {
        /// Where it belongs.
        at: MaterialAt,
        /// The material.
        material: SecretBytes,
    },
    /// Erase it from database, free pages and write-ahead log before the commit is acknowledged.
    Erase(MaterialAt),
}

/// Why material was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaterialError {
    /// There is none.
    Absent,
    /// The system is sealed.
    Sealed,
    /// It does not open in its place.
    Corrupt,
    /// The store does not answer; try again.
    Unavailable,
}

impl fmt::Display for MaterialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "no such material",
            Self::Sealed => "the system is sealed",
            Self::Corrupt => "stored material does not open",
            Self::Unavailable => "the store is unavailable",
        })
    }
}

impl std::error::Error for MaterialError {}

/// Opens material. Held by `access` alone: the guard for versions, the authenticator for credentials (INV-1).
#[async_trait]
pub trait MaterialVault: Send + Sync {
    /// The material, opened in its place.
    ///
    /// # Errors
    /// [`MaterialError`].
    async fn open(&self, at: &MaterialAt) -> Result<SecretBytes, MaterialError>;

    /// Names material: keyed hash of key and material under the tenant's fingerprint key.
    ///
    /// # Errors
    /// [`MaterialError::Sealed`].
    fn fingerprint(&self, tenant: TenantId, key: KeyId, material: &SecretBytes) -> Result<MaterialId, MaterialError>;
}
