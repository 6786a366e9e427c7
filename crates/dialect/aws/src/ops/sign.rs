//! Sign (AWS KMS API Reference, Sign).

use std::sync::Arc;

use api::Rehearsable;
use api::ops::{Signed, Signing};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{Algorithm, MessageForm, SignatureAlgorithm};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::members::{check_key_id, only_in_china, refuse_unsupported};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::key_arn;
use crate::text::{SecretBlob, Text};
use crate::wire::{self, WireError};
use crate::words;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    message: Option<SecretBlob>,
    #[serde(borrow)]
    message_type: Text<'a>,
    #[serde(borrow)]
    signing_algorithm: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
}

pub(super) struct Sign;

impl WireOperation for Sign {
    type Op = Rehearsable<api::ops::Sign>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let Asked { key_id, message, message_type, signing_algorithm, grant_tokens, dry_run } =
            wire::read(body)?;
        let mut checks = Checks::default();
        let parts = Parts { key_id, message, message_type, signing_algorithm };
        let parts = parts.check(&mut checks)?;
        checks.done()?;
        refuse_unsupported(None, grant_tokens.as_deref())?;
        let op = api::ops::Sign(parts.signing(place)?);
        Ok(Rehearsable::asked(op, dry_run))
    }

    fn write(signed: Signed, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let (arn, signature) =
            (key_arn(place, signed.account, signed.key), STANDARD.encode(signed.signature));
        let algorithm = words::algorithm_word(Algorithm::Signature(signed.algorithm));
        let answer = format!(
            "{{\"KeyId\":\"{arn}\",\"Signature\":\"{signature}\",\"SigningAlgorithm\":\"{algorithm}\"}}"
        );
        Ok(answer.into_bytes())
    }
}

/// The members that signing and verifying share.
pub(super) struct Parts<'a, M> {
    pub(super) key_id: Text<'a>,
    pub(super) message: M,
    pub(super) message_type: Text<'a>,
    pub(super) signing_algorithm: Text<'a>,
}

impl<'a> Parts<'a, Option<SecretBlob>> {
    /// The members' constraints.
    pub(super) fn check(
        self,
        checks: &mut Checks,
    ) -> Result<Parts<'a, Option<secret::SecretBytes>>, WireError> {
        let Self { key_id, message, message_type, signing_algorithm } = self;
        check_key_id(checks, &key_id);
        let message = SecretBlob::required(message, "message", checks)?;
        checks.word("messageType", message_type.as_deref(), words::FORMS);
        checks.required("signingAlgorithm", signing_algorithm.as_ref());
        checks.word("signingAlgorithm", signing_algorithm.as_deref(), words::SIGNING);
        Ok(Parts { key_id, message, message_type, signing_algorithm })
    }
}

impl Parts<'_, Option<secret::SecretBytes>> {
    /// What they ask, once all constraints hold. A message is `RAW` unless said otherwise.
    pub(super) fn signing(self, place: &Place<'_>) -> Result<Signing, WireError> {
        let key = key_ref::read(self.key_id.as_deref().unwrap_or_default(), place)?;
        let algorithm = scheme(self.signing_algorithm.as_deref().unwrap_or_default())?;
        let form = self.message_type.as_deref().and_then(words::form).unwrap_or(MessageForm::Raw);
        let message = Arc::new(self.message.ok_or_else(WireError::internal)?);
        Ok(Signing { key, version: None, algorithm, form, message, own_hash_only: true })
    }
}

fn scheme(word: &str) -> Result<SignatureAlgorithm, WireError> {
    words::signing(word).ok_or_else(|| only_in_china(word))
}
