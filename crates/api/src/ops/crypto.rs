//! Using keys. Plaintext travels in `Secret` both ways.

use domain::{AccountNumber, HashAlgorithm, KeyId, KeySpec, MaterialId};
use secret::SecretBytes;

use super::KeyRef;

/// What is bound to a ciphertext without being in it. Pairs are sorted and length-prefixed before use, so that
/// `{a: bc}` and `{ab: c}` differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AssociatedData {
    /// Nothing.
    #[default]
    None,
    /// Named pairs (AWS encryption context); also written to the audit log.
    Pairs(Vec<(String, String)>),
    /// Raw bytes (Vault and Google associated data).
    Bytes(Vec<u8>),
}

/// The form of the ciphertext that leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CiphertextForm {
    /// Self-describing: header with key and material id, per-message derived key, commitment.
    Envelope,
    /// Nonce, ciphertext and tag under the version's key itself; the dialect carries the version beside it.
    Direct,
    /// RSAES-OAEP to an asymmetric key, as anybody may make it who has the public half: it names no key, and nothing
    /// can be bound to it.
    Oaep(HashAlgorithm),
}

/// Protects one or more plaintexts under one key.
#[derive(Debug)]
pub struct Encrypt {
    /// Which key.
    pub key: KeyRef,
    /// What, in order; 1 to 1000 items.
    pub items: Vec<EncryptItem>,
    /// Form of the answer.
    pub form: CiphertextForm,
}

/// One plaintext.
#[derive(Debug)]
pub struct EncryptItem {
    /// The plaintext.
    pub plaintext: SecretBytes,
    /// Bound to it.
    pub aad: AssociatedData,
    /// Which version; `None` is the primary.
    pub version: Option<u32>,
}

/// The answer: one result for each item.
#[derive(Debug)]
pub struct Encrypted {
    /// The key.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// Their form, as asked for.
    pub form: CiphertextForm,
    /// In the order asked.
    pub items: Vec<Result<EncryptedItem, crate::FaultWhat>>,
}

/// One ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedItem {
    /// The bytes in the form asked for.
    pub ciphertext: Vec<u8>,
    /// The version that protects it.
    pub version: u32,
    /// Its material.
    pub material: MaterialId,
}

/// Unprotects one or more ciphertexts.
#[derive(Debug)]
pub struct Decrypt {
    /// Which key; `None` reads it from the (first) ciphertext's header, before anything is decided.
    pub key: Option<KeyRef>,
    /// What, in order; 1 to 1000 items, exactly one when `key` is `None`.
    pub items: Vec<DecryptItem>,
    /// Form of the ciphertexts.
    pub form: CiphertextForm,
}

/// One ciphertext.
#[derive(Debug)]
pub struct DecryptItem {
    /// The bytes.
    pub ciphertext: Vec<u8>,
    /// What was bound to it.
    pub aad: AssociatedData,
    /// The version, where the form does not carry it.
    pub version: Option<u32>,
}

/// The answer: one result for each item.
#[derive(Debug)]
pub struct Decrypted {
    /// The key.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// The form that they had.
    pub form: CiphertextForm,
    /// In the order asked.
    pub items: Vec<Result<SecretBytes, crate::FaultWhat>>,
    /// The material that opened the last item.
    pub material: Option<MaterialId>,
}

/// Unprotects a ciphertext and protects what was in it again; the plaintext leaves nowhere.
#[derive(Debug)]
pub struct ReEncrypt {
    /// The key that protects it; `None` reads it from the ciphertext's header, before anything is decided.
    pub source: Option<KeyRef>,
    /// The ciphertext, and what is bound to it.
    pub item: DecryptItem,
    /// Its form.
    pub form: CiphertextForm,
    /// The key that shall protect it.
    pub destination: KeyRef,
    /// What shall be bound to it then.
    pub aad: AssociatedData,
    /// The form it shall have.
    pub to_form: CiphertextForm,
}

/// The answer.
#[derive(Debug)]
pub struct ReEncrypted {
    /// The key that protected it, and its owner's public number.
    pub source: (KeyId, AccountNumber),
    /// The material that opened it.
    pub source_material: MaterialId,
    /// Its form.
    pub form: CiphertextForm,
    /// The key that protects it now, and its owner's public number.
    pub destination: (KeyId, AccountNumber),
    /// The new ciphertext.
    pub sealed: EncryptedItem,
    /// Its form.
    pub to_form: CiphertextForm,
}

/// Makes random bytes.
#[derive(Debug)]
pub struct GenerateRandom {
    /// How many, 1 to 1024.
    pub bytes: u16,
}

/// Makes a data key and protects it.
#[derive(Debug)]
pub struct GenerateDataKey {
    /// Which key wraps it.
    pub key: KeyRef,
    /// How long it is.
    pub shape: DataKeyShape,
    /// Bound to it.
    pub aad: AssociatedData,
    /// Form of the wrapped copy.
    pub form: CiphertextForm,
    /// Whether the plaintext leaves too; a permission of its own.
    pub with_plaintext: bool,
}

/// Length of a data key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKeyShape {
    /// So many random bytes, 1 to 1024.
    Bytes(u16),
}

/// The answer.
#[derive(Debug)]
pub struct DataKey {
    /// The key that wraps it.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// The wrapped copy.
    pub wrapped: EncryptedItem,
    /// The plaintext, if asked for.
    pub plaintext: Option<SecretBytes>,
}

/// Makes a key pair for others to use and protects its private half.
#[derive(Debug)]
pub struct GenerateDataKeyPair {
    /// Which key wraps it.
    pub key: KeyRef,
    /// What kind of pair.
    pub pair: KeySpec,
    /// Bound to it.
    pub aad: AssociatedData,
    /// Form of the wrapped copy.
    pub form: CiphertextForm,
    /// Whether the private half leaves in the clear too; a permission of its own.
    pub with_plaintext: bool,
}

/// The answer.
#[derive(Debug)]
pub struct DataKeyPair {
    /// The key that wraps it.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// What kind of pair it is.
    pub pair: KeySpec,
    /// The private half, wrapped.
    pub wrapped: EncryptedItem,
    /// The private half as PKCS#8 in DER (RFC 5958), if asked for.
    pub private: Option<SecretBytes>,
    /// The public half as `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1.2.7).
    pub public: Vec<u8>,
}
