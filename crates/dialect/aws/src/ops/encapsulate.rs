//! Encapsulate (AWS KMS API Reference, Encapsulate): a shared secret made and sent to an ML-KEM key.

use api::Rehearsable;
use api::ops::Encapsulated;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::decrypt::with_secret;
use super::members::{check_key_id, refuse_unsupported};
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
    #[serde(borrow)]
    encapsulation_algorithm: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
}

pub(super) struct Encapsulate;

impl WireOperation for Encapsulate {
    type Op = Rehearsable<api::ops::Encapsulate>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        check_algorithm(&mut checks, &asked.encapsulation_algorithm);
        checks.done()?;
        refuse_unsupported(None, asked.grant_tokens.as_deref())?;
        let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let op = api::ops::Encapsulate { key, version: None };
        Ok(Rehearsable::asked(op, asked.dry_run))
    }

    fn write(made: Encapsulated, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let (arn, blob) = (key_arn(place, made.account, made.key), STANDARD.encode(&made.ciphertext));
        let tail = format!(
            ",\"SharedSecretCiphertextBlob\":\"{blob}\",\"KeyId\":\"{arn}\",\"EncapsulationAlgorithm\":\"ML_KEM\"}}"
        );
        with_secret("{", "SharedSecret", &made.secret, &tail)
    }
}

/// The one algorithm there is.
pub(super) fn check_algorithm(checks: &mut Checks, algorithm: &Text<'_>) {
    checks.required("encapsulationAlgorithm", algorithm.as_ref());
    checks.one_of("encapsulationAlgorithm", algorithm.as_deref(), &["ML_KEM"]);
}
