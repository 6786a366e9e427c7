//! GenerateMac (AWS KMS API Reference, GenerateMac).

use api::Rehearsable;
use api::ops::{Authenticating, Mac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Algorithm;
use secret::SecretBytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::members::{check_key_id, refuse_unsupported};
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
    message: Option<SecretBlob>,
    #[serde(borrow)]
    key_id: Text<'a>,
    #[serde(borrow)]
    mac_algorithm: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
}

pub(super) struct GenerateMac;

impl WireOperation for GenerateMac {
    type Op = Rehearsable<api::ops::GenerateMac>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let Asked { message, key_id, mac_algorithm, grant_tokens, dry_run } = wire::read(body)?;
        let mut checks = Checks::default();
        let message = check(&mut checks, message, &key_id, &mac_algorithm)?;
        checks.done()?;
        refuse_unsupported(None, grant_tokens.as_deref())?;
        let op = api::ops::GenerateMac(authenticating(message, &key_id, &mac_algorithm, place)?);
        Ok(Rehearsable::asked(op, dry_run))
    }

    fn write(made: Mac, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let (arn, mac) = (key_arn(place, made.account, made.key), STANDARD.encode(made.mac));
        let algorithm = words::algorithm_word(Algorithm::Hmac(made.hash));
        Ok(format!("{{\"Mac\":\"{mac}\",\"MacAlgorithm\":\"{algorithm}\",\"KeyId\":\"{arn}\"}}").into_bytes())
    }
}

/// The constraints that making and verifying share.
pub(super) fn check(
    checks: &mut Checks,
    message: Option<SecretBlob>,
    key_id: &Text<'_>,
    mac_algorithm: &Text<'_>,
) -> Result<Option<SecretBytes>, WireError> {
    let message = SecretBlob::required(message, "message", checks)?;
    check_key_id(checks, key_id);
    checks.required("macAlgorithm", mac_algorithm.as_ref());
    checks.word("macAlgorithm", mac_algorithm.as_deref(), words::MACS);
    Ok(message)
}

/// What they ask, once all constraints hold.
pub(super) fn authenticating(
    message: Option<SecretBytes>,
    key_id: &Text<'_>,
    mac_algorithm: &Text<'_>,
    place: &Place<'_>,
) -> Result<Authenticating, WireError> {
    let key = key_ref::read(key_id.as_deref().unwrap_or_default(), place)?;
    let hash = mac_algorithm.as_deref().and_then(words::mac).ok_or_else(WireError::internal)?;
    let message = message.ok_or_else(WireError::internal)?;
    Ok(Authenticating { key, version: None, hash, message })
}
