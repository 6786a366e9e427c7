//! The suite that every `spi::CryptoProvider` passes: software, and later HSMs, alike.
//!
//! What a provider does beyond it, its known answers and its quirks, stand in that provider's own tests.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{KeySpec, Usage, UsageSet};
use secret::{Exposure, SecretBytes};
use spi::{CryptoProvider, KeyHandle, ProviderError};

/// Makes the suite's tests, in a module `provider_conformance`, for a provider (an expression that makes one) and the
/// symmetric keys for encryption that it says it supports.
#[macro_export]
macro_rules! provider_conformance {
    ($provider:expr, [$($spec:expr),+ $(,)?]) => {
        mod provider_conformance {
            use super::*;

            fn each(test: fn(&dyn spi::CryptoProvider, domain::KeySpec)) {
                let provider = $provider;
                [$($spec),+].into_iter().for_each(|spec| test(&provider, spec));
            }

            $crate::provider_conformance!(@tests
                round_trips,
                every_altered_byte_is_rejected,
                every_other_length_is_rejected,
                the_wrong_key_is_rejected,
                two_seals_differ,
                the_forms_do_not_open_each_other,
                malformed_material_is_refused,
                new_material_is_new,
            );

            #[test]
            fn support_is_told_honestly() {
                $crate::provider_conformance::support_is_told_honestly(&$provider, &[$($spec),+]);
            }

            #[test]
            fn foreign_handles_are_of_no_use() {
                $crate::provider_conformance::foreign_handles_are_of_no_use(&$provider);
            }

            #[test]
            fn random_bytes_are_as_many_as_asked() {
                $crate::provider_conformance::random_bytes_are_as_many_as_asked(&$provider);
            }
        }
    };
    (@tests $($name:ident),+ $(,)?) => {
        $(#[test] fn $name() { each($crate::provider_conformance::$name); })+
    };
}

const HEADER: &[u8] = b"a header of some format";
const AAD: &[u8] = b"context";
/// Bytes around an envelope's ciphertext: salt, commitment, nonce, tag.
const ENVELOPE_OVERHEAD: usize = 16 + 32 + 12 + 16;
/// Bytes around a direct ciphertext: nonce, tag.
const DIRECT_OVERHEAD: usize = 12 + 16;

#[derive(Clone, Copy, Debug)]
enum Form {
    Envelope,
    Direct,
}

const FORMS: [Form; 2] = [Form::Envelope, Form::Direct];

/// A key of the provider, and what the tests do with it.
struct Bench<'a> {
    provider: &'a dyn CryptoProvider,
    key: KeyHandle,
}

impl<'a> Bench<'a> {
    fn new(provider: &'a dyn CryptoProvider, spec: KeySpec) -> Self {
        let material = provider.generate(spec).unwrap();
        Self { provider, key: provider.load(spec, &material).unwrap() }
    }

    fn seal(&self, form: Form, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let plaintext = SecretBytes::take_vec(plaintext.to_vec());
        match form {
            Form::Direct => self.provider.seal_direct(&self.key, aad, &plaintext).unwrap(),
            Form::Envelope => {
                let mut out = HEADER.to_vec();
                self.provider.seal_envelope(&self.key, aad, &plaintext, &mut out).unwrap();
                out.strip_prefix(HEADER).unwrap().to_vec()
            }
        }
    }

    fn open(&self, form: Form, header: &[u8], aad: &[u8], body: &[u8]) -> Result<Vec<u8>, ProviderError> {
        let opened = match form {
            Form::Direct => self.provider.open_direct(&self.key, aad, body),
            Form::Envelope => self.provider.open_envelope(&self.key, header, aad, body),
        };
        opened.map(|text| text.expose(Exposure::ReturnToAuthorisedCaller).to_vec())
    }

    fn rejects(&self, form: Form, header: &[u8], aad: &[u8], body: &[u8], what: &str) {
        assert_eq!(self.open(form, header, aad, body), Err(ProviderError::Rejected), "{form:?}: {what}");
    }
}

