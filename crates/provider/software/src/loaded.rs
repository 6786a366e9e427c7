//! What a [`KeyHandle`] of this provider holds, and which kinds there are.

use domain::{KeyFamily, KeySpec, UsageSet};
use secret::SecretBytes;
use spi::{KeyHandle, ProviderError};

use crate::aes::LoadedAes;
use crate::ec::{self, EcPublic, LoadedEc};
use crate::edwards::{Ed25519Public, LoadedEd25519};
use crate::mac::LoadedHmac;
use crate::ml_dsa::LoadedMlDsa;
use crate::ml_kem::LoadedMlKem;
use crate::rsa::{self, LoadedRsa, RsaPublic};
use crate::x25519::LoadedX25519;
use crate::{drawn, seeded};

/// A key made ready.
pub(crate) struct Loaded {
    pub(crate) spec: KeySpec,
    pub(crate) key: Key,
}

/// The key itself. Boxed where it is large, so that a small one costs little.
pub(crate) enum Key {
    Aes(Box<LoadedAes>),
    Hmac(Box<LoadedHmac>),
    Rsa(Box<LoadedRsa>),
    Ec(Box<LoadedEc>),
    Ed25519(Box<LoadedEd25519>),
    X25519(LoadedX25519),
    MlDsa(LoadedMlDsa),
    MlKem(LoadedMlKem),
    Public(Box<Public>),
}

/// A public half alone.
pub(crate) enum Public {
    Rsa(RsaPublic),
    Ec(EcPublic),
    Ed25519(Ed25519Public),
    MlDsa(LoadedMlDsa),
    MlKem(LoadedMlKem),
}

impl Loaded {
    pub(crate) fn load(spec: KeySpec, material: &SecretBytes) -> Result<Self, ProviderError> {
        if spec.symmetric_len().is_some_and(|len| len != material.len()) {
            return Err(ProviderError::Malformed);
        }
        let key = match spec.family() {
            KeyFamily::Aes => Key::Aes(Box::new(LoadedAes::load(material)?)),
            KeyFamily::Hmac => Key::Hmac(Box::new(LoadedHmac::load(spec, material)?)),
            KeyFamily::Rsa => Key::Rsa(Box::new(LoadedRsa::load(spec, material)?)),
            KeyFamily::Ecdsa => Key::Ec(Box::new(LoadedEc::load(spec, material)?)),
            KeyFamily::Eddsa => Key::Ed25519(Box::new(LoadedEd25519::load(material)?)),
            KeyFamily::Xdh => Key::X25519(LoadedX25519::load(material)?),
            KeyFamily::MlDsa => Key::MlDsa(LoadedMlDsa::load(spec, material)?),
            KeyFamily::MlKem => Key::MlKem(LoadedMlKem::load(spec, material)?),
        };
        Ok(Self { spec, key })
    }

    /// Of a public half alone.
    pub(crate) fn load_public(spec: KeySpec, spki: &[u8]) -> Result<Self, ProviderError> {
        let key = match spec.family() {
            KeyFamily::Rsa => Public::Rsa(RsaPublic::load(spec, spki)?),
            KeyFamily::Ecdsa => Public::Ec(EcPublic::load(spec, spki)?),
            KeyFamily::Eddsa => Public::Ed25519(Ed25519Public::load(spki)?),
            KeyFamily::MlDsa => Public::MlDsa(LoadedMlDsa::load_public(spec, spki)?),
            KeyFamily::MlKem => Public::MlKem(LoadedMlKem::load_public(spec, spki)?),
            KeyFamily::Aes | KeyFamily::Hmac | KeyFamily::Xdh => return Err(ProviderError::Unsupported),
        };
        Ok(Self { spec, key: Key::Public(Box::new(key)) })
    }

    /// A handle's own key; another provider's handle is of no use here.
    pub(crate) fn of(handle: &KeyHandle) -> Result<&Self, ProviderError> {
        handle.inner().ok_or(ProviderError::Unsupported)
    }

    pub(crate) fn aes(handle: &KeyHandle) -> Result<&LoadedAes, ProviderError> {
        match &Self::of(handle)?.key {
            Key::Aes(key) => Ok(key),
            _ => Err(ProviderError::Unsupported),
        }
    }

    pub(crate) fn hmac(handle: &KeyHandle) -> Result<&LoadedHmac, ProviderError> {
        match &Self::of(handle)?.key {
            Key::Hmac(key) => Ok(key),
            _ => Err(ProviderError::Unsupported),
        }
    }

