//! Keys that sign: every scheme that fits them, every form of a message.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use aws_lc_rs::digest;
use domain::{HashAlgorithm, KeyFamily, KeySpec, MessageForm, SignatureAlgorithm, Usage};
use spi::{CryptoProvider, KeyHandle, ProviderError};

use super::{altered_each, altered_sparsely, made, other_lengths, refused, shake256, slow, uses};

/// The kinds that this part is about.
#[must_use]
pub fn applies(spec: KeySpec) -> bool {
    uses(spec).allows(Usage::Sign)
}

const MESSAGE: &[u8] = b"a message of some length, to be signed";

const HASHES: [HashAlgorithm; 5] = [
    HashAlgorithm::Sha1,
    HashAlgorithm::Sha224,
    HashAlgorithm::Sha256,
    HashAlgorithm::Sha384,
    HashAlgorithm::Sha512,
];

const FORMS: [MessageForm; 3] = [MessageForm::Raw, MessageForm::Digest, MessageForm::ExternalMu];

/// Every scheme there is, whatever the key.
pub(super) fn every_scheme() -> Vec<SignatureAlgorithm> {
    use SignatureAlgorithm::{Ecdsa, Ed25519, Ed25519Ph, MlDsa, RsaPkcs1v15, RsaPss};
    let hashed = HASHES.into_iter().flat_map(|hash| [RsaPss(hash), RsaPkcs1v15(hash), Ecdsa(hash)]);
    hashed.chain([Ed25519, Ed25519Ph, MlDsa]).collect()
}

/// The schemes that every provider with such a key has: those of the dialects.
fn required(spec: KeySpec) -> Vec<SignatureAlgorithm> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    use SignatureAlgorithm::{Ecdsa, Ed25519, Ed25519Ph, MlDsa, RsaPkcs1v15, RsaPss};
    match (spec.family(), spec) {
        (KeyFamily::Rsa, _) => {
            [Sha256, Sha384, Sha512].into_iter().flat_map(|hash| [RsaPss(hash), RsaPkcs1v15(hash)]).collect()
        }
        (_, KeySpec::EcP384) => vec![Ecdsa(Sha384)],
        (_, KeySpec::EcP521) => vec![Ecdsa(Sha512)],
        (KeyFamily::Ecdsa, _) => vec![Ecdsa(Sha256)],
        (KeyFamily::Eddsa, _) => vec![Ed25519, Ed25519Ph],
        _ => vec![MlDsa],
    }
}

/// A key, and messages in each form for it.
struct Bench<'a> {
    provider: &'a dyn CryptoProvider,
    key: KeyHandle,
}

impl<'a> Bench<'a> {
    fn new(provider: &'a dyn CryptoProvider, spec: KeySpec) -> Self {
        Self { provider, key: made(provider, spec) }
    }

    /// A message in a form; `None` where the scheme does not know the form.
    fn message(&self, algorithm: SignatureAlgorithm, form: MessageForm, text: &[u8]) -> Option<Vec<u8>> {
        algorithm.message_len(form).ok()?;
        match form {
            MessageForm::Raw => Some(text.to_vec()),
            MessageForm::Digest => Some(hashed(algorithm.hash()?, text)),
            MessageForm::ExternalMu => Some(self.mu(text)),
        }
    }

    /// FIPS 204 algorithm 3 step 10 and algorithm 7 step 6, with an empty context.
    fn mu(&self, text: &[u8]) -> Vec<u8> {
        let spki = self.provider.public_key(&self.key).unwrap();
        let raw = spki.get(22..).unwrap();
        shake256(&[&shake256(&[raw]), &[0, 0], text]).to_vec()
    }

    fn sign(&self, algorithm: SignatureAlgorithm, form: MessageForm, message: &[u8]) -> Vec<u8> {
        self.provider.sign(&self.key, algorithm, form, message).unwrap()
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), ProviderError> {
        self.provider.verify(&self.key, algorithm, form, message, signature)
    }

