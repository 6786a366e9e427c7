//! Tenants' key-encryption keys, wrapped: read once, installed in the sealer when first needed, and again after the
//! system was sealed and unsealed. Each row is sealed under the system's key too, so that it knows its place.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use domain::TenantId;
use secret::Exposure;
use spi::{Kek, SealError, Sealer, WrappedKek};

use crate::backend::{Row, RowKey};

#[derive(Debug, Default)]
pub(crate) struct Keks(RwLock<HashMap<TenantId, WrappedKek>>);

impl Keks {
    /// Whether the key is in memory now, installing it if its stored row is known here.
    pub(crate) fn ready(&self, sealer: &dyn Sealer, under: Kek) -> Result<bool, SealError> {
        let Kek::Tenant(tenant) = under else { return Ok(true) };
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match known.get(&tenant) {
            Some(_) if sealer.has_kek(tenant) => Ok(true),
            Some(wrapped) => sealer.install_kek(tenant, wrapped).map(|()| true),
            // The sealer may hold a key whose row was never committed; nothing may be sealed under that.
            None => Ok(false),
        }
    }

    /// Forgets all: a transaction that may have taught some was undone.
    pub(crate) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Remembers a wrapped key.
    pub(crate) fn remember(&self, tenant: TenantId, wrapped: WrappedKek) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(tenant, wrapped);
    }

    /// Opens the row of a wrapped key and remembers it.
    pub(crate) fn learn(
        &self,
        sealer: &dyn Sealer,
        tenant: TenantId,
        key: &RowKey,
        row: &Row,
    ) -> Result<(), SealError> {
        let sealed = row.sealed.as_deref().ok_or(SealError::NoKek)?;
        let opened = sealer.open(Kek::System, &key.location(row.revision).aad(), sealed)?;
        self.remember(tenant, WrappedKek(opened.expose(Exposure::ReturnToAuthorisedCaller).to_vec()));
        Ok(())
    }
}
