//! The key-encryption keys in memory: all of them while unsealed, none while sealed.
//!
//! ```text
//! root KEK ── derive ── wrapping key ─┬─ wraps the system's KEK and fingerprint key
//!                                     └─ wraps each tenant's KEK and fingerprint key
//! a KEK ───── derive ── sealing key, ledger key            fingerprint key: itself, never rotated
//! ```
//!
//! Reading takes no lock (INV-9): uses load one pointer to an immutable ring. Changes copy the ring's table of
//! pointers, one at a time; no key is copied, for a key cannot be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use domain::TenantId;
use secret::{Exposure, Secret, SecretBytes};
use spi::{Kek, PrfUse, ProviderError, SealCrypto, SealError, Sealer, WrappedKek};

/// First byte of a wrapped key; names its layout: version, then two sealed keys of [`SEALED_KEY`] bytes.
const VERSION: u8 = 1;
/// Bytes of one sealed 256-bit key: nonce, ciphertext, tag.
const SEALED_KEY: usize = 12 + 32 + 16;

type Key = Secret<[u8; 32]>;

/// Holds the key-encryption keys; `store/record` uses them as [`Sealer`], the unsealing fills and empties it.
pub struct KekRing {
    crypto: Arc<dyn SealCrypto>,
    keys: ArcSwapOption<Keys>,
    change: Mutex<()>,
}

struct Keys {
    wrapping: Arc<Key>,
    system: Arc<Uses>,
    tenants: HashMap<TenantId, Arc<Uses>>,
}

/// One key-encryption key, separated by use.
struct Uses {
    sealing: Key,
    ledger: Key,
    fingerprint: Key,
    /// As it is stored.
    wrapped: WrappedKek,
}

impl KekRing {
    /// A sealed ring.
    #[must_use]
    pub fn new(crypto: Arc<dyn SealCrypto>) -> Self {
        Self { crypto, keys: ArcSwapOption::empty(), change: Mutex::new(()) }
    }

    /// Makes the system's key-encryption key under a new root KEK, and unseals. What it gives must be stored.
    ///
    /// # Errors
    /// [`SealError`]; the ring is then as it was.
    pub fn init(&self, root: &Key) -> Result<WrappedKek, SealError> {
        let wrapping = self.wrapping_key(root);
        let system = self.make(&wrapping, Kek::System)?;
        let wrapped = system.wrapped.clone();
        self.replace(wrapping, system);
        Ok(wrapped)
    }

    /// Unseals: opens the system's key-encryption key. Tenants' are installed as they are needed.
    ///
    /// # Errors
    /// [`SealError::Rejected`] if this is not the root KEK that wrapped it; the ring is then as it was.
    pub fn unseal(&self, root: &Key, system: &WrappedKek) -> Result<(), SealError> {
        let wrapping = self.wrapping_key(root);
        let system = self.unwrap(&wrapping, Kek::System, system)?;
        self.replace(wrapping, system);
        Ok(())
    }

    /// Seals the system: every key leaves the ring at once, and memory with the last use under way.
    pub fn seal_system(&self) {
        let _one_at_a_time = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        self.keys.store(None);
    }

    fn replace(&self, wrapping: Key, system: Uses) {
        let _one_at_a_time = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let (wrapping, system, tenants) = (Arc::new(wrapping), Arc::new(system), HashMap::new());
        self.keys.store(Some(Arc::new(Keys { wrapping, system, tenants })));
    }

    /// Puts a tenant's key into a copy of the ring. An installed one stays: its rows may be sealed already.
    fn install(
        &self,
        tenant: TenantId,
        key: impl FnOnce(&Key) -> Result<Uses, SealError>,
    ) -> Result<Arc<Uses>, SealError> {
        let _one_at_a_time = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = self.keys.load_full().ok_or(SealError::Sealed)?;
        if let Some(installed) = keys.tenants.get(&tenant) {
            return Ok(Arc::clone(installed));
        }
        let added = Arc::new(key(&keys.wrapping)?);
        let mut tenants = keys.tenants.clone();
        tenants.insert(tenant, Arc::clone(&added));
        let (wrapping, system) = (Arc::clone(&keys.wrapping), Arc::clone(&keys.system));
        self.keys.store(Some(Arc::new(Keys { wrapping, system, tenants })));
        Ok(added)
    }

    fn with<R>(&self, kek: Kek, act: impl FnOnce(&Uses) -> Result<R, SealError>) -> Result<R, SealError> {
        let keys = self.keys.load();
        let keys = keys.as_ref().ok_or(SealError::Sealed)?;
        match kek {
            Kek::System => act(&keys.system),
            Kek::Tenant(tenant) => act(keys.tenants.get(&tenant).ok_or(SealError::NoKek)?),
        }
    }

    fn wrapping_key(&self, root: &Key) -> Key {
        self.crypto.derive(root, "keystead/root/wrap/1")
    }

