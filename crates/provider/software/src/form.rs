//! How a message is handed over: what the scheme must know of it, and digests that come from outside.

use aws_lc_rs::digest::{Algorithm, Digest, SHA224, SHA256, SHA384, SHA512};
use domain::{HashAlgorithm, KeySpec, MessageForm, SignatureAlgorithm};
use spi::ProviderError;

/// Scheme, key and form fit each other, and the message has the length that they ask.
pub(crate) fn check(
    spec: KeySpec,
    algorithm: SignatureAlgorithm,
    form: MessageForm,
    message: &[u8],
) -> Result<(), ProviderError> {
    if !algorithm.fits(spec) {
        return Err(ProviderError::Unsupported);
    }
    match algorithm.message_len(form) {
        Err(_) => Err(ProviderError::Unsupported),
        Ok(Some(len)) if len != message.len() => Err(ProviderError::Malformed),
        Ok(_) => Ok(()),
    }
}

/// A digest made elsewhere, as the library wants it.
pub(crate) fn digest(hash: HashAlgorithm, digest: &[u8]) -> Result<Digest, ProviderError> {
    Digest::import_less_safe(digest, algorithm(hash)?).map_err(|_| ProviderError::Malformed)
}

fn algorithm(hash: HashAlgorithm) -> Result<&'static Algorithm, ProviderError> {
    match hash {
        HashAlgorithm::Sha1 => Err(ProviderError::Unsupported),
        HashAlgorithm::Sha224 => Ok(&SHA224),
        HashAlgorithm::Sha256 => Ok(&SHA256),
        HashAlgorithm::Sha384 => Ok(&SHA384),
        HashAlgorithm::Sha512 => Ok(&SHA512),
    }
}
