//! Protecting data: the hot path. With key, principal and policy cached it reads no disk and takes no global lock
//! (INV-9).

use access::{Allowed, KeyUse};
use api::ops::{AssociatedData, CiphertextForm, Encrypt, EncryptItem, Encrypted, EncryptedItem};
use api::{Fault, FaultWhat, Limit, Output};
use domain::{Action, Algorithm, Key, KeyVersion, Usage, VersionId, oaep_capacity};
use secret::SecretBytes;

use crate::authorise::OnKey;
use crate::envelope::Header;
use crate::faults::{field, guard_fault, refusal_fault};
use crate::plan::Plan;
use crate::session::Session;
use crate::{Engine, aad};

/// Most items of one batch.
pub(crate) const BATCH: usize = 1000;
/// Most bytes that the envelope form protects at once; more belongs under a data key.
pub(crate) const ENVELOPE_PLAINTEXT: usize = 4096;
/// Most bytes that the direct form protects at once.
pub(crate) const DIRECT_PLAINTEXT: usize = 16 * 1024 * 1024;

impl Session<'_> {
    pub(crate) async fn encrypt(&mut self, op: &Encrypt) -> Result<Plan, Fault> {
        check_batch(op.items.len())?;
        let OnKey { place, key, allowed } = self.allow_on_key(&op.key, Action::Encrypt).await?;
        self.trail.items(op.items.len());
        let mut items = Vec::with_capacity(op.items.len());
        for item in &op.items {
            self.bound(&item.aad);
            let sealed = self.seal_item(&allowed, &key, item, op.form).await;
            match &sealed {
                Ok(sealed) => self.trail.version(sealed.version),
                Err(fault) => self.trail.item_failed(&fault.what),
            }
            items.push(sealed);
        }
        let items = settle(items)?;
        let (account, form) = (place.account.number, op.form);
        Ok(Plan::Answer(Output::Encrypt(Encrypted { key: key.id(), account, form, items })))
    }

    async fn seal_item(
        &self,
        allowed: &Allowed,
        key: &Key,
        item: &EncryptItem,
        form: CiphertextForm,
    ) -> Result<EncryptedItem, Fault> {
        let max = match form {
            CiphertextForm::Envelope => ENVELOPE_PLAINTEXT,
            CiphertextForm::Direct | CiphertextForm::Oaep(_) => DIRECT_PLAINTEXT,
        };
        if item.plaintext.len() > max {
            return Err(FaultWhat::LimitExceeded(Limit::PlaintextBytes { max }).into());
        }
        let version =
            key.admit(Usage::Encrypt, item.version).map_err(|r| refusal_fault(key, r, item.version))?;
        check_form(key, form, &item.aad)?;
        check_capacity(key, form, item.plaintext.len())?;
        self.end_rehearsal()?;
        let mut key_use = self.engine.begin_use(allowed, key, version).await?;
        self.engine.seal_by(&mut key_use, key, version, &item.plaintext, &item.aad, form).await
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

/// Whether ciphertexts of that form are made by such keys, and with something bound to them.
pub(crate) fn check_form(key: &Key, form: CiphertextForm, aad: &AssociatedData) -> Result<(), Fault> {
    let algorithm = match form {
        CiphertextForm::Envelope | CiphertextForm::Direct => Algorithm::AesGcm,
        CiphertextForm::Oaep(hash) => Algorithm::RsaOaep(hash),
    };
    check_algorithm(key, algorithm)?;
    let binds = !matches!(aad, AssociatedData::None);
    if binds && matches!(form, CiphertextForm::Oaep(_)) {
        return Err(field("associated data", "nothing can be bound to such a ciphertext"));
    }
    Ok(())
}

/// The key's kind must serve the algorithm.
pub(crate) fn check_algorithm(key: &Key, algorithm: Algorithm) -> Result<(), Fault> {
    if algorithm.fits(key.spec()) {
        return Ok(());
    }
    Err(FaultWhat::WrongAlgorithm { key: key.id(), spec: key.spec(), algorithm }.into())
}

/// How much fits into one such ciphertext of the key; only asymmetric ones have a bound of their own.
pub(crate) fn check_capacity(key: &Key, form: CiphertextForm, len: usize) -> Result<(), Fault> {
    let CiphertextForm::Oaep(hash) = form else { return Ok(()) };
    let (spec, algorithm) = (key.spec(), Algorithm::RsaOaep(hash));
    match oaep_capacity(spec, hash) {
        Some(max) if len > max => {
            Err(FaultWhat::LimitExceeded(Limit::AlgorithmPlaintextBytes { algorithm, spec, max }).into())
        }
        Some(_) | None => Ok(()),
    }
}

pub(crate) fn check_batch(items: usize) -> Result<(), Fault> {
    match items {
        0 => Err(field("items", "a batch needs at least one item")),
        1..=BATCH => Ok(()),
        _ => Err(FaultWhat::LimitExceeded(Limit::BatchItems { max: BATCH }).into()),
    }
}

impl Engine {
    /// One use of one version, permitted by a decision.
    pub(crate) async fn begin_use(
        &self,
        allowed: &Allowed,
        key: &Key,
        version: &KeyVersion,
    ) -> Result<KeyUse, Fault> {
        let permit = allowed.permit(key, version, 1);
        self.parts.guard.begin(permit, key).await.map_err(|e| guard_fault(key.id(), key.spec(), e))
    }

    /// Protects bytes by a begun use, in a form.
    pub(crate) async fn seal_by(
        &self,
        key_use: &mut KeyUse,
        key: &Key,
        version: &KeyVersion,
        plaintext: &SecretBytes,
        aad: &AssociatedData,
        form: CiphertextForm,
    ) -> Result<EncryptedItem, Fault> {
        let (ordinal, material) = (version.ordinal(), version.material_id());
        let failed = |e| guard_fault(key.id(), key.spec(), e);
        let ciphertext = match form {
            CiphertextForm::Envelope => {
                let mut blob = Header { key: key.id(), material }.begin();
                key_use.seal_envelope(&aad::envelope(aad), plaintext, &mut blob).map_err(failed)?;
                blob
            }
            CiphertextForm::Direct => {
                self.count_direct(key, ordinal).await?;
                key_use.seal_direct(&aad::direct(aad), plaintext).map_err(failed)?
            }
            CiphertextForm::Oaep(hash) => key_use.encrypt_oaep(hash, plaintext).map_err(failed)?,
        };
        Ok(EncryptedItem { ciphertext, version: ordinal, material })
    }

    /// NIST SP 800-38D §8.3: a key with random nonces protects at most 2^32 times.
    async fn count_direct(&self, key: &Key, ordinal: u32) -> Result<(), Fault> {
        let version = VersionId { key: key.id(), ordinal };
        self.parts.counter.take(version, 1).await.map_err(|e| match e {
            spi::CounterError::Exhausted => {
                FaultWhat::VersionForbidden { key: key.id(), version: ordinal }.into()
            }
            spi::CounterError::Unavailable => {
                Fault::because(FaultWhat::StoreUnavailable { retry_after: 1000 }, e)
            }
        })
    }
}