    fn make(&self, wrapping: &Key, place: Kek) -> Result<Uses, SealError> {
        let (kek, fingerprint) = (self.crypto.fresh_key(), self.crypto.fresh_key());
        let mut wrapped = vec![VERSION];
        for (purpose, key) in [("kek", &kek), ("fingerprint", &fingerprint)] {
            let key = key.expose(Exposure::WrapForStorage);
            wrapped.extend(self.crypto.seal(wrapping, &wrap_aad(purpose, place), key).map_err(refused)?);
        }
        Ok(self.uses(&kek, fingerprint, WrappedKek(wrapped)))
    }

    fn unwrap(&self, wrapping: &Key, place: Kek, wrapped: &WrappedKek) -> Result<Uses, SealError> {
        let Some((&VERSION, sealed)) = wrapped.0.split_first() else { return Err(SealError::Rejected) };
        let (kek, fingerprint) = sealed.split_at_checked(SEALED_KEY).ok_or(SealError::Rejected)?;
        let open = |purpose, sealed| {
            let key = self.crypto.open(wrapping, &wrap_aad(purpose, place), sealed).map_err(refused)?;
            Key::try_from(key).map_err(|_| SealError::Rejected)
        };
        Ok(self.uses(&open("kek", kek)?, open("fingerprint", fingerprint)?, wrapped.clone()))
    }

    fn uses(&self, kek: &Key, fingerprint: Key, wrapped: WrappedKek) -> Uses {
        let sealing = self.crypto.derive(kek, "keystead/kek/seal/1");
        let ledger = self.crypto.derive(kek, "keystead/kek/ledger/1");
        Uses { sealing, ledger, fingerprint, wrapped }
    }
}

impl Sealer for KekRing {
    fn is_unsealed(&self) -> bool {
        self.keys.load().is_some()
    }

    fn seal(&self, under: Kek, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        self.with(under, |kek| self.crypto.seal(&kek.sealing, aad, plaintext).map_err(refused))
    }

    fn open(&self, under: Kek, aad: &[u8], sealed: &[u8]) -> Result<SecretBytes, SealError> {
        self.with(under, |kek| self.crypto.open(&kek.sealing, aad, sealed).map_err(refused))
    }

    fn prf(&self, under: Kek, what: PrfUse, parts: &[&[u8]]) -> Result<[u8; 32], SealError> {
        self.with(under, |kek| {
            let key = match what {
                PrfUse::Ledger => &kek.ledger,
                PrfUse::Fingerprint => &kek.fingerprint,
            };
            Ok(self.crypto.prf(key, parts))
        })
    }

    /// Asked again for a tenant whose key is installed, it gives that one again: a retried commit loses nothing.
    fn make_kek(&self, tenant: TenantId) -> Result<WrappedKek, SealError> {
        let made = self.install(tenant, |wrapping| self.make(wrapping, Kek::Tenant(tenant)))?;
        Ok(made.wrapped.clone())
    }

    /// Checks the wrapped key even where one is installed, and refuses one that is not the installed one.
    fn install_kek(&self, tenant: TenantId, wrapped: &WrappedKek) -> Result<(), SealError> {
        let installed = self.install(tenant, |key| self.unwrap(key, Kek::Tenant(tenant), wrapped))?;
        if installed.wrapped == *wrapped { Ok(()) } else { Err(SealError::Rejected) }
    }

    fn has_kek(&self, tenant: TenantId) -> bool {
        self.keys.load().as_ref().is_some_and(|keys| keys.tenants.contains_key(&tenant))
    }
}

/// Length-prefixed tuple (format, purpose, owner's kind, owner's id): a wrapped key opens in its own place alone.
fn wrap_aad(purpose: &str, place: Kek) -> Vec<u8> {
    let (kind, id) = match &place {
        Kek::System => ("system", &[][..]),
        Kek::Tenant(tenant) => ("tenant", &tenant.as_bytes()[..]),
    };
    let mut aad = Vec::new();
    for part in [&b"keystead/wrapped/1"[..], purpose.as_bytes(), kind.as_bytes(), id] {
        aad.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        aad.extend_from_slice(part);
    }
    aad
}

