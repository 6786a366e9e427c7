//! `POST …/keys/{key}:decrypt`: opens what `:encrypt` made; `-` reads the key from the ciphertext.

use crate::words::bound;
use crate::{fault, reference};
use api::ops::{CiphertextForm, DecryptItem};
use codec_native::{DecryptAnswer, DecryptRequest, SecretBase64};
use http::StatusCode;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct Decrypt;

impl WireOperation for Decrypt {
    type Op = api::ops::Decrypt;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let DecryptRequest { ciphertext, context, associated_data } = asked.body()?;
        let key = match asked.last()? {
            reference::IN_CIPHERTEXT => None,
            named => Some(reference::key(named)?),
        };
        let aad = bound(context, associated_data)?;
        let item = DecryptItem { ciphertext: ciphertext.0, aad, version: None };
        Ok(api::ops::Decrypt { key, items: vec![item], form: CiphertextForm::Envelope })
    }

    fn write(output: api::ops::Decrypted) -> Result<Answer, Refused> {
        let plaintext = output.items.into_iter().next().ok_or_else(Refused::internal)?;
        let plaintext = plaintext.map_err(|what| fault::word(&what))?;
        let len = plaintext.len();
        let answer = DecryptAnswer { key: output.key.to_string(), plaintext: SecretBase64(plaintext) };
        Answer::secret(StatusCode::OK, &answer, len)
    }
}
