//! Verify (AWS KMS API Reference, Verify): a signature that does not verify is an error, never `false`.

use api::Rehearsable;
use api::ops::Verified;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::members::{blob, refuse_unsupported};
use super::sign::Parts;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
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
    signature: Text<'a>,
    #[serde(borrow)]
    signing_algorithm: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
}

pub(super) struct Verify;

impl WireOperation for Verify {
    type Op = Rehearsable<api::ops::Verify>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let Asked { key_id, message, message_type, signature, signing_algorithm, grant_tokens, dry_run } =
            wire::read(body)?;
        let signature = signature.as_deref().map(blob).transpose()?;
        let mut checks = Checks::default();
        let parts = Parts { key_id, message, message_type, signing_algorithm };
        let parts = parts.check(&mut checks)?;
        checks.required("signature", signature.as_ref());
        checks.blob("signature", signature.as_ref().map(Vec::len), 1, 6144);
        checks.done()?;
        refuse_unsupported(None, grant_tokens.as_deref())?;
        let signing = parts.signing(place)?;
        let op = api::ops::Verify { signing, signature: signature.unwrap_or_default() };
        Ok(Rehearsable::asked(op, dry_run))
    }

    fn write(verified: Verified, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let (arn, algorithm) = (key_arn(place, verified.account, verified.key), verified.algorithm);
        let algorithm = words::algorithm_word(algorithm);
        let answer =
            format!("{{\"KeyId\":\"{arn}\",\"SignatureValid\":true,\"SigningAlgorithm\":\"{algorithm}\"}}");
        Ok(answer.into_bytes())
    }
}
