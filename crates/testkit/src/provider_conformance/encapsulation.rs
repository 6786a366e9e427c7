//! Keys that secrets are encapsulated to.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{KeyFamily, KeySpec};
use spi::{CryptoProvider, ProviderError};

use super::{altered_sparsely, made, other_lengths, refused};

/// The kinds that this part is about.
#[must_use]
pub fn applies(spec: KeySpec) -> bool {
    spec.family() == KeyFamily::MlKem
}

/// Both sides have one secret of 32 bytes; the ciphertext is as long as FIPS 203 says.
pub fn both_sides_share_a_secret(provider: &dyn CryptoProvider, spec: KeySpec) {
    let key = made(provider, spec);
    let (ciphertext, secret) = provider.encapsulate(&key).unwrap();
    let len = match spec {
        KeySpec::MlKem512 => 768,
        KeySpec::MlKem768 => 1088,
        _ => 1568,
    };
    assert_eq!((ciphertext.len(), secret.len()), (len, 32));
    assert!(provider.decapsulate(&key, &ciphertext).unwrap().ct_eq(&secret));
    let other = provider.decapsulate(&made(provider, spec), &ciphertext).unwrap();
    assert!(!other.ct_eq(&secret));
}

/// Implicit rejection (FIPS 203 §7.3): no error tells what was wrong, and the secret is the same each time.
pub fn an_altered_ciphertext_gives_another_secret(provider: &dyn CryptoProvider, spec: KeySpec) {
    let key = made(provider, spec);
    let (ciphertext, secret) = provider.encapsulate(&key).unwrap();
    altered_sparsely(&ciphertext, 7, |changed, what| {
        let opened = provider.decapsulate(&key, changed).unwrap();
        assert!(!opened.ct_eq(&secret), "{what}");
        assert!(opened.ct_eq(&provider.decapsulate(&key, changed).unwrap()), "{what}");
    });
}

/// A ciphertext of another length is malformed.
pub fn every_other_length_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let key = made(provider, spec);
    let (ciphertext, _) = provider.encapsulate(&key).unwrap();
    other_lengths(&ciphertext, |ciphertext, what| {
        let opened = provider.decapsulate(&key, ciphertext);
        assert_eq!(refused(opened), Some(ProviderError::Malformed), "{what}");
    });
}

/// Every encapsulation is of a secret of its own.
pub fn two_encapsulations_differ(provider: &dyn CryptoProvider, spec: KeySpec) {
    let key = made(provider, spec);
    let (first, second) = (provider.encapsulate(&key).unwrap(), provider.encapsulate(&key).unwrap());
    assert_ne!(first.0, second.0);
    assert!(!first.1.ct_eq(&second.1));
}
