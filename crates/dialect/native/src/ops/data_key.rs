//! What both forms of data key share.

use api::ops::{CiphertextForm, DataKey, DataKeyShape, GenerateDataKey};
use codec_native::{Base64, DataKeyAnswer, DataKeyRequest, SecretBase64};
use http::StatusCode;

use crate::exchange::Asked;
use crate::reference;
use crate::refused::Refused;
use crate::reply::Answer;
use crate::words::bound;

/// Bytes unless said otherwise: an AES-256 key.
const DEFAULT_BYTES: u16 = 32;

pub(super) fn read(asked: &Asked<'_>, with_plaintext: bool) -> Result<GenerateDataKey, Refused> {
    let DataKeyRequest { bytes, context, associated_data } = asked.body()?;
    let bytes = bytes.unwrap_or(DEFAULT_BYTES);
    if !(1..=1024).contains(&bytes) {
        return Err(Refused::malformed("`bytes` must be between 1 and 1024"));
    }
    Ok(GenerateDataKey {
        key: reference::key(asked.last()?)?,
        shape: DataKeyShape::Bytes(bytes),
        aad: bound(context, associated_data)?,
        form: CiphertextForm::Envelope,
        with_plaintext,
    })
}

pub(super) fn write(output: DataKey) -> Result<Answer, Refused> {
    let len = output.plaintext.as_ref().map_or(0, |plaintext| plaintext.len());
    let answer = DataKeyAnswer {
        key: output.key.to_string(),
        version: output.wrapped.version,
        wrapped: Base64(output.wrapped.ciphertext),
        plaintext: output.plaintext.map(SecretBase64),
    };
    Answer::secret(StatusCode::OK, &answer, len)
}
