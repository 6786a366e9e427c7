//! VerifyMac (AWS KMS API Reference, VerifyMac): a code that does not verify is an error, never `false`.

use api::Rehearsable;
use api::ops::Verified;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::generate_mac::{authenticating, check};
use super::members::{blob, refuse_unsupported};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
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
    #[serde(borrow)]
    mac: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
}

pub(super) struct VerifyMac;

impl WireOperation for VerifyMac {
    type Op = Rehearsable<api::ops::VerifyMac>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let Asked { message, key_id, mac_algorithm, mac, grant_tokens, dry_run } = wire::read(body)?;
        let mac = mac.as_deref().map(blob).transpose()?;
        let mut checks = Checks::default();
        let message = check(&mut checks, message, &key_id, &mac_algorithm)?;
        checks.required("mac", mac.as_ref());
        checks.blob("mac", mac.as_ref().map(Vec::len), 1, 6144);
        checks.done()?;
        refuse_unsupported(None, grant_tokens.as_deref())?;
        let authenticating = authenticating(message, &key_id, &mac_algorithm, place)?;
        let op = api::ops::VerifyMac { authenticating, mac: mac.unwrap_or_default() };
        Ok(Rehearsable::asked(op, dry_run))
    }

    fn write(verified: Verified, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let (arn, algorithm) = (key_arn(place, verified.account, verified.key), verified.algorithm);
        let algorithm = words::algorithm_word(algorithm);
        Ok(format!("{{\"KeyId\":\"{arn}\",\"MacValid\":true,\"MacAlgorithm\":\"{algorithm}\"}}").into_bytes())
    }
}
