//! The guard: the only holder of providers and of key material, and it opens for permits alone (INV-1).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Action, Key, KeySpec, MaterialId, ProtectionLevel, UsageSet, VersionId};
use quick_cache::sync::Cache;
use secret::SecretBytes;
use spi::{CryptoProvider, KeyHandle, MaterialAt, MaterialError, MaterialVault, ProviderError};

use crate::permit::{MakePermit, Permit};

/// Most versions kept ready for use.
const LOADED_VERSIONS: usize = 16 * 1024;

/// Why a use did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardError {
    /// The permit is for another action, or its items are used up: a bug in the engine.
    BeyondPermit,
    /// No provider makes or uses such a key.
    NoProvider,
    /// The material was not given.
    Material(MaterialError),
    /// The provider did not do it.
    Provider(ProviderError),
}

impl fmt::Display for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondPermit => f.write_str("the use goes beyond its permit"),
            Self::NoProvider => f.write_str("no provider makes or uses such a key"),
            Self::Material(e) => e.fmt(f),
            Self::Provider(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for GuardError {}

impl From<ProviderError> for GuardError {
    fn from(e: ProviderError) -> Self {
        Self::Provider(e)
    }
}

impl From<MaterialError> for GuardError {
    fn from(e: MaterialError) -> Self {
        Self::Material(e)
    }
}

/// Owns the providers and the way to material.
pub struct Guard {
    providers: Vec<Arc<dyn CryptoProvider>>,
    vault: Arc<dyn MaterialVault>,
    loaded: Cache<(VersionId, MaterialId), Loaded>,
    evictions: AtomicU64,
}

#[derive(Clone)]
struct Loaded {
    provider: Arc<dyn CryptoProvider>,
    handle: KeyHandle,
}

/// Material just made, its name, and where it lives.
#[derive(Debug)]
pub struct NewMaterial {
    /// To be kept by `MaterialChange::Keep` in the batch that makes the version.
    pub material: SecretBytes,
    /// Its name.
    pub material_id: MaterialId,
    /// Where it lives.
    pub protection: ProtectionLevel,
}

impl Guard {
    /// Over providers, the preferred one first.
    #[must_use]
    pub fn new(providers: Vec<Arc<dyn CryptoProvider>>, vault: Arc<dyn MaterialVault>) -> Self {
        Self { providers, vault, loaded: Cache::new(LOADED_VERSIONS), evictions: AtomicU64::new(0) }
    }

    /// Whether some provider makes such keys for such uses.
    #[must_use]
    pub fn supports(&self, spec: KeySpec, usage: UsageSet) -> bool {
        self.providers.iter().any(|p| p.supports(spec, usage))
    }

    /// Makes material for a new version.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn generate(&self, permit: MakePermit) -> Result<NewMaterial, GuardError> {
        let MakePermit { tenant, key, spec, usage, protection } = permit;
        let provider = self.provider(spec, usage, |p| p >= protection)?;
        let material = provider.generate(spec)?;
        let material_id = self.vault.fingerprint(tenant, key, &material)?;
        Ok(NewMaterial { material, material_id, protection: provider.protection() })
    }

    /// Makes the permitted version ready; what comes back does the permitted action on the permitted number of items.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn begin(&self, permit: Permit) -> Result<KeyUse, GuardError> {
        let place = (permit.version, permit.material);
        let loaded = match self.loaded.get(&place) {
            Some(loaded) => loaded,
            None => self.load(&permit).await?,
        };
        Ok(KeyUse { loaded, action: permit.action, left: permit.items })
    }

    /// Forgets a key's versions: on destruction, deletion of material, and whenever in doubt.
    pub fn evict(&self, key: &Key) {
        self.evictions.fetch_add(1, Ordering::SeqCst);
        for version in key.versions() {
            let id = VersionId { key: key.id(), ordinal: version.ordinal() };
            self.loaded.remove(&(id, version.material_id()));
        }
    }

    /// Forgets everything: on sealing.
    pub fn evict_all(&self) {
        self.evictions.fetch_add(1, Ordering::SeqCst);
        self.loaded.clear();
    }

    async fn load(&self, permit: &Permit) -> Result<Loaded, GuardError> {
        let Permit { tenant, version, material, spec, usage, protection, action: _, items: _ } = *permit;
        let before = self.evictions.load(Ordering::SeqCst);
        let provider = self.provider(spec, usage, |p| p == protection)?;
        let opened = self.vault.open(&MaterialAt::Version { tenant, version }).await?;
        // The record names its material; a row of another time or place must not pass for it.
        if self.vault.fingerprint(tenant, version.key, &opened)? != material {
            return Err(GuardError::Material(MaterialError::Corrupt));
        }
        let loaded = Loaded { handle: provider.load(spec, &opened)?, provider };
        self.loaded.insert((version, material), loaded.clone());
        // An eviction since may have passed before the insertion; then nothing stays behind.
        if self.evictions.load(Ordering::SeqCst) != before {
            self.loaded.remove(&(version, material));
        }
        Ok(loaded)
    }

    fn provider(
        &self,
        spec: KeySpec,
        usage: UsageSet,
        lives: impl Fn(ProtectionLevel) -> bool,
    ) -> Result<Arc<dyn CryptoProvider>, GuardError> {
        let fits = |p: &&Arc<dyn CryptoProvider>| lives(p.protection()) && p.supports(spec, usage);
        self.providers.iter().find(fits).cloned().ok_or(GuardError::NoProvider)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("loaded", &self.loaded.len()).finish_non_exhaustive()
    }
}

/// A spent permit at work: one version, one action, so many items left.
pub struct KeyUse {
    loaded: Loaded,
    action: Action,
    left: u32,
}

impl KeyUse {
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
        let Loaded { provider, handle } = self.take(is_protecting)?;
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
        let Loaded { provider, handle } = self.take(is_processing)?;
        Ok(provider.open_envelope(handle, header, aad, body)?)
    }

    /// Seals under the version's key itself. The caller has counted the invocation (`spi::Counter`). One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn seal_direct(&mut self, aad: &[u8], plaintext: &SecretBytes) -> Result<Vec<u8>, GuardError> {
        let Loaded { provider, handle } = self.take(is_protecting)?;
        Ok(provider.seal_direct(handle, aad, plaintext)?)
    }

    /// Opens what was sealed under the version's key itself. One item.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn open_direct(&mut self, aad: &[u8], body: &[u8]) -> Result<SecretBytes, GuardError> {
        let Loaded { provider, handle } = self.take(is_processing)?;
        Ok(provider.open_direct(handle, aad, body)?)
    }

    /// Random bytes of the version's own provider, to be sealed by this same use; costs no item, because wrapping
    /// them does.
    ///
    /// # Errors
    /// [`GuardError`].
    pub fn generate_data_key(&self, len: usize) -> Result<SecretBytes, GuardError> {
        match self.action {
            Action::GenerateDataKey | Action::GenerateWrappedDataKey => {
                Ok(self.loaded.provider.random(len)?)
            }
            _ => Err(GuardError::BeyondPermit),
        }
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
    matches!(action, Action::Encrypt | Action::GenerateDataKey | Action::GenerateWrappedDataKey)
}

const fn is_processing(action: Action) -> bool {
    matches!(action, Action::Decrypt)
}
