//! Material, opened in its place.

use async_trait::async_trait;
use domain::{KeyId, MaterialId, TenantId};
use secret::{Exposure, SecretBytes};
use spi::{Kek, MaterialAt, MaterialError, MaterialVault, PrfUse};

use crate::backend::{Backend, RowKey};
use crate::error::ReadError;
use crate::store::SealedStore;

#[async_trait]
impl<B: Backend> MaterialVault for SealedStore<B> {
    async fn open(&self, at: &MaterialAt) -> Result<SecretBytes, MaterialError> {
        let (key, _) = RowKey::material(at);
        let row = self.core.verified(&key).await?.ok_or(MaterialError::Absent)?;
        self.core.opened(&key, &row).await?.ok_or(MaterialError::Absent)
    }

    fn fingerprint(
        &self,
        tenant: TenantId,
        key: KeyId,
        material: &SecretBytes,
    ) -> Result<MaterialId, MaterialError> {
        let (sealer, under) = (&*self.core.sealer, Kek::Tenant(tenant));
        self.core.keks.ready(sealer, under).map_err(ReadError::from)?;
        let parts: [&[u8]; 2] = [key.as_bytes(), material.expose(Exposure::DeriveKey)];
        let hash = sealer.prf(under, PrfUse::Fingerprint, &parts).map_err(ReadError::from)?;
        Ok(MaterialId::from_bytes(hash))
    }
}
