//! Material: what it looks like, and that nothing else is taken for it.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{KeyFamily, KeySpec, UsageSet};
use spi::{CryptoProvider, ProviderError};

use super::{altered_each, kept, made, other_lengths, refused, shown, slow};

/// All kinds.
#[must_use]
pub fn applies(_: KeySpec) -> bool {
    true
}

fn refuses(provider: &dyn CryptoProvider, spec: KeySpec, material: &[u8], what: &str) {
    assert_eq!(
        refused(provider.load(spec, &kept(material))),
        Some(ProviderError::Malformed),
        "{spec:?}: {what}"
    );
}

/// Material of any other length is none.
pub fn malformed_material_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    if let Some(right) = spec.symmetric_len() {
        for len in (0..=129).filter(|len| *len != right) {
            refuses(provider, spec, &vec![7; len], &format!("{len} bytes"));
        }
        return;
    }
    let material = provider.generate(spec).unwrap();
    other_lengths(shown(&material), |material, what| refuses(provider, spec, material, what));
    refuses(provider, spec, &vec![0; material.len()], "zeros");
    refuses(provider, spec, &vec![0x30; material.len()], "no DER");
}

/// No byte of a private key can change. Where the key is a seed, what stands around it: every seed is a key.
pub fn altered_material_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let seed = match spec.family() {
        KeyFamily::Aes | KeyFamily::Hmac => return,
        KeyFamily::Rsa if slow(spec) => return,
        KeyFamily::Rsa | KeyFamily::Ecdsa => 0,
        KeyFamily::Eddsa | KeyFamily::Xdh | KeyFamily::MlDsa => 32,
        KeyFamily::MlKem => 64,
    };
    let material = provider.generate(spec).unwrap();
    let (fixed, seed) = shown(&material).split_at(material.len() - seed);
    let step = if fixed.len() > 300 { 11 } else { 1 };
    altered_each(fixed, step, &[1, 0x80], |fixed, what| {
        refuses(provider, spec, &[fixed, seed].concat(), what);
    });
}

/// A whole key of another kind is no key of this.
pub fn material_of_another_kind_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let material = provider.generate(spec).unwrap();
    for other in KeySpec::ALL.iter().copied().filter(|other| *other != spec) {
        // Any bytes of the right length are a symmetric key.
        let a_key_too = other.symmetric_len() == Some(material.len());
        if provider.supports(other, UsageSet::NONE) && !a_key_too {
            refuses(provider, other, shown(&material), &format!("a key of {spec:?}"));
        }
    }
}

/// Material is as long as its kind says, and different each time.
pub fn new_material_is_new(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let (first, second) = (provider.generate(spec).unwrap(), provider.generate(spec).unwrap());
    match spec.symmetric_len() {
        Some(len) => assert_eq!(first.len(), len),
        None => assert_eq!(shown(&first).first(), Some(&0x30), "PKCS#8"),
    }
    assert!(!first.ct_eq(&second));
}

/// A public key is the same each time and after loading anew, differs from others', and is DER to its last byte.
pub fn a_public_key_is_its_own(provider: &dyn CryptoProvider, spec: KeySpec) {
    if spec.symmetric_len().is_some() {
        assert_eq!(refused(provider.public_key(&made(provider, spec))), Some(ProviderError::Unsupported));
        return;
    }
    let material = provider.generate(spec).unwrap();
    let public = provider.public_key(&provider.load(spec, &material).unwrap()).unwrap();
    assert_eq!(public, provider.public_key(&provider.load(spec, &material).unwrap()).unwrap());
    assert!(slow(spec) || public != provider.public_key(&made(provider, spec)).unwrap());
    assert_eq!(public.len(), spki_len(spec), "{spec:?}");
}

/// Bytes of a `SubjectPublicKeyInfo` (RFC 5480, RFC 8410, RFC 9881, RFC 9935).
fn spki_len(spec: KeySpec) -> usize {
    match spec {
        KeySpec::Rsa2048 => 294,
        KeySpec::Rsa3072 => 422,
        KeySpec::Rsa4096 => 550,
        KeySpec::EcP256 => 91,
        KeySpec::EcP384 => 120,
        KeySpec::EcP521 => 158,
        KeySpec::EcSecp256k1 => 88,
        KeySpec::Ed25519 | KeySpec::X25519 => 44,
        KeySpec::MlDsa44 => 1334,
        KeySpec::MlDsa65 => 1974,
        KeySpec::MlDsa87 => 2614,
        KeySpec::MlKem512 => 822,
        KeySpec::MlKem768 => 1206,
        KeySpec::MlKem1024 => 1590,
        _ => 0,
    }
}
