//! Key versions: the provider trait, sent on to each kind of key.

use domain::{HashAlgorithm, KeyFamily, KeySpec, MessageForm, ProtectionLevel, SignatureAlgorithm, UsageSet};
use secret::{Exposure, SecretBytes};
use spi::{Approval, CryptoProvider, KeyHandle, KeyWrap, ProviderError, Service};

use crate::loaded::{self, Key, Loaded, Public};
use crate::{Software, approval, drawn, form};

impl Software {
    /// A handle of a public key alone, of its `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7): it verifies, encrypts and
    /// encapsulates as the whole key's handle does, and everything else is [`ProviderError::Unsupported`].
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] for anything but the one encoding of a valid key of that kind, which has to have the
    /// public exponent 65537 or an uncompressed point; [`ProviderError::Unsupported`] for kinds that have no use for it.
    pub fn load_public(&self, spec: KeySpec, spki: &[u8]) -> Result<KeyHandle, ProviderError> {
        Loaded::load_public(spec, spki).map(KeyHandle::new)
    }
}

impl CryptoProvider for Software {
    fn protection(&self) -> ProtectionLevel {
        ProtectionLevel::Software
    }

    fn supports(&self, spec: KeySpec, usage: UsageSet) -> bool {
        loaded::uses(spec).contains(usage)
    }

    fn approval(&self, service: Service) -> Approval {
        approval::here(service)
    }

    fn generate(&self, spec: KeySpec) -> Result<SecretBytes, ProviderError> {
        match &self.ready {
            Some(ready) if spec.family() == KeyFamily::Rsa => ready.take(spec),
            _ => loaded::generate(spec),
        }
    }

    fn load(&self, spec: KeySpec, material: &SecretBytes) -> Result<KeyHandle, ProviderError> {
        Loaded::load(spec, material).map(KeyHandle::new)
    }

    fn seal_envelope(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
        out: &mut Vec<u8>,
    ) -> Result<(), ProviderError> {
        Loaded::aes(key)?.envelope.seal(aad, plaintext.expose(Exposure::HandToProvider), out)
    }

    fn open_envelope(
        &self,
        key: &KeyHandle,
        header: &[u8],
        aad: &[u8],
        body: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        Loaded::aes(key)?.envelope.open(header, aad, body)
    }

    fn seal_direct(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        let mut out = Vec::new();
        Loaded::aes(key)?.direct.seal_onto(aad, plaintext.expose(Exposure::HandToProvider), &mut out)?;
        Ok(out)
    }

    fn open_direct(&self, key: &KeyHandle, aad: &[u8], body: &[u8]) -> Result<SecretBytes, ProviderError> {
        Loaded::aes(key)?.direct.open(aad, body)
    }

    fn public_key(&self, key: &KeyHandle) -> Result<Vec<u8>, ProviderError> {
        Loaded::of(key)?.spki()
    }

    fn sign(
        &self,
        key: &KeyHandle,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        let loaded = Loaded::of(key)?;
        form::check(loaded.spec, algorithm, form, message)?;
        match &loaded.key {
            Key::Rsa(key) => key.sign(algorithm, form, message),
            Key::Ec(key) => key.sign(algorithm, form, message),
            Key::Ed25519(key) => key.sign(algorithm, message),
            Key::MlDsa(key) => key.sign(form, message),
            Key::Aes(_) | Key::Hmac(_) | Key::X25519(_) | Key::MlKem(_) | Key::Public(_) => {
                Err(ProviderError::Unsupported)
            }
        }
    }

    fn verify(
        &self,
        key: &KeyHandle,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), ProviderError> {
        let loaded = Loaded::of(key)?;
        form::check(loaded.spec, algorithm, form, message)?;
        match &loaded.key {
            Key::Rsa(key) => key.public.verify(algorithm, form, message, signature),
            Key::Ec(key) => key.public.verify(algorithm, form, message, signature),
            Key::Ed25519(key) => key.public.verify(algorithm, message, signature),
            Key::MlDsa(key) => key.verify(form, message, signature),
            Key::Public(public) => match public.as_ref() {
                Public::Rsa(key) => key.verify(algorithm, form, message, signature),
                Public::Ec(key) => key.verify(algorithm, form, message, signature),
                Public::Ed25519(key) => key.verify(algorithm, message, signature),
                Public::MlDsa(key) => key.verify(form, message, signature),
                Public::MlKem(_) => Err(ProviderError::Unsupported),
            },
            Key::Aes(_) | Key::Hmac(_) | Key::X25519(_) | Key::MlKem(_) => Err(ProviderError::Unsupported),
        }
    }

    fn mac(&self, key: &KeyHandle, hash: HashAlgorithm, message: &[u8]) -> Result<Vec<u8>, ProviderError> {
        Loaded::hmac(key)?.mac(hash, message)
    }

    fn verify_mac(
        &self,
        key: &KeyHandle,
        hash: HashAlgorithm,
        message: &[u8],
        mac: &[u8],
    ) -> Result<(), ProviderError> {
        Loaded::hmac(key)?.verify(hash, message, mac)
    }

    fn encrypt_oaep(
        &self,
        key: &KeyHandle,
        hash: HashAlgorithm,
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        Loaded::rsa_public(key)?.encrypt(hash, plaintext)
    }

    fn decrypt_oaep(
        &self,
        key: &KeyHandle,
        hash: HashAlgorithm,
        ciphertext: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        Loaded::rsa(key)?.decrypt(hash, ciphertext)
    }

    fn agree(&self, key: &KeyHandle, peer: &[u8]) -> Result<SecretBytes, ProviderError> {
        match &Loaded::of(key)?.key {
            Key::Ec(key) => key.agree(peer),
            Key::X25519(key) => key.agree(peer),
            _ => Err(ProviderError::Unsupported),
        }
    }

    fn encapsulate(&self, key: &KeyHandle) -> Result<(Vec<u8>, SecretBytes), ProviderError> {
        Loaded::ml_kem_public(key)?.encapsulate()
    }

    fn decapsulate(&self, key: &KeyHandle, ciphertext: &[u8]) -> Result<SecretBytes, ProviderError> {
        Loaded::ml_kem(key)?.decapsulate(ciphertext)
    }

    fn wrap_key(
        &self,
        key: &KeyHandle,
        form: KeyWrap,
        material: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        Loaded::aes(key)?.wrap(form, material)
    }

    fn unwrap_key(
        &self,
        key: &KeyHandle,
        form: KeyWrap,
        wrapped: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        Loaded::aes(key)?.unwrap(form, wrapped)
    }

    fn random(&self, len: usize) -> Result<SecretBytes, ProviderError> {
        drawn(len)
    }
}
