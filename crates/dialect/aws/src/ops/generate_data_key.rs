//! GenerateDataKey (AWS KMS API Reference, GenerateDataKey).

use api::Rehearsable;
use api::ops::{CiphertextForm, DataKey, DataKeyShape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::decrypt::with_plaintext;
use super::members::{Context, check_key_id, refuse_unsupported};
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
    key_id: Text<'a>,
    encryption_context: Option<Context>,
    number_of_bytes: Option<i64>,
    #[serde(borrow)]
    key_spec: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    recipient: Option<IgnoredAny>,
    dry_run: Option<bool>,
}

pub(super) struct GenerateDataKey;

impl WireOperation for GenerateDataKey {
    type Op = Rehearsable<api::ops::GenerateDataKey>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        read(body, place, true)
    }

    fn write(made: DataKey, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let plaintext = made.plaintext.as_ref().ok_or_else(WireError::internal)?;
        let tail = format!(",{}", wrapped(&made, place));
        with_plaintext("{", plaintext, &tail)
    }
}

/// Both forms of the operation ask the same.
pub(super) fn read(
    body: &[u8],
    place: &Place<'_>,
    with_plaintext: bool,
) -> Result<Rehearsable<api::ops::GenerateDataKey>, WireError> {
    let asked: Asked<'_> = wire::read(body)?;
    let mut checks = Checks::default();
    check_key_id(&mut checks, &asked.key_id);
    checks.range("numberOfBytes", asked.number_of_bytes, 1, 1024);
    checks.one_of("keySpec", asked.key_spec.as_deref(), &["AES_256", "AES_128"]);
    checks.done()?;
    refuse_unsupported(asked.recipient, asked.grant_tokens.as_deref())?;
    let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
    let bytes = match (asked.number_of_bytes, asked.key_spec.as_deref()) {
        (Some(n), None) => u16::try_from(n).unwrap_or(u16::MAX),
        (None, Some("AES_128")) => 16,
        (None, Some(_)) => 32,
        (Some(_), Some(_)) | (None, None) => {
            return Err(WireError::validation("Please specify either number of bytes or key spec."));
        }
    };
    let aad = asked.encryption_context.unwrap_or_default().into_aad();
    let (shape, form) = (DataKeyShape::Bytes(bytes), CiphertextForm::Envelope);
    let op = api::ops::GenerateDataKey { key, shape, aad, form, with_plaintext };
    Ok(Rehearsable::asked(op, asked.dry_run))
}

/// The members that both answers end with, closing brace included.
pub(super) fn wrapped(made: &DataKey, place: &Place<'_>) -> String {
    let (blob, arn) = (STANDARD.encode(&made.wrapped.ciphertext), key_arn(place, made.account, made.key));
    format!(
        "\"CiphertextBlob\":\"{blob}\",\"KeyId\":\"{arn}\",\"KeyMaterialId\":\"{}\"}}",
        made.wrapped.material
    )
}