fn refused(error: ProviderError) -> SealError {
    match error {
        ProviderError::OutOfMemory => SealError::OutOfMemory,
        _ => SealError::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use provider_software::Software;

    use super::*;

    const ONE: TenantId = TenantId::from_bytes([1; 16]);
    const TWO: TenantId = TenantId::from_bytes([2; 16]);

    fn root(byte: u8) -> Key {
        Key::take(&mut [byte; 32])
    }

    fn ring() -> KekRing {
        KekRing::new(Arc::new(Software::new()))
    }

    #[test]
    fn what_was_sealed_opens_after_a_restart_and_under_its_own_key_alone() {
        let ring_before = ring();
        let system = ring_before.init(&root(7)).unwrap();
        let (one, two) = (ring_before.make_kek(ONE).unwrap(), ring_before.make_kek(TWO).unwrap());
        let sealed = ring_before.seal(Kek::Tenant(ONE), b"place", b"row").unwrap();
        let print = ring_before.prf(Kek::Tenant(ONE), PrfUse::Fingerprint, &[b"x"]).unwrap();

        let ring = ring();
        ring.unseal(&root(7), &system).unwrap();
        assert_eq!(ring.open(Kek::Tenant(ONE), b"place", &sealed).unwrap_err(), SealError::NoKek);
        ring.install_kek(ONE, &one).unwrap();
        ring.install_kek(TWO, &two).unwrap();
        let opened = ring.open(Kek::Tenant(ONE), b"place", &sealed).unwrap();
        assert_eq!(opened.expose(Exposure::HandToProvider), b"row");
        for (kek, aad) in
            [(Kek::Tenant(TWO), b"place"), (Kek::System, b"place"), (Kek::Tenant(ONE), b"plaza")]
        {
            assert_eq!(ring.open(kek, aad, &sealed).unwrap_err(), SealError::Rejected);
        }
        assert_eq!(ring.prf(Kek::Tenant(ONE), PrfUse::Fingerprint, &[b"x"]).unwrap(), print);
        assert_ne!(ring.prf(Kek::Tenant(ONE), PrfUse::Ledger, &[b"x"]).unwrap(), print);
        assert_ne!(ring.prf(Kek::Tenant(TWO), PrfUse::Fingerprint, &[b"x"]).unwrap(), print);
    }

    #[test]
    fn inv_4_a_moved_or_altered_wrapped_key_is_refused() {
        let ring = ring();
        let system = ring.init(&root(7)).unwrap();
        let one = ring.make_kek(ONE).unwrap();
        assert_eq!(ring.install_kek(TWO, &one), Err(SealError::Rejected));
        assert_eq!(ring.install_kek(TWO, &system), Err(SealError::Rejected));
        assert!(!ring.has_kek(TWO));
        assert_eq!(ring.unseal(&root(7), &one), Err(SealError::Rejected));
        let halves_swapped = [&one.0[..1], &one.0[61..], &one.0[1..61]].concat();
        let fresh = KekRing::new(Arc::new(Software::new()));
        fresh.unseal(&root(7), &system).unwrap();
        assert_eq!(fresh.install_kek(ONE, &WrappedKek(halves_swapped)), Err(SealError::Rejected));
        for at in 0..one.0.len() {
            let mut altered = one.clone();
            altered.0[at] ^= 1;
            assert_eq!(fresh.install_kek(ONE, &altered), Err(SealError::Rejected), "byte {at}");
            assert_eq!(fresh.install_kek(ONE, &WrappedKek(one.0[..at].to_vec())), Err(SealError::Rejected));
        }
        fresh.install_kek(ONE, &one).unwrap();
    }

    #[test]
    fn the_wrong_root_unseals_nothing() {
        let system = ring().init(&root(7)).unwrap();
        let ring = ring();
        assert_eq!(ring.unseal(&root(8), &system), Err(SealError::Rejected));
        assert!(!ring.is_unsealed());
    }

    #[test]
    fn sealing_drops_every_key() {
        let ring = ring();
        let system = ring.init(&root(7)).unwrap();
        let one = ring.make_kek(ONE).unwrap();
        let sealed = ring.seal(Kek::System, b"", b"row").unwrap();
        let held = Arc::downgrade(&ring.keys.load_full().unwrap());
        ring.seal_system();
        assert!(held.upgrade().is_none(), "something still holds the keys");
        assert!(!ring.is_unsealed() && !ring.has_kek(ONE));
        assert_eq!(ring.open(Kek::System, b"", &sealed).unwrap_err(), SealError::Sealed);
        assert_eq!(ring.seal(Kek::Tenant(ONE), b"", b"").unwrap_err(), SealError::Sealed);
        assert_eq!(ring.make_kek(TWO), Err(SealError::Sealed));
        assert_eq!(ring.install_kek(ONE, &one), Err(SealError::Sealed));
        ring.unseal(&root(7), &system).unwrap();
        assert!(ring.open(Kek::System, b"", &sealed).is_ok());
    }

    #[test]
    fn a_tenants_key_is_never_replaced() {
        let ring = ring();
        let system = ring.init(&root(7)).unwrap();
        let first = ring.make_kek(ONE).unwrap();
        assert_eq!(ring.make_kek(ONE).unwrap(), first);
        let other = KekRing::new(Arc::new(Software::new()));
        other.unseal(&root(7), &system).unwrap();
        assert_eq!(ring.install_kek(ONE, &other.make_kek(ONE).unwrap()), Err(SealError::Rejected));
    }
}
