//! GetPublicKey (AWS KMS API Reference, GetPublicKey): the public half as `SubjectPublicKeyInfo`, with what it may be
//! used with elsewhere.

use api::ops::PublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::members::{check_key_id, refuse_unsupported};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::{Algorithms, key_arn, spec_of};
use crate::text::Text;
use crate::wire::{self, WireError};
use crate::words;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    grant_tokens: Option<Vec<IgnoredAny>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    key_id: String,
    public_key: String,
    customer_master_key_spec: &'static str,
    key_spec: &'static str,
    key_usage: &'static str,
    #[serde(flatten)]
    algorithms: Algorithms,
}

pub(super) struct GetPublicKey;

impl WireOperation for GetPublicKey {
    type Op = api::ops::GetPublicKey;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.done()?;
        refuse_unsupported(None, asked.grant_tokens.as_deref())?;
        let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
        Ok(api::ops::GetPublicKey { key, version: None })
    }

    fn write(public: PublicKey, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let key = &public.view.key;
        let (spec, usage) = (spec_of(key)?, words::usage_word(key.usage()));
        let answer = Answer {
            key_id: key_arn(place, public.view.account.number, key.id()),
            public_key: STANDARD.encode(public.der),
            customer_master_key_spec: spec,
            key_spec: spec,
            key_usage: usage,
            algorithms: Algorithms::of(key.spec(), usage),
        };
        serde_json::to_vec(&answer).map_err(|_| WireError::internal())
    }
}
