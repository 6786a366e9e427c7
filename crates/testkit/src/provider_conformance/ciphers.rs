//! AES keys: what they seal opens as it was, and nothing else opens.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{KeyFamily, KeySpec};
use secret::{Exposure, SecretBytes};
use spi::{CryptoProvider, KeyHandle, ProviderError};

use super::altered;

/// The kinds that this part is about.
#[must_use]
pub fn applies(spec: KeySpec) -> bool {
    spec.family() == KeyFamily::Aes
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