/// What was sealed opens to the same, and is as long as its form says.
pub fn round_trips(provider: &dyn CryptoProvider, spec: KeySpec) {
    let bench = Bench::new(provider, spec);
    for form in FORMS {
        for len in [0, 1, 15, 16, 17, 64, 4096] {
            for aad in [&b""[..], AAD, &[7; 1000]] {
                let plaintext: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
                let body = bench.seal(form, aad, &plaintext);
                let overhead = match form {
                    Form::Envelope => ENVELOPE_OVERHEAD,
                    Form::Direct => DIRECT_OVERHEAD,
                };
                assert_eq!(body.len(), len + overhead, "{form:?}");
                assert_eq!(bench.open(form, HEADER, aad, &body).unwrap(), plaintext, "{form:?} {len}");
            }
        }
    }
}

/// No byte of body, header or additional data can change, in any one bit of it or all, and every change is answered
/// alike.
pub fn every_altered_byte_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    let bench = Bench::new(provider, spec);
    for form in FORMS {
        for plaintext in [&b""[..], b"a plaintext of more than one block"] {
            let body = bench.seal(form, AAD, plaintext);
            altered(&body, |body, what| bench.rejects(form, HEADER, AAD, body, what));
            altered(AAD, |aad, what| bench.rejects(form, HEADER, aad, &body, what));
            if matches!(form, Form::Envelope) {
                altered(HEADER, |header, what| bench.rejects(form, header, AAD, &body, what));
            }
        }
    }
}

fn altered(original: &[u8], mut test: impl FnMut(&[u8], &str)) {
    for at in 0..original.len() {
        for flip in [1, 0x80, 0xff] {
            let mut changed = original.to_vec();
            changed.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= flip);
            test(&changed, &format!("byte {at} of {} ^ {flip}", original.len()));
        }
    }
}

/// Neither a shorter nor a longer body opens, nor with more or less around it.
pub fn every_other_length_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    let bench = Bench::new(provider, spec);
    for form in FORMS {
        let body = bench.seal(form, AAD, b"some plaintext");
        for len in 0..body.len() {
            let (head, _) = body.split_at(len);
            bench.rejects(form, HEADER, AAD, head, &format!("cut to {len}"));
            let (_, tail) = body.split_at(body.len() - len);
            bench.rejects(form, HEADER, AAD, tail, &format!("the last {len}"));
        }
        bench.rejects(form, HEADER, AAD, &[&body[..], &[0]].concat(), "one byte longer");
        bench.rejects(form, HEADER, b"", &body, "no additional data");
        bench.rejects(form, HEADER, &[AAD, &[0]].concat(), &body, "more additional data");
    }
}

/// Another key of the same kind opens nothing.
pub fn the_wrong_key_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (bench, other) = (Bench::new(provider, spec), Bench::new(provider, spec));
    for form in FORMS {
        let body = bench.seal(form, AAD, b"some plaintext");
        other.rejects(form, HEADER, AAD, &body, "another key");
    }
}

/// Every message has a salt or nonce of its own.
pub fn two_seals_differ(provider: &dyn CryptoProvider, spec: KeySpec) {
    let bench = Bench::new(provider, spec);
    for form in FORMS {
        let (first, second) = (bench.seal(form, AAD, b"same"), bench.seal(form, AAD, b"same"));
        assert_ne!(first.first_chunk::<12>().unwrap(), second.first_chunk::<12>().unwrap(), "{form:?}");
        assert_ne!(first.last_chunk::<16>().unwrap(), second.last_chunk::<16>().unwrap(), "{form:?}");
    }
}

/// One key in both forms: a ciphertext of the one is none of the other, wherever it is cut.
pub fn the_forms_do_not_open_each_other(provider: &dyn CryptoProvider, spec: KeySpec) {
    let bench = Bench::new(provider, spec);
    let envelope = bench.seal(Form::Envelope, AAD, b"some plaintext");
    bench.rejects(Form::Direct, HEADER, AAD, &envelope, "a whole envelope");
    let (_, inner) = envelope.split_at(16 + 32);
    bench.rejects(Form::Direct, HEADER, &[HEADER, AAD].concat(), inner, "an envelope's inner part");
    let direct = bench.seal(Form::Direct, AAD, &[0; 64]);
    bench.rejects(Form::Envelope, b"", AAD, &direct, "a direct ciphertext");
}