    /// Every required scheme in every form that it knows, with a message in that form.
    fn cases(&self, spec: KeySpec) -> Vec<(SignatureAlgorithm, MessageForm, Vec<u8>)> {
        let all = required(spec).into_iter().flat_map(|algorithm| FORMS.map(|form| (algorithm, form)));
        all.filter_map(|(algorithm, form)| Some((algorithm, form, self.message(algorithm, form, MESSAGE)?)))
            .collect()
    }
}

fn hashed(hash: HashAlgorithm, text: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        HashAlgorithm::Sha224 => &digest::SHA224,
        HashAlgorithm::Sha256 => &digest::SHA256,
        HashAlgorithm::Sha384 => &digest::SHA384,
        HashAlgorithm::Sha512 => &digest::SHA512,
    };
    digest::digest(algorithm, text).as_ref().to_vec()
}

/// What is required works; what fits beyond that works or is refused as unsupported, both ways alike; what does not
/// fit is refused.
pub fn every_scheme_verifies_or_is_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (bench, required) = (Bench::new(provider, spec), required(spec));
    for algorithm in every_scheme() {
        for form in FORMS {
            let known = bench.message(algorithm, form, MESSAGE).filter(|_| algorithm.fits(spec));
            let message = known.clone().unwrap_or_else(|| vec![7; 64]);
            let signed = provider.sign(&bench.key, algorithm, form, &message);
            let what = format!("{spec:?} {algorithm:?} {form:?}");
            assert!(known.is_some() || signed.is_err(), "{what}: made, though it does not fit");
            match signed {
                Ok(signature) => {
                    assert_eq!(bench.verify(algorithm, form, &message, &signature), Ok(()), "{what}")
                }
                Err(error) => {
                    assert_eq!(error, ProviderError::Unsupported, "{what}");
                    assert!(known.is_none() || !required.contains(&algorithm), "{what}: required");
                    let verified = bench.verify(algorithm, form, &message, &[7; 64]);
                    assert_eq!(verified, Err(ProviderError::Unsupported), "{what}");
                }
            }
        }
    }
}

/// Signed as one and verified as the other, whatever the length of the message.
pub fn a_message_and_its_digest_are_one(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let bench = Bench::new(provider, spec);
    let raw_and_digest = |algorithm: &SignatureAlgorithm| {
        [MessageForm::Raw, MessageForm::Digest].into_iter().all(|form| algorithm.message_len(form).is_ok())
    };
    for algorithm in required(spec).into_iter().filter(raw_and_digest) {
        for text in [&b""[..], MESSAGE, &[9; 4096]] {
            let digest = bench.message(algorithm, MessageForm::Digest, text).unwrap();
            let of_text = bench.sign(algorithm, MessageForm::Raw, text);
            assert_eq!(
                bench.verify(algorithm, MessageForm::Digest, &digest, &of_text),
                Ok(()),
                "{algorithm:?}"
            );
            let of_digest = bench.sign(algorithm, MessageForm::Digest, &digest);
            assert_eq!(bench.verify(algorithm, MessageForm::Raw, text, &of_digest), Ok(()), "{algorithm:?}");
        }
    }
}

/// The same for ML-DSA's µ, computed here from the public key.
pub fn a_representative_is_its_message(provider: &dyn CryptoProvider, spec: KeySpec) {
    use MessageForm::{ExternalMu, Raw};
    let algorithm = SignatureAlgorithm::MlDsa;
    if !algorithm.fits(spec) {
        return;
    }
    let bench = Bench::new(provider, spec);
    for text in [&b""[..], MESSAGE, &[9; 4096]] {
        let mu = bench.mu(text);
        assert_eq!(bench.verify(algorithm, ExternalMu, &mu, &bench.sign(algorithm, Raw, text)), Ok(()));
        assert_eq!(bench.verify(algorithm, Raw, text, &bench.sign(algorithm, ExternalMu, &mu)), Ok(()));
    }
}

