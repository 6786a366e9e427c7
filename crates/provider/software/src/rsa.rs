//! RSA (FIPS 186-5 §5; RFC 8017): keys of 2048, 3072 and 4096 bits with the public exponent 65537, and no other.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384,
    OAEP_SHA512_MGF1SHA512, OaepAlgorithm, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey, PublicKey,
};
use aws_lc_rs::signature::{self, KeyPair as _, RsaParameters, RsaSignatureEncoding, UnparsedPublicKey};
use domain::{HashAlgorithm, KeySpec, MessageForm, SignatureAlgorithm};
use secret::{Exposure, SecretBytes};
use spi::ProviderError;

use crate::lazy::filled;
use crate::{copied, failed, form, out_of_memory, same};

/// How every `RSAPublicKey` ends that we take: INTEGER 65537.
const EXPONENT: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];

/// An RSA key made ready.
pub(crate) struct LoadedRsa {
    pair: KeyPair,
    pub(crate) public: RsaPublic,
    /// For OAEP alone; the library keeps it apart from the pair that signs.
    decrypting: OnceLock<OaepPrivateDecryptingKey>,
}

/// The public half of an RSA key.
pub(crate) struct RsaPublic(PublicKey);

/// New material: PKCS#8, with the exponent that FIPS 186-5 and the library have in common, 65537.
pub(crate) fn generate(spec: KeySpec) -> Result<SecretBytes, ProviderError> {
    let pair = KeyPair::generate(size(spec)?).map_err(failed)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
    copied(der.as_ref())
}

impl LoadedRsa {
    /// Refuses what is not the one encoding of a whole key of this size: the library checks that the parts of the
    /// private half belong to each other and to the public half.
    pub(crate) fn load(spec: KeySpec, material: &SecretBytes) -> Result<Self, ProviderError> {
        let material = material.expose(Exposure::HandToProvider);
        let pair = KeyPair::from_pkcs8(material).map_err(|_| ProviderError::Malformed)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
        if !same(der.as_ref(), material) {
            return Err(ProviderError::Malformed);
        }
        let public = RsaPublic::of(spec, pair.public_key().clone())?;
        Ok(Self { pair, public, decrypting: OnceLock::new() })
    }

    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        let scheme = Scheme::of(algorithm)?;
        let mut signature = vec![0; self.pair.public_modulus_len()];
        match form {
            MessageForm::Raw => self.pair.sign(scheme.signing, &SystemRandom::new(), message, &mut signature),
            _ => {
                let digest = form::digest(scheme.hash, message)?;
                self.pair.sign_digest(scheme.signing, &digest, &mut signature)
            }
        }
        .map_err(failed)?;
        Ok(signature)
    }

    /// Opens into the arena. Whatever is wrong with a ciphertext, the answer is one (RFC 8017 §7.1.2, note).
    pub(crate) fn decrypt(
        &self,
        hash: HashAlgorithm,
        ciphertext: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        let (oaep, private) = (oaep(hash)?, filled(&self.decrypting, || self.decrypting_key())?);
        let open = |out: &mut [u8]| private.decrypt(oaep, ciphertext, out, None).map(|text| text.len());
        let (mut text, opened) =
            SecretBytes::try_build(private.min_output_size(), open).map_err(out_of_memory)?;
        text.truncate(opened.map_err(|_| ProviderError::Rejected)?);
        Ok(text)
    }

    fn decrypting_key(&self) -> Result<OaepPrivateDecryptingKey, ProviderError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(failed)?;
        let private =
            PrivateDecryptingKey::from_pkcs8(der.as_ref()).map_err(|_| ProviderError::Unavailable)?;
        OaepPrivateDecryptingKey::new(private).map_err(failed)
    }
}

impl RsaPublic {
    /// Refuses what is not the one encoding of a public key of this size.
    pub(crate) fn load(spec: KeySpec, spki: &[u8]) -> Result<Self, ProviderError> {
        let public = PublicKey::from_der(spki).map_err(|_| ProviderError::Malformed)?;
        if public.as_der().map_err(failed)?.as_ref() != spki {
            return Err(ProviderError::Malformed);
        }
        Self::of(spec, public)
    }

    fn of(spec: KeySpec, public: PublicKey) -> Result<Self, ProviderError> {
        let der = public.as_ref();
        let fits = der.len() == public_len(size(spec)?) && der.ends_with(&EXPONENT);
        if fits { Ok(Self(public)) } else { Err(ProviderError::Malformed) }
    }

