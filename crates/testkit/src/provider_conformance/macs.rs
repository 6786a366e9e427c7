//! HMAC keys: whole codes of the one hash that a key is for.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{HashAlgorithm, KeyFamily, KeySpec};
use spi::{CryptoProvider, ProviderError};

use super::{altered, made, other_lengths, refused};

/// The kinds that this part is about.
#[must_use]
pub fn applies(spec: KeySpec) -> bool {
    spec.family() == KeyFamily::Hmac
}

const MESSAGE: &[u8] = b"a message";

fn hash(spec: KeySpec) -> HashAlgorithm {
    match spec {
        KeySpec::HmacSha224 => HashAlgorithm::Sha224,
        KeySpec::HmacSha384 => HashAlgorithm::Sha384,
        KeySpec::HmacSha512 => HashAlgorithm::Sha512,
        _ => HashAlgorithm::Sha256,
    }
}

/// A code verifies, is as long as its hash, and is the same each time.
pub fn round_trips(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (key, hash) = (made(provider, spec), hash(spec));
    for message in [&b""[..], MESSAGE, &[7; 4096]] {
        let mac = provider.mac(&key, hash, message).unwrap();
        assert_eq!(mac.len(), hash.digest_len());
        assert_eq!(mac, provider.mac(&key, hash, message).unwrap());
        assert_eq!(provider.verify_mac(&key, hash, message, &mac), Ok(()));
    }
}

/// No byte of code or message can change.
pub fn every_altered_byte_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (key, hash) = (made(provider, spec), hash(spec));
    let mac = provider.mac(&key, hash, MESSAGE).unwrap();
    let rejects = |message: &[u8], mac: &[u8], what: &str| {
        let verified = provider.verify_mac(&key, hash, message, mac);
        assert_eq!(verified, Err(ProviderError::Rejected), "{spec:?}: {what}");
    };
    altered(&mac, |changed, what| rejects(MESSAGE, changed, what));
    altered(MESSAGE, |changed, what| rejects(changed, &mac, what));
}

/// A code is compared whole: none that is cut verifies, and none that goes on.
pub fn every_other_length_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (key, hash) = (made(provider, spec), hash(spec));
    let mac = provider.mac(&key, hash, MESSAGE).unwrap();
    other_lengths(&mac, |mac, what| {
        let verified = provider.verify_mac(&key, hash, MESSAGE, mac);
        assert_eq!(verified, Err(ProviderError::Rejected), "{spec:?}: {what}");
    });
}

/// Another key of the same kind verifies nothing.
pub fn the_wrong_key_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (key, other, hash) = (made(provider, spec), made(provider, spec), hash(spec));
    let mac = provider.mac(&key, hash, MESSAGE).unwrap();
    assert_eq!(provider.verify_mac(&other, hash, MESSAGE, &mac), Err(ProviderError::Rejected));
}

/// A key made for one hash serves no other.
pub fn another_hash_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    use HashAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
    let key = made(provider, spec);
    for other in [Sha1, Sha224, Sha256, Sha384, Sha512].into_iter().filter(|other| *other != hash(spec)) {
        let wanted = Some(ProviderError::Unsupported);
        assert_eq!(refused(provider.mac(&key, other, MESSAGE)), wanted, "{spec:?} {other:?}");
        let mac = vec![0; other.digest_len()];
        assert_eq!(refused(provider.verify_mac(&key, other, MESSAGE, &mac)), wanted, "{spec:?} {other:?}");
    }
}
