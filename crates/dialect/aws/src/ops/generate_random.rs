//! GenerateRandom (AWS KMS API Reference, GenerateRandom).

use secret::SecretBytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::decrypt::with_plaintext;
use super::members::refuse_unsupported;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    number_of_bytes: Option<i64>,
    #[serde(borrow)]
    custom_key_store_id: Text<'a>,
    recipient: Option<IgnoredAny>,
}

pub(super) struct GenerateRandom;

impl WireOperation for GenerateRandom {
    type Op = api::ops::GenerateRandom;

    fn read(body: &[u8], _: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        checks.range("numberOfBytes", asked.number_of_bytes, 1, 1024);
        checks.text("customKeyStoreId", asked.custom_key_store_id.as_deref(), 1, 64);
        checks.done()?;
        refuse_unsupported(asked.recipient, None)?;
        if asked.custom_key_store_id.is_some() {
            return Err(WireError::unsupported("Custom key stores are not supported by this server yet."));
        }
        let bytes = asked.number_of_bytes.and_then(|n| u16::try_from(n).ok());
        let bytes = bytes.ok_or_else(|| WireError::validation("NumberOfBytes is required."))?;
        Ok(api::ops::GenerateRandom { bytes })
    }

    fn write(made: SecretBytes, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        with_plaintext("{", &made, "}")
    }
}
