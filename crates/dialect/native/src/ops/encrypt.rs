//! `POST …/keys/{key}:encrypt`: one plaintext into a self-describing ciphertext (docs/adr/003).

use crate::words::bound;
use crate::{fault, reference};
use api::ops::{CiphertextForm, EncryptItem};
use codec_native::{Base64, EncryptAnswer, EncryptRequest};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct Encrypt;

impl WireOperation for Encrypt {
    type Op = api::ops::Encrypt;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let EncryptRequest { plaintext, context, associated_data } = asked.body()?;
        let item =
            EncryptItem { plaintext: plaintext.0, aad: bound(context, associated_data)?, version: None };
        Ok(api::ops::Encrypt {
            key: reference::key(asked.last()?)?,
            items: vec![item],
            form: CiphertextForm::Envelope,
        })
    }

    fn write(output: api::ops::Encrypted) -> Result<Answer, Refused> {
        let item = output.items.into_iter().next().ok_or_else(Refused::internal)?;
        let item = item.map_err(|what| fault::word(&what))?;
        Answer::ok(&EncryptAnswer {
            key: output.key.to_string(),
            version: item.version,
            ciphertext: Base64(item.ciphertext),
        })
    }
}
