//! Using keys.

use serde::{Deserialize, Serialize};

use crate::{Base64, Pairs, SecretBase64};

/// `POST …:encrypt`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptRequest {
    /// What to protect.
    pub plaintext: SecretBase64,
    /// Bound to it as named pairs, and written to the audit log.
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub context: Pairs,
    /// Bound to it as bytes; either this or a context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub associated_data: Option<Base64>,
}

/// What `:encrypt` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncryptAnswer {
    /// The key's id.
    pub key: String,
    /// The version that protects it.
    pub version: u32,
    /// Self-describing: key and material stand in its header.
    pub ciphertext: Base64,
}

/// `POST …:decrypt`; the reference `-` reads the key from the ciphertext.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecryptRequest {
    /// The ciphertext.
    pub ciphertext: Base64,
    /// As it was bound.
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub context: Pairs,
    /// As it was bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub associated_data: Option<Base64>,
}

/// What `:decrypt` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct DecryptAnswer {
    /// The key's id.
    pub key: String,
    /// What was protected.
    pub plaintext: SecretBase64,
}

/// `POST …:generate-data-key`, and `:generate-wrapped-data-key`, which answers the wrapped copy alone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataKeyRequest {
    /// How many bytes, 1 to 1024: 32 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u16>,
    /// Bound to it as named pairs, and written to the audit log.
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub context: Pairs,
    /// Bound to it as bytes; either this or a context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub associated_data: Option<Base64>,
}

/// What `:generate-data-key` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct DataKeyAnswer {
    /// The id of the key that wraps it.
    pub key: String,
    /// The version that wraps it.
    pub version: u32,
    /// The wrapped copy; `:decrypt` opens it.
    pub wrapped: Base64,
    /// The data key itself, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plaintext: Option<SecretBase64>,
}
