//! A key version at work: what a spent permit opens, one item after the other, for its action alone (INV-1).

use std::fmt;
use std::sync::Arc;

use domain::{Action, HashAlgorithm, KeySpec, MessageForm, SignatureAlgorithm};
use secret::{Exposure, SecretBytes};
use spi::{CryptoProvider, KeyHandle};

use crate::guard::{GuardError, is_slow};
use crate::lane::Lanes;

/// Material that a provider has made ready.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) provider: Arc<dyn CryptoProvider>,
    pub(crate) handle: KeyHandle,
    pub(crate) spec: KeySpec,
}

/// A spent permit at work: one version, one action, so many items left.
pub struct KeyUse {
    loaded: Loaded,
    action: Action,
    left: u32,
    lanes: Arc<Lanes>,
}

impl KeyUse {
    pub(crate) const fn new(loaded: Loaded, action: Action, left: u32, lanes: Arc<Lanes>) -> Self {
        Self { loaded, action, left, lanes }
    }

    /// Appends an envelope's body to `out`, which begins with its header. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn seal_envelope(
        &mut self,
        aad: &[u8],
        plaintext: &SecretBytes,
        out: &mut Vec<u8>,
    ) -> Result<(), GuardError> {
        let Loaded { provider, handle, .. } = self.take(is_protecting)?;
        Ok(provider.seal_envelope(handle, aad, plaintext, out)?)
    }

    /// Opens an envelope. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn open_envelope(
        &mut self,
        header: &[u8],
        aad: &[u8],
        body: &[u8],
    ) -> Result<SecretBytes, GuardError> {
        let Loaded { provider, handle, .. } = self.take(is_processing)?;
        Ok(provider.open_envelope(handle, header, aad, body)?)
    }

    /// Seals under the version's key itself. The caller has counted the invocation (`spi::Counter`). One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn seal_direct(&mut self, aad: &[u8], plaintext: &SecretBytes) -> Result<Vec<u8>, GuardError> {
        let Loaded { provider, handle, .. } = self.take(is_protecting)?;
        Ok(provider.seal_direct(handle, aad, plaintext)?)
    }

    /// Opens what was sealed under the version's key itself. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn open_direct(&mut self, aad: &[u8], body: &[u8]) -> Result<SecretBytes, GuardError> {
        let Loaded { provider, handle, .. } = self.take(is_processing)?;
        Ok(provider.open_direct(handle, aad, body)?)
    }

    /// Signs. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn sign(
        &mut self,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &Arc<SecretBytes>,
    ) -> Result<Vec<u8>, GuardError> {
        let message = Arc::clone(message);
        let sign = move |Loaded { provider, handle, .. }: &Loaded| {
            Ok(provider.sign(handle, algorithm, form, message.expose(Exposure::HandToProvider))?)
        };
        self.privately(|action| matches!(action, Action::Sign), sign).await
    }

    /// Verifies a signature. One item.
    ///
    /// # Errors
    /// [`GuardError`]; [`spi::ProviderError::Rejected`] for one that does not verify.
    pub fn verify(
        &mut self,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &SecretBytes,
        signature: &[u8],
    ) -> Result<(), GuardError> {
        let Loaded { provider, handle, .. } = self.take(|action| matches!(action, Action::Verify))?;
        let message = message.expose(Exposure::HandToProvider);
        Ok(provider.verify(handle, algorithm, form, message, signature)?)
    }

    /// Makes a message authentication code. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn mac(&mut self, hash: HashAlgorithm, message: &SecretBytes) -> Result<Vec<u8>, GuardError> {
        let Loaded { provider, handle, .. } = self.take(|action| matches!(action, Action::GenerateMac))?;
        Ok(provider.mac(handle, hash, message.expose(Exposure::HandToProvider))?)
    }

    /// Verifies a message authentication code. One item.
    ///
    /// # Errors
    /// [`GuardError`]; [`spi::ProviderError::Rejected`] for one that does not verify.
    pub fn verify_mac(
        &mut self,
        hash: HashAlgorithm,
        message: &SecretBytes,
        mac: &[u8],
    ) -> Result<(), GuardError> {
        let Loaded { provider, handle, .. } = self.take(|action| matches!(action, Action::VerifyMac))?;
        Ok(provider.verify_mac(handle, hash, message.expose(Exposure::HandToProvider), mac)?)
    }

    /// Gives the public half. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn public_key(&mut self) -> Result<Vec<u8>, GuardError> {
        let Loaded { provider, handle, .. } = self.take(|action| matches!(action, Action::GetPublicKey))?;
        Ok(provider.public_key(handle)?)
    }

    /// Encrypts to the public half. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn encrypt_oaep(
        &mut self,
        hash: HashAlgorithm,
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, GuardError> {
        let Loaded { provider, handle, .. } = self.take(is_protecting)?;
        Ok(provider.encrypt_oaep(handle, hash, plaintext)?)
    }

    /// Opens what was encrypted to the public half. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn decrypt_oaep(
        &mut self,
        hash: HashAlgorithm,
        ciphertext: &[u8],
    ) -> Result<SecretBytes, GuardError> {
        let ciphertext = ciphertext.to_vec();
        let open = move |Loaded { provider, handle, .. }: &Loaded| {
            Ok(provider.decrypt_oaep(handle, hash, &ciphertext)?)
        };
        self.privately(is_processing, open).await
    }

    /// Agrees with a peer's public key. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn agree(&mut self, peer: &[u8]) -> Result<SecretBytes, GuardError> {
        let Loaded { provider, handle, .. } = self.take(|action| matches!(action, Action::AgreeKey))?;
        Ok(provider.agree(handle, peer)?)
    }

    /// Makes a shared secret and encapsulates it to the public half. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn encapsulate(&mut self) -> Result<(Vec<u8>, SecretBytes), GuardError> {
        let Loaded { provider, handle, .. } = self.take(|action| matches!(action, Action::Encapsulate))?;
        Ok(provider.encapsulate(handle)?)
    }

    /// Recovers a shared secret. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn decapsulate(&mut self, ciphertext: &[u8]) -> Result<SecretBytes, GuardError> {
        let Loaded { provider, handle, .. } = self.take(|action| matches!(action, Action::Decapsulate))?;
        Ok(provider.decapsulate(handle, ciphertext)?)
    }

    /// A private operation, in its lane where the kind of key is slow.
    async fn privately<T: Send + 'static>(
        &mut self,
        fits: fn(Action) -> bool,
        work: impl FnOnce(&Loaded) -> Result<T, GuardError> + Send + 'static,
    ) -> Result<T, GuardError> {
        let loaded = self.take(fits)?;
        if !is_slow(loaded.spec) {
            return work(loaded);
        }
        let loaded = loaded.clone();
        self.lanes.using.run(move || work(&loaded)).await
    }

    fn take(&mut self, fits: fn(Action) -> bool) -> Result<&Loaded, GuardError> {
        if !fits(self.action) {
            return Err(GuardError::BeyondPermit);
        }
        self.left = self.left.checked_sub(1).ok_or(GuardError::BeyondPermit)?;
        Ok(&self.loaded)
    }
}

impl fmt::Debug for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyUse")
            .field("action", &self.action)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

const fn is_protecting(action: Action) -> bool {
    matches!(
        action,
        Action::Encrypt
            | Action::ReEncryptTo
            | Action::GenerateDataKey
            | Action::GenerateWrappedDataKey
            | Action::GenerateDataKeyPair
            | Action::GenerateWrappedDataKeyPair
    )
}

const fn is_processing(action: Action) -> bool {
    matches!(action, Action::Decrypt | Action::ReEncryptFrom)
}
