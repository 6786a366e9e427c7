//! The guard: the only holder of providers and of key material, and it opens for permits alone (INV-1).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Key, KeyFamily, KeyId, KeySpec, MaterialId, ProtectionLevel, UsageSet, VersionId};
use quick_cache::sync::Cache;
use secret::SecretBytes;
use spi::{CryptoProvider, MaterialAt, MaterialError, MaterialVault, ProviderError};

use crate::key_use::{KeyUse, Loaded};
use crate::lane::Lanes;
use crate::permit::{Make, MakePermit, Permit, Use};

/// Most versions kept ready for use.
const LOADED_VERSIONS: usize = 16 * 1024;

/// Why a use did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardError {
    /// The permit is empty, for another key or action, or its items are used up: a bug in the engine.
    BeyondPermit,
    /// The material was not given.
    Material(MaterialError),
    /// The provider did not do it.
    Provider(ProviderError),
    /// Too many wait for slow work of this kind already.
    Busy,
}

impl fmt::Display for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondPermit => f.write_str("the use goes beyond its permit"),
            Self::Material(e) => e.fmt(f),
            Self::Provider(e) => e.fmt(f),
            Self::Busy => f.write_str("too many wait for work of this kind"),
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
    lanes: Arc<Lanes>,
}

impl Guard {
    /// Over providers, the preferred one first.
    #[must_use]
    pub fn new(providers: Vec<Arc<dyn CryptoProvider>>, vault: Arc<dyn MaterialVault>) -> Self {
        let (loaded, lanes) = (Cache::new(LOADED_VERSIONS), Arc::new(Lanes::new()));
        Self { providers, vault, loaded, evictions: AtomicU64::new(0), lanes }
    }

    /// Whether some provider makes such keys for such uses.
    #[must_use]
    pub fn supports(&self, spec: KeySpec, usage: UsageSet) -> bool {
        self.providers.iter().any(|p| p.supports(spec, usage))
    }

