//! ReEncrypt (AWS KMS API Reference, ReEncrypt). Without `SourceKeyId` the ciphertext names its key; the destination may
//! be the same key, for another context or its newest material.

use api::Rehearsable;
use api::ops::{CiphertextForm, DecryptItem, ReEncrypted};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::MaterialId;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::members::{Context, algorithm_word, blob, form, refuse_modifiers, refuse_unsupported};
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
    source_encryption_context: Option<Context>,
    #[serde(borrow)]
    source_key_id: Text<'a>,
    #[serde(borrow)]
    destination_key_id: Text<'a>,
    destination_encryption_context: Option<Context>,
    #[serde(borrow)]
    source_encryption_algorithm: Text<'a>,
    #[serde(borrow)]
    destination_encryption_algorithm: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
    dry_run_modifiers: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    ciphertext_blob: String,
    source_key_id: String,
    key_id: String,
    source_encryption_algorithm: &'static str,
    destination_encryption_algorithm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_key_material_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_key_material_id: Option<String>,
}

pub(super) struct ReEncrypt;

impl WireOperation for ReEncrypt {
    type Op = Rehearsable<api::ops::ReEncrypt>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let ciphertext = asked.ciphertext_blob.as_deref().map(blob).transpose()?;
        check(&asked, ciphertext.as_deref())?;
        refuse_unsupported(None, asked.grant_tokens.as_deref())?;
        refuse_modifiers(asked.dry_run_modifiers.as_deref())?;
        let source = asked.source_key_id.as_deref().map(|given| key_ref::read(given, place)).transpose()?;
        let destination = key_ref::read(asked.destination_key_id.as_deref().unwrap_or_default(), place)?;
        let bound = asked.source_encryption_context.unwrap_or_default();
        let from = form(&asked.source_encryption_algorithm, &bound)?;
        if source.is_none() && from != CiphertextForm::Envelope {
            return Err(WireError::validation(
                "SourceKeyId is required: a ciphertext of an asymmetric key does not name its key.",
            ));
        }
        let aad = bound.into_aad();
        let item = DecryptItem { ciphertext: ciphertext.unwrap_or_default(), aad, version: None };
        let bound = asked.destination_encryption_context.unwrap_or_default();
        let to_form = form(&asked.destination_encryption_algorithm, &bound)?;
        let aad = bound.into_aad();
        let op = api::ops::ReEncrypt { source, item, form: from, destination, aad, to_form };
        Ok(Rehearsable::asked(op, asked.dry_run))
    }

    fn write(done: ReEncrypted, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let arn = |(key, account)| key_arn(place, account, key);
        // Only symmetric encryption keys have more than one material there.
        let material =
            |form, material: MaterialId| (form == CiphertextForm::Envelope).then(|| material.to_string());
        let answer = Answer {
            ciphertext_blob: STANDARD.encode(&done.sealed.ciphertext),
            source_key_id: arn(done.source),
            key_id: arn(done.destination),
            source_encryption_algorithm: algorithm_word(done.form),
            destination_encryption_algorithm: algorithm_word(done.to_form),
            source_key_material_id: material(done.form, done.source_material),
            destination_key_material_id: material(done.to_form, done.sealed.material),
        };
        serde_json::to_vec(&answer).map_err(|_| WireError::internal())
    }
}

fn check(asked: &Asked<'_>, ciphertext: Option<&[u8]>) -> Result<(), WireError> {
    let mut checks = Checks::default();
    checks.required("ciphertextBlob", ciphertext.as_ref());
    checks.blob("ciphertextBlob", ciphertext.map(<[u8]>::len), 1, 6144);
    checks.text("sourceKeyId", asked.source_key_id.as_deref(), 1, 2048);
    checks.required("destinationKeyId", asked.destination_key_id.as_ref());
    checks.text("destinationKeyId", asked.destination_key_id.as_deref(), 1, 2048);
    let (source, destination) =
        (asked.source_encryption_algorithm.as_deref(), asked.destination_encryption_algorithm.as_deref());
    checks.word("sourceEncryptionAlgorithm", source, words::ENCRYPTION);
    checks.word("destinationEncryptionAlgorithm", destination, words::ENCRYPTION);
    checks.done()
}