/// No byte of the signature or of what was signed can change.
pub fn every_altered_byte_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let bench = Bench::new(provider, spec);
    for (algorithm, form, message) in bench.cases(spec) {
        let signature = bench.sign(algorithm, form, &message);
        let rejects = |message: &[u8], signature: &[u8], what: &str| {
            let verified = bench.verify(algorithm, form, message, signature);
            assert_eq!(verified, Err(ProviderError::Rejected), "{spec:?} {algorithm:?} {form:?}: {what}");
        };
        match signature.len() {
            0..=160 => {
                altered_each(&signature, 1, &[1, 0x80], |changed, what| rejects(&message, changed, what))
            }
            _ => altered_sparsely(&signature, 7, |changed, what| rejects(&message, changed, what)),
        }
        altered_each(&message, 1, &[1], |changed, what| rejects(changed, &signature, what));
    }
}

/// Neither a shorter nor a longer signature verifies, none of zeros and no empty one.
pub fn every_other_length_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let bench = Bench::new(provider, spec);
    for (algorithm, form, message) in bench.cases(spec) {
        let signature = bench.sign(algorithm, form, &message);
        let rejects = |signature: &[u8], what: &str| {
            let verified = bench.verify(algorithm, form, &message, signature);
            assert_eq!(verified, Err(ProviderError::Rejected), "{spec:?} {algorithm:?} {form:?}: {what}");
        };
        other_lengths(&signature, rejects);
        rejects(&vec![0; signature.len()], "zeros");
        rejects(&[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00], "r and s are zero");
    }
}

/// Another key of the same kind verifies nothing.
pub fn the_wrong_key_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let (bench, other) = (Bench::new(provider, spec), Bench::new(provider, spec));
    for (algorithm, form, message) in bench.cases(spec) {
        let signature = bench.sign(algorithm, form, &message);
        let verified = other.verify(algorithm, form, &message, &signature);
        assert_eq!(verified, Err(ProviderError::Rejected), "{spec:?} {algorithm:?} {form:?}");
    }
}

/// A signature of one scheme is none of another, though the key is the same.
pub fn one_scheme_verifies_nothing_of_another(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let bench = Bench::new(provider, spec);
    for (signed_with, signed_form, message) in bench.cases(spec) {
        let signature = bench.sign(signed_with, signed_form, &message);
        for (algorithm, form, message) in bench.cases(spec) {
            if algorithm != signed_with {
                let verified = bench.verify(algorithm, form, &message, &signature);
                let what = format!("{spec:?} {signed_with:?} as {algorithm:?} {form:?}");
                assert_eq!(verified, Err(ProviderError::Rejected), "{what}");
            }
        }
    }
}

/// A digest has its hash's length, µ has 64 bytes; a form that a scheme does not know is not supported.
pub fn wrong_lengths_and_forms_are_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    if slow(spec) {
        return;
    }
    let bench = Bench::new(provider, spec);
    for algorithm in required(spec) {
        for form in FORMS {
            let (wrong, expected) = match algorithm.message_len(form) {
                Ok(None) => continue,
                Ok(Some(len)) => (vec![0, 1, 20, len - 1, len + 1, 2 * len], ProviderError::Malformed),
                Err(_) => (vec![0, 32, 64], ProviderError::Unsupported),
            };
            for message in wrong.into_iter().map(|len| vec![5; len]) {
                let what = format!("{spec:?} {algorithm:?} {form:?} {}", message.len());
                let signed = refused(provider.sign(&bench.key, algorithm, form, &message));
                assert_eq!(signed, Some(expected), "{what}");
                let verified = refused(bench.verify(algorithm, form, &message, &[5; 64]));
                assert_eq!(verified, Some(expected), "{what}");
            }
        }
    }
}
