//! `POST transit/decrypt/:name`.

use api::FaultWhat;
use api::ops::{CiphertextForm, Decrypt, DecryptItem};
use secret::{Exposure, SecretBytes};
use serde::Deserialize;
use serde_json::{Value, json};

use super::batch;
use super::encrypt::{associated, refuse_derivation};
use crate::call::{Exchange, key_ref};
use crate::ciphertext;
use crate::envelope::{Answer, Errors};
use crate::fault;
use crate::member::{Text, Whole};

#[derive(Default, Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    ciphertext: Text<'a>,
    #[serde(borrow)]
    context: Text<'a>,
    #[serde(borrow)]
    nonce: Text<'a>,
    #[serde(borrow)]
    associated_data: Text<'a>,
    #[serde(borrow)]
    batch_input: Option<batch::Input<AskedItem<'a>>>,
    partial_failure_response_code: Option<Whole>,
}

#[derive(Default, Deserialize)]
struct AskedItem<'a> {
    #[serde(borrow)]
    ciphertext: Text<'a>,
    #[serde(borrow)]
    context: Text<'a>,
    #[serde(borrow)]
    nonce: Text<'a>,
    #[serde(borrow)]
    associated_data: Text<'a>,
    #[serde(borrow)]
    reference: Text<'a>,
}

pub(super) async fn run(name: &str, exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let Some((_, key)) = key_ref(name) else { return Err(exchange.unsupported_path().await) };
    let asked: Asked<'_> = super::body(&exchange).await?;
    let Asked { ciphertext, context, nonce, associated_data, batch_input, partial_failure_response_code } =
        asked;
    let alone = batch_input.is_none();
    let one = AskedItem { ciphertext, context, nonce, associated_data, reference: None };
    let asked = match batch_input {
        Some(input) => batch::check(input, &exchange).await?,
        None => vec![one],
    };
    let references: Vec<_> = asked.iter().map(|item| item.reference.as_deref().map(str::to_owned)).collect();
    let (mut items, mut seen, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    for item in &asked {
        seen.push(read(item).map(|item| {
            lengths.push(item.ciphertext.len());
            items.push(item);
        }));
    }
    if let (true, Some(Err(text))) = (alone, seen.first()) {
        return Err(exchange.refuse(Errors::bad_request(text.clone())).await);
    }
    let done = if items.is_empty() {
        // Nothing to open, but who asked is checked and recorded all the same.
        exchange.refused().await?;
        Vec::new()
    } else {
        match exchange.run(Decrypt { key: Some(key), items, form: CiphertextForm::Direct }).await {
            Ok(opened) => opened.items,
            Err(f) if !alone && lengths.len() == 1 && word(&f.what, 0).status == 400 => vec![Err(f.what)],
            Err(f) => return Err(word(&f.what, lengths.first().copied().unwrap_or(0))),
        }
    };
    if alone {
        let opened =
            done.into_iter().next().and_then(Result::ok).ok_or_else(|| fault::word(&FaultWhat::Internal))?;
        return written(&opened).map(Answer::Raw);
    }
    let done = done.into_iter().zip(lengths);
    let done = done.map(|(opened, length)| opened.map_err(|what| word(&what, length).texts.concat()));
    let items = batch::merge(seen, done, |opened| shown(&opened));
    Ok(batch::answer(items, &references, partial_failure_response_code, Some("plaintext")))
}

fn read(item: &AskedItem<'_>) -> Result<DecryptItem, String> {
    let text = item.ciphertext.as_deref().filter(|c| !c.is_empty()).ok_or("missing ciphertext to decrypt")?;
    refuse_derivation(item.context.as_deref(), item.nonce.as_deref())?;
    let ciphertext::Read { version, bytes } = ciphertext::read(text)?;
    let aad = associated(item.associated_data.as_deref())?;
    Ok(DecryptItem { ciphertext: bytes, aad, version: Some(version) })
}

/// What differs from other operations: a missing key, a version that is not there yet, and what is too short to open.
fn word(what: &FaultWhat, length: usize) -> Errors {
    match what {
        FaultWhat::KeyNotFound { .. } | FaultWhat::NameNotFound { .. } => {
            Errors::bad_request("encryption key not found")
        }
        FaultWhat::NoSuchVersion { .. } => Errors::bad_request("invalid ciphertext: version is too new"),
        FaultWhat::CiphertextInvalid if length < ciphertext::LEAST => {
            Errors::bad_request("invalid ciphertext length")
        }
        other => fault::word(other),
    }
}

/// The plaintext is composed once, in a buffer that goes to the socket and is not wiped (docs/threats.md).
fn written(opened: &SecretBytes) -> Result<Vec<u8>, Errors> {
    let text = opened.encode_base64_std(Exposure::ReturnToAuthorisedCaller);
    let text = text.map_err(|_| fault::word(&FaultWhat::Internal))?;
    Ok([b"{\"plaintext\":\"", text.as_str().as_bytes(), b"\"}"].concat())
}

fn shown(opened: &SecretBytes) -> Value {
    match opened.encode_base64_std(Exposure::ReturnToAuthorisedCaller) {
        Ok(text) => json!({ "plaintext": text.as_str() }),
        Err(_) => json!({ "error": "internal error" }),
    }
}