    /// Makes material for a new version, and its name. It is kept by `MaterialChange::Keep` in the batch that makes the
    /// version. What takes long is made in a lane of its own.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn generate(
        &self,
        permit: MakePermit,
        spec: KeySpec,
    ) -> Result<(SecretBytes, MaterialId), GuardError> {
        let make = permit.0.filter(|make| make.spec.is_none_or(|fixed| fixed == spec));
        let Make { tenant, key, protection, spec: _ } = make.ok_or(GuardError::BeyondPermit)?;
        let provider = self.provider(spec, UsageSet::NONE, |p| p >= protection)?;
        let material = self.making(spec, move || Ok(provider.generate(spec)?)).await?;
        let name = self.vault.fingerprint(tenant, key, &material)?;
        Ok((material, name))
    }

    /// Random bytes, from the preferred provider: for a data key, whose wrapping is what needs a permit, or for a caller
    /// who may have them. They concern no key.
    ///
    /// # Errors
    /// [`GuardError::Provider`].
    pub fn random(&self, len: usize) -> Result<SecretBytes, GuardError> {
        let preferred = self.providers.first().ok_or(ProviderError::Unsupported)?;
        Ok(preferred.random(len)?)
    }

    /// A key pair for others to use, from the preferred provider: PKCS#8 and `SubjectPublicKeyInfo`, both in DER.
    /// Wrapping its private half is what needs a permit.
    ///
    /// # Errors
    /// [`GuardError`]; [`ProviderError::Unsupported`] for kinds without a public half.
    pub async fn generate_pair(&self, spec: KeySpec) -> Result<(SecretBytes, Vec<u8>), GuardError> {
        let provider = self.provider(spec, UsageSet::NONE, |_| true)?;
        let pair = move || {
            let private = provider.generate(spec)?;
            let public = provider.public_key(&provider.load(spec, &private)?)?;
            Ok((private, public))
        };
        self.making(spec, pair).await
    }

    async fn making<T: Send + 'static>(
        &self,
        spec: KeySpec,
        work: impl FnOnce() -> Result<T, GuardError> + Send + 'static,
    ) -> Result<T, GuardError> {
        if is_slow(spec) { self.lanes.making.run(work).await } else { work() }
    }

    /// One envelope: `header`, then the provider's body.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn seal_envelope(
        &self,
        permit: Permit,
        key: &Key,
        header: Vec<u8>,
        aad: &[u8],
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, GuardError> {
        let mut out = header;
        self.begin(permit, key).await?.seal_envelope(aad, plaintext, &mut out)?;
        Ok(out)
    }

    /// Opens one envelope.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn open_envelope(
        &self,
        permit: Permit,
        key: &Key,
        header: &[u8],
        aad: &[u8],
        body: &[u8],
    ) -> Result<SecretBytes, GuardError> {
        self.begin(permit, key).await?.open_envelope(header, aad, body)
    }

    /// Seals once under the version's key itself; the caller has counted the invocation (`spi::Counter`).
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn seal_direct(
        &self,
        permit: Permit,
        key: &Key,
        aad: &[u8],
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, GuardError> {
        self.begin(permit, key).await?.seal_direct(aad, plaintext)
    }

    /// Opens once what was sealed under the version's key itself.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn open_direct(
        &self,
        permit: Permit,
        key: &Key,
        aad: &[u8],
        body: &[u8],
    ) -> Result<SecretBytes, GuardError> {
        self.begin(permit, key).await?.open_direct(aad, body)
    }

    /// Makes the permitted version ready; what comes back does the permitted action on the permitted number of items.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn begin(&self, permit: Permit, key: &Key) -> Result<KeyUse, GuardError> {
        let to = permit.0.filter(|to| to.version.key == key.id()).ok_or(GuardError::BeyondPermit)?;
        let loaded = match self.loaded.get(&(to.version, to.material)) {
            Some(loaded) => loaded,
            None => self.load(to).await?,
        };
        Ok(KeyUse::new(loaded, to.action, to.items, Arc::clone(&self.lanes)))
    }

    /// Forgets a key's versions: on destruction, deletion of material, and whenever in doubt.
    pub fn evict(&self, key: KeyId) {
        self.evictions.fetch_add(1, Ordering::SeqCst);
        self.loaded.retain(|(version, _), _| version.key != key);
    }

    /// Forgets everything: on sealing.
    pub fn evict_all(&self) {
        self.evictions.fetch_add(1, Ordering::SeqCst);
        self.loaded.clear();
    }

    async fn load(&self, to: Use) -> Result<Loaded, GuardError> {
        let Use { tenant, version, material, spec, usage, protection, action: _, items: _ } = to;
        let before = self.evictions.load(Ordering::SeqCst);
        let provider = self.provider(spec, usage, |p| p == protection)?;
        let opened = self.vault.open(&MaterialAt::Version { tenant, version }).await?;
        // The record names its material; a row of another time or place must not pass for it.
        if self.vault.fingerprint(tenant, version.key, &opened)? != material {
            return Err(GuardError::Material(MaterialError::Corrupt));
        }
        let loaded = self.make_ready(provider, spec, opened).await?;
        self.loaded.insert((version, material), loaded.clone());
        // An eviction since may have passed before the insertion; then nothing stays behind.
        if self.evictions.load(Ordering::SeqCst) != before {
            self.loaded.remove(&(version, material));
        }
        Ok(loaded)
    }

    async fn make_ready(
        &self,
        provider: Arc<dyn CryptoProvider>,
        spec: KeySpec,
        material: SecretBytes,
    ) -> Result<Loaded, GuardError> {
        let ready = move || Ok(Loaded { handle: provider.load(spec, &material)?, spec, provider });
        if is_slow(spec) { self.lanes.using.run(ready).await } else { ready() }
    }

    fn provider(
        &self,
        spec: KeySpec,
        usage: UsageSet,
        lives: impl Fn(ProtectionLevel) -> bool,
    ) -> Result<Arc<dyn CryptoProvider>, ProviderError> {
        let fits = |p: &&Arc<dyn CryptoProvider>| lives(p.protection()) && p.supports(spec, usage);
        self.providers.iter().find(fits).cloned().ok_or(ProviderError::Unsupported)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("loaded", &self.loaded.len()).finish_non_exhaustive()
    }
}

/// Kinds of key whose making and private operations take too long for a thread that answers requests.
pub(crate) fn is_slow(spec: KeySpec) -> bool {
    spec.family() == KeyFamily::Rsa
}
