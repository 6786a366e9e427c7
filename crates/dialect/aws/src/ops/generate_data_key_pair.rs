//! GenerateDataKeyPair (AWS KMS API Reference, GenerateDataKeyPair).

use api::Rehearsable;
use api::ops::{CiphertextForm, DataKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::decrypt::with_secret;
use super::members::{Context, check_key_id, only_in_china, refuse_unsupported};
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
    encryption_context: Option<Context>,
    #[serde(borrow)]
    key_id: Text<'a>,
    #[serde(borrow)]
    key_pair_spec: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    recipient: Option<IgnoredAny>,
    dry_run: Option<bool>,
}

pub(super) struct GenerateDataKeyPair;

impl WireOperation for GenerateDataKeyPair {
    type Op = Rehearsable<api::ops::GenerateDataKeyPair>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        read(body, place, true)
    }

    fn write(made: DataKeyPair, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let private = made.private.as_ref().ok_or_else(WireError::internal)?;
        let tail = format!(",{}", wrapped(&made, place));
        with_secret("{", "PrivateKeyPlaintext", private, &tail)
    }
}

/// Both forms of the operation ask the same.
pub(super) fn read(
    body: &[u8],
    place: &Place<'_>,
    with_plaintext: bool,
) -> Result<Rehearsable<api::ops::GenerateDataKeyPair>, WireError> {
    let asked: Asked<'_> = wire::read(body)?;
    let mut checks = Checks::default();
    check_key_id(&mut checks, &asked.key_id);
    checks.required("keyPairSpec", asked.key_pair_spec.as_ref());
    checks.one_of("keyPairSpec", asked.key_pair_spec.as_deref(), words::PAIRS);
    checks.done()?;
    refuse_unsupported(asked.recipient, asked.grant_tokens.as_deref())?;
    let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
    let word = asked.key_pair_spec.as_deref().unwrap_or_default();
    let pair = words::spec(word).ok_or_else(|| only_in_china(&format!("KeyPairSpec {word}")))?;
    let aad = asked.encryption_context.unwrap_or_default().into_aad();
    let form = CiphertextForm::Envelope;
    let op = api::ops::GenerateDataKeyPair { key, pair, aad, form, with_plaintext };
    Ok(Rehearsable::asked(op, asked.dry_run))
}

/// The members that both answers end with, closing brace included.
pub(super) fn wrapped(made: &DataKeyPair, place: &Place<'_>) -> String {
    let (blob, public) = (STANDARD.encode(&made.wrapped.ciphertext), STANDARD.encode(&made.public));
    let arn = key_arn(place, made.account, made.key);
    let spec = words::spec_word(made.pair).unwrap_or_default();
    format!(
        "\"PrivateKeyCiphertextBlob\":\"{blob}\",\"PublicKey\":\"{public}\",\"KeyId\":\"{arn}\",\
         \"KeyPairSpec\":\"{spec}\",\"KeyMaterialId\":\"{}\"}}",
        made.wrapped.material
    )
}
