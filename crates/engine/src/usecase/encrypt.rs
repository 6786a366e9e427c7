//! Protecting data: the hot path. With key, principal and policy cached it reads no disk and takes no global lock
//! (INV-9).

use api::ops::{AssociatedData, CiphertextForm, Encrypt, EncryptItem, Encrypted, EncryptedItem};
use api::{Fault, FaultWhat, Limit, Output};
use domain::{Action, Key, KeyId, KeySpec, Usage, VersionId};

use crate::authorise::OnKey;
use crate::envelope::Header;
use crate::faults::{field, material_fault, provider_fault, refusal_fault};
use crate::plan::Plan;
use crate::session::Session;
use crate::{aad, Engine};
use access::{Allowed, GuardError};

/// Most items of one batch.
pub(crate) const BATCH: usize = 1000;
/// Most bytes that the envelope form protects at once; more belongs under a data key.
pub(crate) const ENVELOPE_PLAINTEXT: usize = 4096;
/// Most bytes that the direct form protects at once.
pub(crate) const DIRECT_PLAINTEXT: usize = 16 * 1024 * 1024;

impl Session<'_> {
    pub(crate) async fn encrypt(&mut self, op: &Encrypt) -> Result<Plan, Fault> {
        check_batch(op.items.len())?;
        let OnKey { place, key, mut allowed } = self.allow_on_key(&op.key, Action::Encrypt).await?;
        self.trail.items(op.items.len());
        let mut items = Vec::with_capacity(op.items.len());
        for item in &op.items {
            self.bound(&item.aad);
            let sealed = self.engine.seal_item(&mut allowed, &key, item, op.form).await;
            if let Ok(sealed) = &sealed {
                self.trail.version(sealed.version);
            }
            items.push(sealed);
        }
        let items = settle(items)?;
        Ok(Plan::Answer(Output::Encrypt(Encrypted { key: key.id(), account: place.account.number, items })))
    }

    /// Writes a context into the trail; its names and values are no secrets by definition.
    pub(crate) fn bound(&mut self, aad: &AssociatedData) {
        if let AssociatedData::Pairs(pairs) = aad {
            self.trail.bound(pairs);
        }
    }
}

/// One item's fault is the request's fault; in a batch each stands for itself.
pub(crate) fn settle<T>(items: Vec<Result<T, Fault>>) -> Result<Vec<Result<T, FaultWhat>>, Fault> {
    let alone = items.len() == 1;
    items.into_iter().map(|item| if alone { item.map(Ok) } else { Ok(item.map_err(|f| f.what)) }).collect()
}

pub(crate) fn check_batch(items: usize) -> Result<(), Fault> {
    match items {
        0 => Err(field("items", "a batch needs at least one item")),
        1..=BATCH => Ok(()),
        _ => Err(FaultWhat::LimitExceeded(Limit::BatchItems { max: BATCH }).into()),
    }
}

impl Engine {
    async fn seal_item(
        &self,
        allowed: &mut Allowed,
        key: &Key,
        item: &EncryptItem,
        form: CiphertextForm,
    ) -> Result<EncryptedItem, Fault> {
        let max = if form == CiphertextForm::Envelope { ENVELOPE_PLAINTEXT } else { DIRECT_PLAINTEXT };
        if item.plaintext.len() > max {
            return Err(FaultWhat::LimitExceeded(Limit::PlaintextBytes { max }).into());
        }
        self.seal_under(allowed, key, &item.plaintext, &item.aad, item.version, form).await
    }

    /// Protects bytes under a version of a key, in a form.
    pub(crate) async fn seal_under(
        &self,
        allowed: &mut Allowed,
        key: &Key,
        plaintext: &secret::SecretBytes,
        aad: &AssociatedData,
        ordinal: Option<u32>,
        form: CiphertextForm,
    ) -> Result<EncryptedItem, Fault> {
        let version = key.admit(Usage::Encrypt, ordinal).map_err(|r| refusal_fault(key, r, ordinal))?;
        let permit = allowed.permit(key, version, 1);
        let (version, material) = (version.ordinal(), version.material_id());
        let failed = |e| guard_fault(key, e);
        let ciphertext = match form {
            CiphertextForm::Envelope => {
                let header = Header { key: key.id(), material }.begin();
                let aad = aad::envelope(aad);
                self.parts.guard.seal_envelope(permit, key, header, &aad, plaintext).await.map_err(failed)?
            }
            CiphertextForm::Direct => {
                self.count_direct(key, version).await?;
                let aad = aad::direct(aad);
                self.parts.guard.seal_direct(permit, key, &aad, plaintext).await.map_err(failed)?
            }
        };
        Ok(EncryptedItem { ciphertext, version, material })
    }

    /// NIST SP 800-38D §8.3: a key with random nonces protects at most 2^32 times.
    async fn count_direct(&self, key: &Key, ordinal: u32) -> Result<(), Fault> {
        let version = VersionId { key: key.id(), ordinal };
        self.parts.counter.take(version, 1).await.map_err(|e| match e {
            spi::CounterError::Exhausted => FaultWhat::VersionForbidden { key: key.id(), version: ordinal }.into(),
            spi::CounterError::Unavailable => Fault::because(FaultWhat::StoreUnavailable { retry_after: 1000 }, e),
        })
    }
}

pub(crate) fn guard_fault(key: &Key, e: GuardError) -> Fault {
    guard_fault_on(key.id(), key.spec(), e)
}

/// The same for a key that is only being made.
pub(crate) fn guard_fault_on(id: KeyId, spec: KeySpec, e: GuardError) -> Fault {
    match e {
        GuardError::Material(e) => material_fault(e),
        GuardError::Provider(e) => provider_fault(id, spec, e),
    }
}
