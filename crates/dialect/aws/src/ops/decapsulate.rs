//! Decapsulate (AWS KMS API Reference, Decapsulate): recovers a shared secret. Only a wrong length is an error; any other
//! ciphertext that was not made for the key gives another secret (FIPS 203, implicit rejection).

use api::Rehearsable;
use api::ops::SharedSecret;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::decrypt::with_secret;
use super::encapsulate::check_algorithm;
use super::members::{blob, check_key_id, refuse_unsupported};
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
    shared_secret_ciphertext_blob: Text<'a>,
    #[serde(borrow)]
    encapsulation_algorithm: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
}

pub(super) struct Decapsulate;

impl WireOperation for Decapsulate {
    type Op = Rehearsable<api::ops::Decapsulate>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let ciphertext = asked.shared_secret_ciphertext_blob.as_deref().map(blob).transpose()?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.required("sharedSecretCiphertextBlob", ciphertext.as_ref());
        checks.blob("sharedSecretCiphertextBlob", ciphertext.as_ref().map(Vec::len), 1, 6144);
        check_algorithm(&mut checks, &asked.encapsulation_algorithm);
        checks.done()?;
        refuse_unsupported(None, asked.grant_tokens.as_deref())?;
        let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let ciphertext = ciphertext.unwrap_or_default();
        let op = api::ops::Decapsulate { key, version: None, ciphertext };
        Ok(Rehearsable::asked(op, asked.dry_run))
    }

    fn write(shared: SharedSecret, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let arn = key_arn(place, shared.view.account.number, shared.view.key.id());
        let tail = format!(",\"KeyId\":\"{arn}\",\"EncapsulationAlgorithm\":\"ML_KEM\"}}");
        with_secret("{", "SharedSecret", &shared.secret, &tail)
    }
}
