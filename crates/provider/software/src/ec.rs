//! Elliptic curves in short Weierstrass form: ECDSA (FIPS 186-5 §6) and ECDH (NIST SP 800-56A r3 §5.7.1.2).
//!
//! A curve signs with the one hash that is as strong as it is (NIST SP 800-57 pt 1 r5 §5.6.1).

use std::sync::OnceLock;

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair, ParsedPublicKey,
};
use domain::{HashAlgorithm, KeySpec, MessageForm, SignatureAlgorithm};
use secret::{Exposure, SecretBytes};
use spi::ProviderError;

use crate::lazy::filled;
use crate::{agree, copied, failed, form, same};

/// A key on a curve, made ready.
pub(crate) struct LoadedEc {
    pair: EcdsaKeyPair,
    pub(crate) public: EcPublic,
    /// For agreement alone; the library keeps it apart from the pair that signs.
    agreeing: OnceLock<agreement::PrivateKey>,
}

/// The public half of a key on a curve.
pub(crate) struct EcPublic {
    curve: &'static Curve,
    point: ParsedPublicKey,
    spki: Vec<u8>,
}

/// A curve with what is done on it.
struct Curve {
    hash: HashAlgorithm,
    signing: &'static EcdsaSigningAlgorithm,
    verifying: &'static EcdsaVerificationAlgorithm,
    agreement: Option<&'static agreement::Algorithm>,
    /// A `SubjectPublicKeyInfo` up to its point: named curve, no unused bits (RFC 5480 §2).
    spki: &'static [u8],
    /// Bytes of an uncompressed point.
    point: usize,
}

/// New material: PKCS#8 with an `ECPrivateKey` that holds its public half (RFC 5915 §3).
pub(crate) fn generate(spec: KeySpec) -> Result<SecretBytes, ProviderError> {
    let pair = EcdsaKeyPair::generate(curve(spec)?.signing).map_err(failed)?;
    copied(pair.to_pkcs8v1().map_err(failed)?.as_ref())
}

impl LoadedEc {
    /// Refuses what is not the one encoding of a whole key on this curve: the library checks that the public half is
    /// a point of the curve and belongs to the private one.
    pub(crate) fn load(spec: KeySpec, material: &SecretBytes) -> Result<Self, ProviderError> {
        let (curve, material) = (curve(spec)?, material.expose(Exposure::HandToProvider));
        let pair = EcdsaKeyPair::from_pkcs8(curve.signing, material).map_err(|_| ProviderError::Malformed)?;
        if !same(pair.to_pkcs8v1().map_err(failed)?.as_ref(), material) {
            return Err(ProviderError::Malformed);
        }
        let public = EcPublic::of(curve, pair.public_key().as_ref())?;
        Ok(Self { pair, public, agreeing: OnceLock::new() })
    }

    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        let hash = self.public.hash(algorithm)?;
        let signature = match form {
            MessageForm::Raw => self.pair.sign(&SystemRandom::new(), message),
            _ => self.pair.sign_digest(&form::digest(hash, message)?),
        };
        Ok(signature.map_err(failed)?.as_ref().to_vec())
    }

    /// The x-coordinate of the shared point.
    pub(crate) fn agree(&self, peer: &[u8]) -> Result<SecretBytes, ProviderError> {
        let curve = self.public.curve;
        let algorithm = curve.agreement.ok_or(ProviderError::Unsupported)?;
        let private = filled(&self.agreeing, || self.agreeing_key(algorithm))?;
        agree::with(private, curve.raw(peer)?)
    }

    fn agreeing_key(
        &self,
        algorithm: &'static agreement::Algorithm,
    ) -> Result<agreement::PrivateKey, ProviderError> {
        let der = self.pair.to_pkcs8v1().map_err(failed)?;
        agreement::PrivateKey::from_private_key_der(algorithm, der.as_ref())
            .map_err(|_| ProviderError::Unavailable)
    }
}

impl EcPublic {
    /// Refuses what is not the one encoding of a point of the curve, uncompressed.
    pub(crate) fn load(spec: KeySpec, spki: &[u8]) -> Result<Self, ProviderError> {
        let curve = curve(spec)?;
        Self::of(curve, curve.raw(spki)?).map_err(|_| ProviderError::Malformed)
    }

    fn of(curve: &'static Curve, point: &[u8]) -> Result<Self, ProviderError> {
        let spki = [curve.spki, point].concat();
        let point = ParsedPublicKey::new(curve.verifying, point).map_err(|_| ProviderError::Unavailable)?;
        Ok(Self { curve, point, spki })
    }

    pub(crate) fn spki(&self) -> Vec<u8> {
        self.spki.clone()
    }

    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), ProviderError> {
        let hash = self.hash(algorithm)?;
        match form {
            MessageForm::Raw => self.point.verify_sig(message, signature),
            _ => self.point.verify_digest_sig(&form::digest(hash, message)?, signature),
        }
        .map_err(|_| ProviderError::Rejected)
    }

    fn hash(&self, algorithm: SignatureAlgorithm) -> Result<HashAlgorithm, ProviderError> {
        match algorithm {
            SignatureAlgorithm::Ecdsa(hash) if hash == self.curve.hash => Ok(hash),
            _ => Err(ProviderError::Unsupported),
        }
    }
}

impl Curve {
    /// The point in a `SubjectPublicKeyInfo`.
    fn raw<'a>(&self, spki: &'a [u8]) -> Result<&'a [u8], ProviderError> {
        let uncompressed = |point: &&[u8]| point.len() == self.point && point.first() == Some(&4);
        spki.strip_prefix(self.spki).filter(uncompressed).ok_or(ProviderError::Malformed)
    }
}

fn curve(spec: KeySpec) -> Result<&'static Curve, ProviderError> {
    match spec {
        KeySpec::EcP256 => Ok(&P256),
        KeySpec::EcP384 => Ok(&P384),
        KeySpec::EcP521 => Ok(&P521),
        KeySpec::EcSecp256k1 => Ok(&SECP256K1),
        _ => Err(ProviderError::Unsupported),
    }
}

static P256: Curve = Curve {
    hash: HashAlgorithm::Sha256,
    signing: &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
    verifying: &signature::ECDSA_P256_SHA256_ASN1,
    agreement: Some(&ECDH_P256),
    spki: &[
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ],
    point: 65,
};

static P384: Curve = Curve {
    hash: HashAlgorithm::Sha384,
    signing: &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
    verifying: &signature::ECDSA_P384_SHA384_ASN1,
    agreement: Some(&ECDH_P384),
    spki: &[
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
        0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
    ],
    point: 97,
};

static P521: Curve = Curve {
    hash: HashAlgorithm::Sha512,
    signing: &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
    verifying: &signature::ECDSA_P521_SHA512_ASN1,
    agreement: Some(&ECDH_P521),
    spki: &[
        0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
        0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00,
    ],
    point: 133,
};

/// SEC 2 §2.4.1. The library agrees on no key over it.
static SECP256K1: Curve = Curve {
    hash: HashAlgorithm::Sha256,
    signing: &signature::ECDSA_P256K1_SHA256_ASN1_SIGNING,
    verifying: &signature::ECDSA_P256K1_SHA256_ASN1,
    agreement: None,
    spki: &[
        0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
        0x04, 0x00, 0x0a, 0x03, 0x42, 0x00,
    ],
    point: 65,
};
