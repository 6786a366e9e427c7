//! Decrypt (AWS KMS API Reference, Decrypt). Without `KeyId` the ciphertext names its key.

use api::Rehearsable;
use api::ops::{CiphertextForm, DecryptItem, Decrypted};
use secret::{Exposure, SecretBytes};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::members::{Context, algorithm_word, blob, form, only, refuse_modifiers, refuse_unsupported};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::key_arn;
use crate::text::Text;
use crate::wire::{self, WireError};
use crate::words;

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
        checks.word("encryptionAlgorithm", asked.encryption_algorithm.as_deref(), words::ENCRYPTION);
        checks.done()?;
        refuse_unsupported(asked.recipient, asked.grant_tokens.as_deref())?;
        refuse_modifiers(asked.dry_run_modifiers.as_deref())?;
        let key = asked.key_id.as_deref().map(|given| key_ref::read(given, place)).transpose()?;
        let context = asked.encryption_context.unwrap_or_default();
        let form = form(&asked.encryption_algorithm, &context)?;
        if key.is_none() && form != CiphertextForm::Envelope {
            return Err(WireError::validation(
                "KeyId is required: a ciphertext of an asymmetric key does not name its key.",
            ));
        }
        let aad = context.into_aad();
        let items = vec![DecryptItem { ciphertext: ciphertext.unwrap_or_default(), aad, version: None }];
        let op = api::ops::Decrypt { key, items, form };
        Ok(Rehearsable::asked(op, asked.dry_run))
    }

    fn write(output: Decrypted, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let arn = key_arn(place, output.account, output.key);
        let plaintext = only(output.items, place)?;
        // Only symmetric encryption keys have more than one material there.
        let material = output.material.filter(|_| output.form == CiphertextForm::Envelope);
        let material = material.map(|m| format!(",\"KeyMaterialId\":\"{m}\"")).unwrap_or_default();
        let algorithm = algorithm_word(output.form);
        let tail = format!(",\"EncryptionAlgorithm\":\"{algorithm}\",\"KeyId\":\"{arn}\"{material}}}");
        with_plaintext("{", &plaintext, &tail)
    }
}

/// An answer that carries a plaintext, as `Plaintext`.
pub(super) fn with_plaintext(head: &str, plaintext: &SecretBytes, tail: &str) -> Result<Vec<u8>, WireError> {
    with_secret(head, "Plaintext", plaintext, tail)
}

/// An answer that carries a secret: composed once, in one buffer of the right size. That buffer goes to the socket
/// and is not wiped (docs/threats.md).
pub(super) fn with_secret(
    head: &str,
    member: &str,
    secret: &SecretBytes,
    tail: &str,
) -> Result<Vec<u8>, WireError> {
    let text = secret.encode_base64_std(Exposure::ReturnToAuthorisedCaller);
    let text = text.map_err(|_| WireError::internal())?;
    let more = head.len() + member.len() + tail.len() + 8;
    let mut answer = Vec::with_capacity(text.as_str().len() + more);
    answer.extend_from_slice(head.as_bytes());
    answer.push(b'"');
    answer.extend_from_slice(member.as_bytes());
    answer.extend_from_slice(b"\":\"");
    answer.extend_from_slice(text.as_str().as_bytes());
    answer.push(b'"');
    answer.extend_from_slice(tail.as_bytes());
    Ok(answer)
}
