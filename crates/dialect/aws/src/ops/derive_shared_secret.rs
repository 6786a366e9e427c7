//! DeriveSharedSecret (AWS KMS API Reference, DeriveSharedSecret): the raw secret of a Diffie-Hellman agreement.

use api::Rehearsable;
use api::ops::SharedSecret;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::decrypt::with_secret;
use super::members::{blob, check_key_id, refuse_unsupported};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::{key_arn, origin};
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    #[serde(borrow)]
    key_agreement_algorithm: Text<'a>,
    #[serde(borrow)]
    public_key: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
    dry_run: Option<bool>,
    recipient: Option<IgnoredAny>,
}

pub(super) struct DeriveSharedSecret;

impl WireOperation for DeriveSharedSecret {
    type Op = Rehearsable<api::ops::AgreeKey>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let peer = asked.public_key.as_deref().map(blob).transpose()?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.required("keyAgreementAlgorithm", asked.key_agreement_algorithm.as_ref());
        checks.one_of("keyAgreementAlgorithm", asked.key_agreement_algorithm.as_deref(), &["ECDH"]);
        checks.required("publicKey", peer.as_ref());
        checks.blob("publicKey", peer.as_ref().map(Vec::len), 1, 8192);
        checks.done()?;
        refuse_unsupported(asked.recipient, asked.grant_tokens.as_deref())?;
        let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let op = api::ops::AgreeKey { key, version: None, peer: peer.unwrap_or_default() };
        Ok(Rehearsable::asked(op, asked.dry_run))
    }

    fn write(shared: SharedSecret, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let key = &shared.view.key;
        let (arn, origin) = (key_arn(place, shared.view.account.number, key.id()), origin(key));
        let tail =
            format!(",\"KeyId\":\"{arn}\",\"KeyAgreementAlgorithm\":\"ECDH\",\"KeyOrigin\":\"{origin}\"}}");
        with_secret("{", "SharedSecret", &shared.secret, &tail)
    }
}
