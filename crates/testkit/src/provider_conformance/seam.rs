//! The seam as a whole: what a provider says it does, and handles that are of no use.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{HashAlgorithm, KeyFamily, KeySpec, MessageForm, SignatureAlgorithm, Usage, UsageSet};
use spi::{CryptoProvider, KeyHandle, KeyWrap, ProviderError};

use super::signatures::every_scheme;
use super::{kept, made, refused, slow, uses};

const UNSUPPORTED: Option<ProviderError> = Some(ProviderError::Unsupported);

/// The supported kinds are exactly those named, for exactly the uses of this seam; the others are refused everywhere.
pub fn support_is_told_honestly(provider: &dyn CryptoProvider, supported: &[KeySpec]) {
    for spec in KeySpec::ALL.iter().copied() {
        let named = supported.contains(&spec);
        for usage in spec.possible_usage().iter().chain([Usage::DeriveKey]) {
            let one = UsageSet::NONE.with(usage);
            let expected = named && uses(spec).allows(usage);
            assert_eq!(provider.supports(spec, one), expected, "{spec:?} {usage:?}");
        }
        assert_eq!(provider.supports(spec, uses(spec)), named, "{spec:?}");
        let too_much =
            uses(spec).with(if spec.symmetric_len().is_some() { Usage::Sign } else { Usage::DeriveKey });
        assert!(!provider.supports(spec, too_much), "{spec:?}");
        if !named {
            let material = kept(&vec![7; spec.symmetric_len().unwrap_or(32)]);
            assert_eq!(refused(provider.generate(spec)), UNSUPPORTED, "{spec:?}");
            assert_eq!(refused(provider.load(spec, &material)), UNSUPPORTED, "{spec:?}");
        }
    }
}

/// A key of each kind is asked for everything that its kind has no use for.
pub fn no_key_does_what_its_kind_does_not(provider: &dyn CryptoProvider, supported: &[KeySpec]) {
    for spec in supported.iter().copied().filter(|spec| !slow(*spec)) {
        let key = made(provider, spec);
        let family = spec.family();
        if family != KeyFamily::Aes {
            assert_eq!(ciphers(provider, &key), [UNSUPPORTED; 6], "{spec:?}");
        }
        if !uses(spec).allows(Usage::Sign) {
            every_scheme().into_iter().for_each(|scheme| {
                assert_eq!(signatures(provider, &key, scheme), [UNSUPPORTED; 2], "{spec:?} {scheme:?}");
            });
        }
        if family != KeyFamily::Hmac {
            assert_eq!(macs(provider, &key), [UNSUPPORTED; 2], "{spec:?}");
        }
        if family != KeyFamily::Rsa {
            assert_eq!(oaep(provider, &key), [UNSUPPORTED; 2], "{spec:?}");
        }
        if !uses(spec).allows(Usage::AgreeKey) {
            assert_eq!(refused(provider.agree(&key, &[0x30, 0])), UNSUPPORTED, "{spec:?}");
        }
        if family != KeyFamily::MlKem {
            assert_eq!(encapsulation(provider, &key), [UNSUPPORTED; 2], "{spec:?}");
        }
    }
}

/// A handle that another provider made is refused by every use, and leaves the output as it was.
pub fn foreign_handles_are_of_no_use(provider: &dyn CryptoProvider) {
    let foreign = KeyHandle::new("another provider's");
    assert_eq!(ciphers(provider, &foreign), [UNSUPPORTED; 6]);
    assert_eq!(signatures(provider, &foreign, SignatureAlgorithm::Ed25519), [UNSUPPORTED; 2]);
    assert_eq!(macs(provider, &foreign), [UNSUPPORTED; 2]);
    assert_eq!(oaep(provider, &foreign), [UNSUPPORTED; 2]);
    assert_eq!(encapsulation(provider, &foreign), [UNSUPPORTED; 2]);
    assert_eq!(refused(provider.agree(&foreign, &[0x30, 0])), UNSUPPORTED);
    assert_eq!(refused(provider.public_key(&foreign)), UNSUPPORTED);
}

fn ciphers(provider: &dyn CryptoProvider, key: &KeyHandle) -> [Option<ProviderError>; 6] {
    let (text, mut out) = (kept(&[1, 2, 3]), b"header".to_vec());
    let refusals = [
        refused(provider.seal_envelope(key, b"aad", &text, &mut out)),
        refused(provider.open_envelope(key, b"header", b"aad", &[0; 100])),
        refused(provider.seal_direct(key, b"aad", &text)),
        refused(provider.open_direct(key, b"aad", &[0; 100])),
        refused(provider.wrap_key(key, KeyWrap::Kwp, &text)),
        refused(provider.unwrap_key(key, KeyWrap::Kwp, &[0; 24])),
    ];
    assert_eq!(out, b"header");
    refusals
}

fn signatures(
    provider: &dyn CryptoProvider,
    key: &KeyHandle,
    scheme: SignatureAlgorithm,
) -> [Option<ProviderError>; 2] {
    [
        refused(provider.sign(key, scheme, MessageForm::Raw, b"text")),
        refused(provider.verify(key, scheme, MessageForm::Raw, b"text", &[0; 64])),
    ]
}

fn macs(provider: &dyn CryptoProvider, key: &KeyHandle) -> [Option<ProviderError>; 2] {
    [
        refused(provider.mac(key, HashAlgorithm::Sha256, b"text")),
        refused(provider.verify_mac(key, HashAlgorithm::Sha256, b"text", &[0; 32])),
    ]
}

fn oaep(provider: &dyn CryptoProvider, key: &KeyHandle) -> [Option<ProviderError>; 2] {
    [
        refused(provider.encrypt_oaep(key, HashAlgorithm::Sha256, &kept(b"text"))),
        refused(provider.decrypt_oaep(key, HashAlgorithm::Sha256, &[1; 256])),
    ]
}

fn encapsulation(provider: &dyn CryptoProvider, key: &KeyHandle) -> [Option<ProviderError>; 2] {
    [refused(provider.encapsulate(key)), refused(provider.decapsulate(key, &[1; 1088]))]
}

/// Data keys are as long as asked, none included, and different.
pub fn random_bytes_are_as_many_as_asked(provider: &dyn CryptoProvider) {
    for len in [0, 1, 16, 32, 1024] {
        assert_eq!(provider.random(len).unwrap().len(), len);
    }
    assert!(!provider.random(32).unwrap().ct_eq(&provider.random(32).unwrap()));
}
