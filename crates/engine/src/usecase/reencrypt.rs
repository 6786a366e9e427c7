//! Protecting again what another key, version or context protects: two actions on two keys, and one record. What was in
//! the ciphertext is in locked memory in between, and leaves nowhere.

use api::ops::{ReEncrypt, ReEncrypted};
use api::{Fault, FaultWhat, Output};
use domain::{Action, Usage};

use crate::faults::refusal_fault;
use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::encrypt::{check_capacity, check_form};

impl Session<'_> {
    pub(crate) async fn reencrypt(&mut self, op: &ReEncrypt) -> Result<Plan, Fault> {
        let items = std::slice::from_ref(&op.item);
        let from = self.opening_key(op.source.as_ref(), items, op.form, Action::ReEncryptFrom).await;
        if let Err(denied @ Fault { what: FaultWhat::Denied { .. }, .. }) = from {
            return Err(denied);
        }
        // Both are decided on before anything is said of either.
        self.trail.set_aside();
        let to = self.allow_on_key(&op.destination, Action::ReEncryptTo).await?;
        let from = from?;
        self.bound(&op.item.aad);
        self.bound(&op.aad);
        from.key.admit(Usage::Decrypt, None).map_err(|r| refusal_fault(&from.key, r, None))?;
        let version = to.key.admit(Usage::Encrypt, None).map_err(|r| refusal_fault(&to.key, r, None))?;
        check_form(&to.key, op.to_form, &op.aad)?;
        let opened = self.engine.open_item(&from.allowed, &from.key, &op.item, op.form).await?;
        let (plaintext, ordinal, source_material) = opened;
        self.trail.version_aside(ordinal);
        check_capacity(&to.key, op.to_form, plaintext.len())?;
        self.end_rehearsal()?;
        let mut key_use = self.engine.begin_use(&to.allowed, &to.key, version).await?;
        let sealed =
            self.engine.seal_by(&mut key_use, &to.key, version, &plaintext, &op.aad, op.to_form).await?;
        self.trail.version(sealed.version);
        let source = (from.key.id(), from.place.account.number);
        let destination = (to.key.id(), to.place.account.number);
        let (form, to_form) = (op.form, op.to_form);
        let answer = ReEncrypted { source, source_material, form, destination, sealed, to_form };
        Ok(Plan::Answer(Output::ReEncrypt(answer)))
    }
}