    pub(crate) fn rsa(handle: &KeyHandle) -> Result<&LoadedRsa, ProviderError> {
        match &Self::of(handle)?.key {
            Key::Rsa(key) => Ok(key),
            _ => Err(ProviderError::Unsupported),
        }
    }

    /// The public half of an RSA key, whole or not.
    pub(crate) fn rsa_public(handle: &KeyHandle) -> Result<&RsaPublic, ProviderError> {
        match &Self::of(handle)?.key {
            Key::Rsa(key) => Ok(&key.public),
            Key::Public(public) => match public.as_ref() {
                Public::Rsa(key) => Ok(key),
                _ => Err(ProviderError::Unsupported),
            },
            _ => Err(ProviderError::Unsupported),
        }
    }

    pub(crate) fn ml_kem(handle: &KeyHandle) -> Result<&LoadedMlKem, ProviderError> {
        match &Self::of(handle)?.key {
            Key::MlKem(key) => Ok(key),
            _ => Err(ProviderError::Unsupported),
        }
    }

    /// An ML-KEM key, whole or not.
    pub(crate) fn ml_kem_public(handle: &KeyHandle) -> Result<&LoadedMlKem, ProviderError> {
        match &Self::of(handle)?.key {
            Key::MlKem(key) => Ok(key),
            Key::Public(public) => match public.as_ref() {
                Public::MlKem(key) => Ok(key),
                _ => Err(ProviderError::Unsupported),
            },
            _ => Err(ProviderError::Unsupported),
        }
    }

    pub(crate) fn spki(&self) -> Result<Vec<u8>, ProviderError> {
        match &self.key {
            Key::Rsa(key) => key.public.spki(),
            Key::Ec(key) => Ok(key.public.spki()),
            Key::Ed25519(key) => Ok(key.public.spki()),
            Key::X25519(key) => key.public_key(),
            Key::MlDsa(key) => key.public_key(),
            Key::MlKem(key) => key.public_key(),
            Key::Public(public) => match public.as_ref() {
                Public::Rsa(key) => key.spki(),
                Public::Ec(key) => Ok(key.spki()),
                Public::Ed25519(key) => Ok(key.spki()),
                Public::MlDsa(key) => key.public_key(),
                Public::MlKem(key) => key.public_key(),
            },
            Key::Aes(_) | Key::Hmac(_) => Err(ProviderError::Unsupported),
        }
    }
}

/// New material, read back once: that checks an asymmetric key's halves against each other.
pub(crate) fn generate(spec: KeySpec) -> Result<SecretBytes, ProviderError> {
    let material = match (spec.family(), spec.symmetric_len()) {
        (_, Some(len)) => return drawn(len),
        (KeyFamily::Rsa, None) => rsa::generate(spec),
        (KeyFamily::Ecdsa, None) => ec::generate(spec),
        _ => seeded::generate(spec),
    }?;
    Loaded::load(spec, &material)?.proves_itself().map(|()| material)
}

/// The uses that this provider has for a kind of key.
pub(crate) const fn uses(spec: KeySpec) -> UsageSet {
    match (spec.family(), spec) {
        (KeyFamily::Aes, _) => UsageSet::ENCRYPT_DECRYPT,
        (KeyFamily::Hmac, _) => UsageSet::MAC,
        (_, KeySpec::EcSecp256k1) => UsageSet::SIGN_VERIFY,
        _ => spec.possible_usage(),
    }
}

impl Loaded {
    /// The pairwise test of FIPS 140-3 IG 10.3.A for keys made here from a seed; the library has its own for those it
    /// makes, in its FIPS form.
    fn proves_itself(&self) -> Result<(), ProviderError> {
        const MESSAGE: &[u8] = b"keystead pairwise consistency";
        let proven = match &self.key {
            Key::Ed25519(key) => {
                let signature = key.sign(domain::SignatureAlgorithm::Ed25519, MESSAGE)?;
                key.public.verify(domain::SignatureAlgorithm::Ed25519, MESSAGE, &signature).is_ok()
            }
            Key::MlDsa(key) => {
                let signature = key.sign(domain::MessageForm::Raw, MESSAGE)?;
                key.verify(domain::MessageForm::Raw, MESSAGE, &signature).is_ok()
            }
            Key::MlKem(key) => {
                let (ciphertext, secret) = key.encapsulate()?;
                key.decapsulate(&ciphertext)?.ct_eq(&secret)
            }
            Key::Aes(_) | Key::Hmac(_) | Key::Rsa(_) | Key::Ec(_) | Key::X25519(_) | Key::Public(_) => true,
        };
        if proven { Ok(()) } else { Err(ProviderError::Unavailable) }
    }
}
