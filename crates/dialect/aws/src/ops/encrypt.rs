//! Encrypt (AWS KMS API Reference, Encrypt). The hot path: no intermediate JSON value, one output buffer.

use api::Rehearsable;
use api::ops::{EncryptItem, Encrypted};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::members::{Context, algorithm_word, check_key_id, form, only, refuse_unsupported};
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
    plaintext: Option<SecretBlob>,
    encryption_context: Option<Context>,
    #[serde(borrow)]
    encryption_algorithm: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
}

pub(super) struct Encrypt;

impl WireOperation for Encrypt {
    type Op = Rehearsable<api::ops::Encrypt>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        let plaintext = SecretBlob::required(asked.plaintext, "plaintext", &mut checks)?;
        checks.word("encryptionAlgorithm", asked.encryption_algorithm.as_deref(), words::ENCRYPTION);
        checks.done()?;
        refuse_unsupported(None, asked.grant_tokens.as_deref())?;
        let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let context = asked.encryption_context.unwrap_or_default();
        let form = form(&asked.encryption_algorithm, &context)?;
        let plaintext = plaintext.ok_or_else(WireError::internal)?;
        let items = vec![EncryptItem { plaintext, aad: context.into_aad(), version: None }];
        let op = api::ops::Encrypt { key, items, form };
        Ok(Rehearsable::asked(op, asked.dry_run))
    }

    fn write(output: Encrypted, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let item = only(output.items, place)?;
        let arn = key_arn(place, output.account, output.key);
        let mut answer = String::with_capacity(item.ciphertext.len() * 4 / 3 + 192);
        answer.push_str("{\"CiphertextBlob\":\"");
        STANDARD.encode_string(&item.ciphertext, &mut answer);
        answer.push_str("\",\"EncryptionAlgorithm\":\"");
        answer.push_str(algorithm_word(output.form));
        answer.push_str("\",\"KeyId\":\"");
        answer.push_str(&arn);
        answer.push_str("\"}");
        Ok(answer.into_bytes())
    }
}