    pub(crate) fn spki(&self) -> Result<Vec<u8>, ProviderError> {
        Ok(self.0.as_der().map_err(failed)?.as_ref().to_vec())
    }

    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), ProviderError> {
        let scheme = Scheme::of(algorithm)?;
        let public = UnparsedPublicKey::new(scheme.verifying, self.0.as_ref());
        match form {
            MessageForm::Raw => public.verify(message, signature),
            _ => public.verify_digest(&form::digest(scheme.hash, message)?, signature),
        }
        .map_err(|_| ProviderError::Rejected)
    }

    pub(crate) fn encrypt(
        &self,
        hash: HashAlgorithm,
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        let oaep = oaep(hash)?;
        let public = PublicEncryptingKey::from_der(&self.spki()?).map_err(|_| ProviderError::Unavailable)?;
        let public = OaepPublicEncryptingKey::new(public).map_err(failed)?;
        if plaintext.len() > public.max_plaintext_size(oaep) {
            return Err(ProviderError::Malformed);
        }
        let mut out = vec![0; public.ciphertext_size()];
        let plaintext = plaintext.expose(Exposure::HandToProvider);
        let len = public.encrypt(oaep, plaintext, &mut out, None).map_err(failed)?.len();
        out.truncate(len);
        Ok(out)
    }
}

/// A signature scheme as the library names it.
struct Scheme {
    hash: HashAlgorithm,
    signing: &'static RsaSignatureEncoding,
    verifying: &'static RsaParameters,
}

impl Scheme {
    /// SHA-224 is lawful too, but the library has no RSA with it.
    fn of(algorithm: SignatureAlgorithm) -> Result<Self, ProviderError> {
        use HashAlgorithm::{Sha256, Sha384, Sha512};
        use SignatureAlgorithm::{RsaPkcs1v15, RsaPss};
        let (signing, verifying): (_, &'static RsaParameters) = match algorithm {
            RsaPss(Sha256) => (&signature::RSA_PSS_SHA256, &signature::RSA_PSS_2048_8192_SHA256),
            RsaPss(Sha384) => (&signature::RSA_PSS_SHA384, &signature::RSA_PSS_2048_8192_SHA384),
            RsaPss(Sha512) => (&signature::RSA_PSS_SHA512, &signature::RSA_PSS_2048_8192_SHA512),
            RsaPkcs1v15(Sha256) => (&signature::RSA_PKCS1_SHA256, &signature::RSA_PKCS1_2048_8192_SHA256),
            RsaPkcs1v15(Sha384) => (&signature::RSA_PKCS1_SHA384, &signature::RSA_PKCS1_2048_8192_SHA384),
            RsaPkcs1v15(Sha512) => (&signature::RSA_PKCS1_SHA512, &signature::RSA_PKCS1_2048_8192_SHA512),
            _ => return Err(ProviderError::Unsupported),
        };
        let hash = algorithm.hash().ok_or(ProviderError::Unsupported)?;
        Ok(Self { hash, signing, verifying })
    }
}

fn oaep(hash: HashAlgorithm) -> Result<&'static OaepAlgorithm, ProviderError> {
    match hash {
        HashAlgorithm::Sha1 => Ok(&OAEP_SHA1_MGF1SHA1),
        HashAlgorithm::Sha256 => Ok(&OAEP_SHA256_MGF1SHA256),
        HashAlgorithm::Sha384 => Ok(&OAEP_SHA384_MGF1SHA384),
        HashAlgorithm::Sha512 => Ok(&OAEP_SHA512_MGF1SHA512),
        HashAlgorithm::Sha224 => Err(ProviderError::Unsupported),
    }
}

fn size(spec: KeySpec) -> Result<KeySize, ProviderError> {
    match spec {
        KeySpec::Rsa2048 => Ok(KeySize::Rsa2048),
        KeySpec::Rsa3072 => Ok(KeySize::Rsa3072),
        KeySpec::Rsa4096 => Ok(KeySize::Rsa4096),
        _ => Err(ProviderError::Unsupported),
    }
}

/// Bytes of an `RSAPublicKey` whose modulus has all its bits and whose exponent is [`EXPONENT`]: two headers of four
/// bytes, a zero before the modulus.
fn public_len(size: KeySize) -> usize {
    4 + 4 + 1 + size.len() + EXPONENT.len()
}
