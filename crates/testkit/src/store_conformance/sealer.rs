//! A sealer for tests: real AES-256-GCM and HMAC-SHA-256, keys made from a seed, no hierarchy worth the name.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use domain::TenantId;
use secret::SecretBytes;
use spi::{Kek, PrfUse, SealError, Sealer, WrappedKek};

/// See the module.
#[derive(Debug, Default)]
pub struct TestSealer {
    seed: u8,
    keks: Mutex<HashMap<TenantId, [u8; 32]>>,
    sealed: AtomicBool,
}

impl TestSealer {
    /// With a root of its own for each seed.
    #[must_use]
    pub fn new(seed: u8) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Seals the system: forgets all keys. Unsealing forgets that.
    pub fn set_sealed(&self, sealed: bool) {
        self.sealed.store(sealed, Ordering::SeqCst);
        self.forget();
    }

    /// Forgets tenants' keys, as a restart does.
    pub fn forget(&self) {
        self.keks.lock().unwrap().clear();
    }

    fn key(&self, under: Kek) -> Result<[u8; 32], SealError> {
        if !self.is_unsealed() {
            return Err(SealError::Sealed);
        }
        match under {
            Kek::System => Ok([self.seed; 32]),
            Kek::Tenant(tenant) => self.keks.lock().unwrap().get(&tenant).copied().ok_or(SealError::NoKek),
        }
    }
}

fn cipher(key: [u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap())
}

impl Sealer for TestSealer {
    fn is_unsealed(&self) -> bool {
        !self.sealed.load(Ordering::SeqCst)
    }

    fn seal(&self, under: Kek, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = cipher(self.key(under)?);
        let mut nonce = [0; 12];
        rand::fill(&mut nonce).unwrap();
        let mut body = plaintext.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut body).unwrap();
        Ok([&nonce[..], &body].concat())
    }

    fn open(&self, under: Kek, aad: &[u8], sealed: &[u8]) -> Result<SecretBytes, SealError> {
        let key = cipher(self.key(under)?);
        let (nonce, body) = sealed.split_first_chunk::<12>().ok_or(SealError::Rejected)?;
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = key.open_in_place(nonce, Aad::from(aad), &mut body).map_err(|_| SealError::Rejected)?;
        Ok(SecretBytes::take(plain))
    }

    fn prf(&self, under: Kek, what: PrfUse, parts: &[&[u8]]) -> Result<[u8; 32], SealError> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key(under)?);
        let mut context = hmac::Context::with_key(&key);
        context.update(format!("{what:?}").as_bytes());
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap().to_be_bytes());
            context.update(part);
        }
        Ok(context.sign().as_ref().try_into().unwrap())
    }

    fn make_kek(&self, tenant: TenantId) -> Result<WrappedKek, SealError> {
        let mut key = [0; 32];
        rand::fill(&mut key).unwrap();
        let wrapped = self.seal(Kek::System, tenant.as_bytes(), &key)?;
        self.keks.lock().unwrap().insert(tenant, key);
        Ok(WrappedKek(wrapped))
    }

    fn install_kek(&self, tenant: TenantId, wrapped: &WrappedKek) -> Result<(), SealError> {
        let key = self.open(Kek::System, tenant.as_bytes(), &wrapped.0)?;
        let key = key.expose(secret::Exposure::HandToProvider).try_into().map_err(|_| SealError::Rejected)?;
        self.keks.lock().unwrap().insert(tenant, key);
        Ok(())
    }

    fn has_kek(&self, tenant: TenantId) -> bool {
        self.is_unsealed() && self.keks.lock().unwrap().contains_key(&tenant)
    }
}
