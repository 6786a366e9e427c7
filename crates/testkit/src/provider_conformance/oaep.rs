//! RSA keys that decrypt.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{HashAlgorithm, KeyFamily, KeySpec};
use spi::{CryptoProvider, KeyHandle, ProviderError};

use super::{altered_sparsely, kept, made, other_lengths, refused, shown, slow};

/// The kinds that this part is about.
#[must_use]
pub fn applies(spec: KeySpec) -> bool {
    spec.family() == KeyFamily::Rsa
}

const HASHES: [HashAlgorithm; 5] = [
    HashAlgorithm::Sha1,
    HashAlgorithm::Sha224,
    HashAlgorithm::Sha256,
    HashAlgorithm::Sha384,
    HashAlgorithm::Sha512,
];

/// The hashes that every provider has: those of the dialects.
const REQUIRED: [HashAlgorithm; 2] = [HashAlgorithm::Sha1, HashAlgorithm::Sha256];

/// Bytes of modulus and of ciphertext.
fn modulus(spec: KeySpec) -> usize {
    match spec {
        KeySpec::Rsa2048 => 256,
        KeySpec::Rsa3072 => 384,
        _ => 512,
    }
}

/// RFC 8017 §7.1.1, step 1b.
fn longest(spec: KeySpec, hash: HashAlgorithm) -> usize {
    modulus(spec) - 2 * hash.digest_len() - 2
}

fn encrypt(provider: &dyn CryptoProvider, key: &KeyHandle, hash: HashAlgorithm, text: &[u8]) -> Vec<u8> {
    provider.encrypt_oaep(key, hash, &kept(text)).unwrap()
}

/// What is required opens as it was; other hashes do too or are refused as unsupported, both ways alike.
pub fn round_trips(provider: &dyn CryptoProvider, spec: KeySpec) {
    let key = made(provider, spec);
    for hash in HASHES {
        let sealed = provider.encrypt_oaep(&key, hash, &kept(b"text"));
        if sealed.is_err() {
            assert!(!REQUIRED.contains(&hash), "{hash:?}");
            assert_eq!(refused(sealed), Some(ProviderError::Unsupported), "{hash:?}");
            let opened = provider.decrypt_oaep(&key, hash, &vec![1; modulus(spec)]);
            assert_eq!(refused(opened), Some(ProviderError::Unsupported), "{hash:?}");
            continue;
        }
        for len in [0, 1, 32, longest(spec, hash)] {
            let text: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
            let ciphertext = encrypt(provider, &key, hash, &text);
            assert_eq!(ciphertext.len(), modulus(spec));
            assert_eq!(
                shown(&provider.decrypt_oaep(&key, hash, &ciphertext).unwrap()),
                text,
                "{hash:?} {len}"
            );
        }
    }
}

/// One byte more than fits is malformed.
pub fn too_long_a_plaintext_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let key = made(provider, spec);
    for hash in REQUIRED {
        for len in [longest(spec, hash) + 1, modulus(spec), 4096] {
            let sealed = provider.encrypt_oaep(&key, hash, &kept(&vec![7; len]));
            assert_eq!(refused(sealed), Some(ProviderError::Malformed), "{hash:?} {len}");
        }
    }
}

/// No byte of a ciphertext can change, and every change is answered alike.
pub fn every_altered_byte_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let key = made(provider, spec);
    for hash in REQUIRED {
        let ciphertext = encrypt(provider, &key, hash, b"text");
        altered_sparsely(&ciphertext, 5, |changed, what| {
            let opened = provider.decrypt_oaep(&key, hash, changed);
            assert_eq!(refused(opened), Some(ProviderError::Rejected), "{hash:?}: {what}");
        });
    }
}

/// Neither a shorter nor a longer ciphertext opens; nor one that is no number below the modulus.
pub fn every_other_length_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let key = made(provider, spec);
    let ciphertext = encrypt(provider, &key, HashAlgorithm::Sha256, b"text");
    let rejects = |ciphertext: &[u8], what: &str| {
        let opened = provider.decrypt_oaep(&key, HashAlgorithm::Sha256, ciphertext);
        assert_eq!(refused(opened), Some(ProviderError::Rejected), "{what}");
    };
    other_lengths(&ciphertext, rejects);
    rejects(&vec![0xff; modulus(spec)], "above the modulus");
    rejects(&vec![0; modulus(spec)], "zero");
}

/// Another key opens nothing, nor the same key with another hash.
pub fn the_wrong_key_or_hash_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let (key, other) = (made(provider, spec), made(provider, spec));
    let ciphertext = encrypt(provider, &key, HashAlgorithm::Sha256, b"text");
    let wrong_key = provider.decrypt_oaep(&other, HashAlgorithm::Sha256, &ciphertext);
    assert_eq!(refused(wrong_key), Some(ProviderError::Rejected));
    let wrong_hash = provider.decrypt_oaep(&key, HashAlgorithm::Sha1, &ciphertext);
    assert_eq!(refused(wrong_hash), Some(ProviderError::Rejected));
}

/// Every encryption has a seed of its own.
pub fn two_encryptions_differ(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let key = made(provider, spec);
    let twice = [(); 2].map(|()| encrypt(provider, &key, HashAlgorithm::Sha256, b"text"));
    let [first, second] = twice;
    assert_ne!(first, second);
}
