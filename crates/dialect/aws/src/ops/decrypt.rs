//! Decrypt (AWS KMS API Reference, Decrypt). Without `KeyId` the ciphertext names its key.

use api::Rehearsable;
use api::ops::{CiphertextForm, DecryptItem, Decrypted};
use secret::{Exposure, SecretBytes};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::members::{
    Context, blob, check_algorithm, only, only_symmetric, refuse_modifiers, refuse_unsupported,
};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::key_arn;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    ciphertext_blob: Text<'a>,
    encryption_context: Option<Context>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    #[serde(borrow)]
    key_id: Text<'a>,
    #[serde(borrow)]
    encryption_algorithm: Text<'a>,
    recipient: Option<IgnoredAny>,
    dry_run: Option<bool>,
    dry_run_modifiers: Option<Vec<String>>,
}

pub(super) struct Decrypt;

impl WireOperation for Decrypt {
    type Op = Rehearsable<api::ops::Decrypt>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let ciphertext = asked.ciphertext_blob.as_deref().map(blob).transpose()?;
        let mut checks = Checks::default();
        checks.required("ciphertextBlob", ciphertext.as_ref());
        checks.blob("ciphertextBlob", ciphertext.as_ref().map(Vec::len), 1, 6144);
        checks.text("keyId", asked.key_id.as_deref(), 1, 2048);
        check_algorithm(&mut checks, &asked.encryption_algorithm);
        checks.done()?;
        refuse_unsupported(None, asked.recipient, asked.grant_tokens.as_deref())?;
        refuse_modifiers(asked.dry_run_modifiers.as_deref())?;
        let key = asked.key_id.as_deref().map(|given| key_ref::read(given, place)).transpose()?;
        only_symmetric(&asked.encryption_algorithm)?;
        let aad = asked.encryption_context.unwrap_or_default().into_aad();
        let items = vec![DecryptItem { ciphertext: ciphertext.unwrap_or_default(), aad, version: None }];
        let op = api::ops::Decrypt { key, items, form: CiphertextForm::Envelope };
        Ok(Rehearsable { op, dry_run: asked.dry_run == Some(true) })
    }

    fn write(output: Decrypted, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let arn = key_arn(place, output.account, output.key);
        let plaintext = only(output.items, place)?;
        let material = output.material.map(|m| format!(",\"KeyMaterialId\":\"{m}\"")).unwrap_or_default();
        let tail = format!(",\"EncryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"KeyId\":\"{arn}\"{material}}}");
        with_plaintext("{", &plaintext, &tail)
    }
}

/// An answer that carries a plaintext: composed once, in one buffer of the right size. That buffer goes to the socket
/// and is not wiped (docs/threats.md).
pub(super) fn with_plaintext(head: &str, plaintext: &SecretBytes, tail: &str) -> Result<Vec<u8>, WireError> {
    let text = plaintext.encode_base64_std(Exposure::ReturnToAuthorisedCaller);
    let text = text.map_err(|_| WireError::internal())?;
    let mut answer = Vec::with_capacity(head.len() + text.as_str().len() + tail.len() + 16);
    answer.extend_from_slice(head.as_bytes());
    answer.extend_from_slice(b"\"Plaintext\":\"");
    answer.extend_from_slice(text.as_str().as_bytes());
    answer.push(b'"');
    answer.extend_from_slice(tail.as_bytes());
    Ok(answer)
}