/// Material of any other length is none.
pub fn malformed_material_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let right = spec.symmetric_len().unwrap();
    for len in (0..=65).filter(|len| *len != right) {
        let material = SecretBytes::take_vec(vec![7; len]);
        assert_eq!(provider.load(spec, &material).unwrap_err(), ProviderError::Malformed, "{len}");
    }
}

/// Material is as long as its kind says, and different each time.
pub fn new_material_is_new(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (first, second) = (provider.generate(spec).unwrap(), provider.generate(spec).unwrap());
    assert_eq!(Some(first.len()), spec.symmetric_len());
    assert!(!first.ct_eq(&second));
}

/// The supported kinds are exactly those named, for exactly the uses of this seam; the others are refused everywhere.
pub fn support_is_told_honestly(provider: &dyn CryptoProvider, supported: &[KeySpec]) {
    for spec in EVERY_SPEC {
        let named = supported.contains(&spec);
        for usage in spec.possible_usage().iter() {
            let one = UsageSet::NONE.with(usage);
            let expected = named && UsageSet::ENCRYPT_DECRYPT.allows(usage);
            assert_eq!(provider.supports(spec, one), expected, "{spec:?} {usage:?}");
        }
        let too_much = UsageSet::ENCRYPT_DECRYPT.with(Usage::Sign);
        assert!(!named || !provider.supports(spec, too_much), "{spec:?}");
        if !named {
            let material = SecretBytes::take_vec(vec![7; spec.symmetric_len().unwrap_or(32)]);
            assert_eq!(provider.generate(spec).unwrap_err(), ProviderError::Unsupported, "{spec:?}");
            assert_eq!(provider.load(spec, &material).unwrap_err(), ProviderError::Unsupported, "{spec:?}");
        }
    }
}

/// A handle that another provider made is refused by every use, and leaves the output as it was.
pub fn foreign_handles_are_of_no_use(provider: &dyn CryptoProvider) {
    let (foreign, text) = (KeyHandle::new("another provider's"), SecretBytes::take(&mut [1, 2, 3]));
    let mut out = HEADER.to_vec();
    let refused = [
        provider.seal_envelope(&foreign, AAD, &text, &mut out).err(),
        provider.open_envelope(&foreign, HEADER, AAD, &[0; 100]).err(),
        provider.seal_direct(&foreign, AAD, &text).err(),
        provider.open_direct(&foreign, AAD, &[0; 100]).err(),
    ];
    assert_eq!(refused, [Some(ProviderError::Unsupported); 4]);
    assert_eq!(out, HEADER);
}

/// Data keys are as long as asked, none included, and different.
pub fn random_bytes_are_as_many_as_asked(provider: &dyn CryptoProvider) {
    for len in [0, 1, 16, 32, 1024] {
        assert_eq!(provider.random(len).unwrap().len(), len);
    }
    assert!(!provider.random(32).unwrap().ct_eq(&provider.random(32).unwrap()));
}

const EVERY_SPEC: [KeySpec; 22] = [
    KeySpec::Aes128,
    KeySpec::Aes192,
    KeySpec::Aes256,
    KeySpec::HmacSha224,
    KeySpec::HmacSha256,
    KeySpec::HmacSha384,
    KeySpec::HmacSha512,
    KeySpec::Rsa2048,
    KeySpec::Rsa3072,
    KeySpec::Rsa4096,
    KeySpec::EcP256,
    KeySpec::EcP384,
    KeySpec::EcP521,
    KeySpec::EcSecp256k1,
    KeySpec::Ed25519,
    KeySpec::X25519,
    KeySpec::MlDsa44,
    KeySpec::MlDsa65,
    KeySpec::MlDsa87,
    KeySpec::MlKem512,
    KeySpec::MlKem768,
    KeySpec::MlKem1024,
];
