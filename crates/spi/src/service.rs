//! What a provider is asked for, with all that decides whether it is an approved service of a validated module
//! (FIPS 140-3 IG 2.4.C): operation, kind of key, parameters, form of the message.

use domain::{HashAlgorithm, KeySpec, MessageForm, SignatureAlgorithm};

/// One use of a provider, as [`crate::CryptoProvider::approval`] judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// New material.
    Generate(KeySpec),
    /// Random bytes.
    Random,
    /// Sealing in the envelope form.
    SealEnvelope(KeySpec),
    /// Opening the envelope form.
    OpenEnvelope(KeySpec),
    /// Sealing in the direct form.
    SealDirect(KeySpec),
    /// Opening the direct form.
    OpenDirect(KeySpec),
    /// Wrapping of key material, or its unwrapping.
    Wrap(KeySpec),
    /// A signature.
    Sign(KeySpec, SignatureAlgorithm, MessageForm),
    /// Its verification.
    Verify(KeySpec, SignatureAlgorithm, MessageForm),
    /// An HMAC, or its verification.
    Mac(HashAlgorithm),
    /// RSAES-OAEP to a public half.
    EncryptOaep(KeySpec, HashAlgorithm),
    /// RSAES-OAEP with a private half.
    DecryptOaep(KeySpec, HashAlgorithm),
    /// Diffie-Hellman.
    Agree(KeySpec),
    /// ML-KEM to a public half.
    Encapsulate(KeySpec),
    /// ML-KEM with a private half.
    Decapsulate(KeySpec),
}
