//! Unprotecting data. Without a named key, the key is read from the ciphertext's header before anything is decided,
//! so that the decision is about the key that would be used.

use api::ops::{CiphertextForm, Decrypt, DecryptItem, Decrypted, KeyRef};
use api::{Fault, FaultWhat, Limit, Output};
use domain::{Action, Algorithm, HashAlgorithm, Key, KeyVersion, MaterialId, Usage};
use secret::SecretBytes;

use crate::authorise::OnKey;
use crate::envelope::{HEADER, Header};
use crate::faults::{guard_fault, refusal_fault};
use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::encrypt::{
    DIRECT_PLAINTEXT, ENVELOPE_PLAINTEXT, check_algorithm, check_batch, check_form, settle,
};
use crate::{Engine, aad};
use access::Allowed;

/// Salt, commitment, nonce and tag of the envelope form, with room to spare.
const ENVELOPE_OVERHEAD: usize = HEADER + 256;

impl Session<'_> {
    pub(crate) async fn decrypt(&mut self, op: &Decrypt) -> Result<Plan, Fault> {
        check_batch(op.items.len())?;
        let on = self.opening_key(op.key.as_ref(), &op.items, op.form, Action::Decrypt).await?;
        let OnKey { place, key, allowed } = on;
        self.trail.items(op.items.len());
        let (mut items, mut last) = (Vec::with_capacity(op.items.len()), None);
        for item in &op.items {
            self.bound(&item.aad);
            let opened = self.engine.open_item(&allowed, &key, item, op.form).await;
            if let Err(fault) = &opened {
                self.trail.item_failed(&fault.what);
            }
            items.push(opened.map(|(plaintext, ordinal, material)| {
                self.trail.version(ordinal);
                last = Some(material);
                plaintext
            }));
        }
        let items = settle(items)?;
        let (key, account) = (key.id(), place.account.number);
        Ok(Plan::Answer(Output::Decrypt(Decrypted { key, account, form: op.form, items, material: last })))
    }

    /// The key that ciphertexts are to be opened with: the named one, which a blob's header must agree with, else the
    /// header's.
    pub(crate) async fn opening_key(
        &mut self,
        named: Option<&KeyRef>,
        items: &[DecryptItem],
        form: CiphertextForm,
        action: Action,
    ) -> Result<OnKey, Fault> {
        if let Some(named) = named {
            let on = self.allow_on_key(named, action).await?;
            for item in items.iter().filter(|_| form == CiphertextForm::Envelope) {
                match Header::split(&item.ciphertext) {
                    Some((header, ..)) if header.key != on.key.id() => {
                        return Err(FaultWhat::CiphertextForeign { named: on.key.id() }.into());
                    }
                    Some(_) => {}
                    None if on.key.usage().allows(Usage::Decrypt) => {
                        check_algorithm(&on.key, Algorithm::AesGcm)?;
                        return Err(FaultWhat::CiphertextInvalid.into());
                    }
                    None => return Err(FaultWhat::CiphertextInvalid.into()),
                }
            }
            return Ok(on);
        }
        if form != CiphertextForm::Envelope {
            return Err(crate::faults::field("key", "only an envelope names its key"));
        }
        let [only] = items else {
            return Err(crate::faults::field("items", "without a key, exactly one ciphertext"));
        };
        let (header, ..) = Header::split(&only.ciphertext).ok_or(FaultWhat::CiphertextInvalid)?;
        let on = self.allow_on_key(&KeyRef::Id(header.key), action).await;
        // A header that leads nowhere is a ciphertext that is not ours.
        on.map_err(|fault| match fault.what {
            FaultWhat::KeyNotFound { .. } => FaultWhat::CiphertextInvalid.into(),
            _ => fault,
        })
    }
}

pub(crate) type Opened = (SecretBytes, u32, MaterialId);

impl Engine {
    pub(crate) async fn open_item(
        &self,
        allowed: &Allowed,
        key: &Key,
        item: &DecryptItem,
        form: CiphertextForm,
    ) -> Result<Opened, Fault> {
        match form {
            CiphertextForm::Envelope => self.open_envelope(allowed, key, item).await,
            CiphertextForm::Direct => self.open_direct(allowed, key, item).await,
            CiphertextForm::Oaep(hash) => self.open_oaep(allowed, key, item, hash).await,
        }
    }

    /// Opens one envelope: its bytes, and the version and material that protected them.
    async fn open_envelope(&self, allowed: &Allowed, key: &Key, item: &DecryptItem) -> Result<Opened, Fault> {
        let max = ENVELOPE_PLAINTEXT + ENVELOPE_OVERHEAD;
        if item.ciphertext.len() > max {
            return Err(FaultWhat::CiphertextInvalid.into());
        }
        let (header, bytes, body) = Header::split(&item.ciphertext).ok_or(FaultWhat::CiphertextInvalid)?;
        // State before content: a disabled key says so whatever the ciphertext.
        key.admit(Usage::Decrypt, None).map_err(|r| refusal_fault(key, r, None))?;
        check_form(key, CiphertextForm::Envelope, &item.aad)?;
        let made_by = |v: &&KeyVersion| v.material_id() == header.material;
        let ordinal = key.versions().iter().find(made_by).ok_or(FaultWhat::CiphertextInvalid)?.ordinal();
        let version = self.admitted(key, ordinal)?;
        let mut key_use = self.begin_use(allowed, key, version).await?;
        let opened = key_use.open_envelope(bytes, &aad::envelope(&item.aad), body);
        Ok((opened.map_err(|e| guard_fault(key.id(), key.spec(), e))?, ordinal, header.material))
    }

    async fn open_direct(&self, allowed: &Allowed, key: &Key, item: &DecryptItem) -> Result<Opened, Fault> {
        if item.ciphertext.len() > DIRECT_PLAINTEXT + 64 {
            return Err(
                FaultWhat::LimitExceeded(Limit::CiphertextBytes { max: DIRECT_PLAINTEXT + 64 }).into()
            );
        }
        let version =
            key.admit(Usage::Decrypt, item.version).map_err(|r| refusal_fault(key, r, item.version))?;
        check_form(key, CiphertextForm::Direct, &item.aad)?;
        let mut key_use = self.begin_use(allowed, key, version).await?;
        let opened = key_use.open_direct(&aad::direct(&item.aad), &item.ciphertext);
        let opened = opened.map_err(|e| guard_fault(key.id(), key.spec(), e))?;
        Ok((opened, version.ordinal(), version.material_id()))
    }

    async fn open_oaep(
        &self,
        allowed: &Allowed,
        key: &Key,
        item: &DecryptItem,
        hash: HashAlgorithm,
    ) -> Result<Opened, Fault> {
        let version =
            key.admit(Usage::Decrypt, item.version).map_err(|r| refusal_fault(key, r, item.version))?;
        check_form(key, CiphertextForm::Oaep(hash), &item.aad)?;
        if key.spec().modulus_len() != Some(item.ciphertext.len()) {
            return Err(FaultWhat::CiphertextInvalid.into());
        }
        let mut key_use = self.begin_use(allowed, key, version).await?;
        let opened = key_use.decrypt_oaep(hash, &item.ciphertext).await;
        let opened = opened.map_err(|e| guard_fault(key.id(), key.spec(), e))?;
        Ok((opened, version.ordinal(), version.material_id()))
    }

    fn admitted<'k>(&self, key: &'k Key, ordinal: u32) -> Result<&'k KeyVersion, Fault> {
        key.admit(Usage::Decrypt, Some(ordinal)).map_err(|r| refusal_fault(key, r, Some(ordinal)))
    }
}
