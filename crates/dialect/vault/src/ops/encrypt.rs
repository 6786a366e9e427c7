//! `POST transit/encrypt/:name`. A key that is not there is made first, if the caller may.

use api::ops::{
    AssociatedData, CiphertextForm, CreateKey, Encrypt, EncryptItem, Encrypted, EncryptedItem, KeyRef,
};
use api::{Fault, FaultWhat};
use serde::Deserialize;
use serde_json::json;

use super::{batch, create_key};
use crate::call::{Exchange, key_ref};
use crate::envelope::{Answer, Errors};
use crate::member::{self, Text, Whole};
use crate::{ciphertext, fault};

#[derive(Default, Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    plaintext: Text<'a>,
    #[serde(borrow)]
    context: Text<'a>,
    #[serde(borrow)]
    nonce: Text<'a>,
    #[serde(borrow)]
    associated_data: Text<'a>,
    key_version: Option<Whole>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    batch_input: Option<batch::Input<AskedItem<'a>>>,
    partial_failure_response_code: Option<Whole>,
}

#[derive(Default, Deserialize)]
struct AskedItem<'a> {
    #[serde(borrow)]
    plaintext: Text<'a>,
    #[serde(borrow)]
    context: Text<'a>,
    #[serde(borrow)]
    nonce: Text<'a>,
    #[serde(borrow)]
    associated_data: Text<'a>,
    key_version: Option<Whole>,
    #[serde(borrow)]
    reference: Text<'a>,
}

pub(super) async fn run(name: &str, exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let Some((name, key)) = key_ref(name) else { return Err(exchange.unsupported_path().await) };
    let asked: Asked<'_> = super::body(&exchange).await?;
    // The type counts only where the key is not there and is made.
    let absent = || create_key::kind(asked.kind.as_deref()).and_then(|spec| create_key::new_key(name, spec));
    let key = Upsert { key, absent };
    let Asked {
        plaintext,
        context,
        nonce,
        associated_data,
        key_version,
        batch_input,
        partial_failure_response_code,
        ..
    } = asked;
    if let Some(items) = batch_input {
        return many(items, partial_failure_response_code, key, &exchange).await;
    }
    let item = AskedItem { plaintext, context, nonce, associated_data, key_version, reference: None };
    let item = match read(&item) {
        Ok(item) => item,
        Err(text) => return Err(exchange.refuse(Errors::bad_request(text)).await),
    };
    let again = || read_again(&exchange);
    let sealed = sealed(&exchange, key, vec![item], again).await.map_err(Failed::worded)?;
    let item = sealed
        .items
        .into_iter()
        .next()
        .and_then(Result::ok)
        .ok_or_else(|| fault::word(&FaultWhat::Internal))?;
    Ok(Answer::Raw(written(&item)))
}

/// The hot path's answer, without an intermediate value.
fn written(item: &EncryptedItem) -> Vec<u8> {
    let mut data = String::with_capacity(item.ciphertext.len() * 4 / 3 + 64);
    data.push_str("{\"ciphertext\":\"");
    ciphertext::push(&mut data, item.version, &item.ciphertext);
    data.push_str("\",\"key_version\":");
    data.push_str(&item.version.to_string());
    data.push('}');
    data.into_bytes()
}

async fn many(
    asked: batch::Input<AskedItem<'_>>,
    chosen: Option<Whole>,
    key: Upsert<impl FnOnce() -> Result<CreateKey, Errors>>,
    exchange: &Exchange<'_>,
) -> Result<Answer, Errors> {
    let asked = batch::check(asked, exchange).await?;
    let references: Vec<_> = asked.iter().map(|item| item.reference.as_deref().map(str::to_owned)).collect();
    let (mut items, mut seen) = (Vec::new(), Vec::new());
    for item in &asked {
        seen.push(read(item).map(|item| items.push(item)));
    }
    let done = if items.is_empty() {
        // Nothing to protect, but who asked is checked and recorded all the same.
        exchange.refused().await?;
        Vec::new()
    } else {
        let again = || asked.iter().filter_map(|item| read(item).ok()).collect();
        match sealed(exchange, key, items, again).await {
            Ok(sealed) => sealed.items,
            // The only item's fault comes as the request's; it is the item's all the same, unless nobody may ask.
            Err(Failed::Gate(fault))
                if seen.iter().filter(|s| s.is_ok()).count() == 1
                    && fault::word(&fault.what).status == 400 =>
            {
                vec![Err(fault.what)]
            }
            Err(failed) => return Err(failed.worded()),
        }
    };
    let shown = |item: EncryptedItem| {
        let mut text = String::new();
        ciphertext::push(&mut text, item.version, &item.ciphertext);
        json!({ "ciphertext": text, "key_version": item.version })
    };
    let done = done.into_iter().map(|item| item.map_err(|what| fault::word(&what).texts.concat()));
    Ok(batch::answer(batch::merge(seen, done, shown), &references, chosen, None))
}

/// Which key protects, and how it is made if it is not there.
struct Upsert<F> {
    key: KeyRef,
    absent: F,
}

/// Why nothing was protected.
enum Failed {
    /// The gate said so.
    Gate(Fault),
    /// The key is not there, and cannot be made as asked.
    Unmade(Errors),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Gate(fault)
    }
}

impl Failed {
    fn worded(self) -> Errors {
        match self {
            Self::Gate(fault) => fault::word(&fault.what),
            Self::Unmade(errors) => errors,
        }
    }
}

/// Protects; where the key is not there, makes it and tries again.
async fn sealed(
    exchange: &Exchange<'_>,
    Upsert { key, absent }: Upsert<impl FnOnce() -> Result<CreateKey, Errors>>,
    items: Vec<EncryptItem>,
    again: impl FnOnce() -> Vec<EncryptItem>,
) -> Result<Encrypted, Failed> {
    let op = |key, items| Encrypt { key, items, form: CiphertextForm::Direct };
    match exchange.run(op(key.clone(), items)).await {
        Err(Fault { what: FaultWhat::NameNotFound { .. }, .. }) => {
            let new = match absent() {
                Ok(new) => new,
                Err(errors) => return Err(Failed::Unmade(exchange.refuse(errors).await)),
            };
            exchange.run(new).await?;
            Ok(exchange.run(op(key, again())).await?)
        }
        other => Ok(other?),
    }
}

/// The single item once more, for the second try: plaintexts cannot be copied.
fn read_again(exchange: &Exchange<'_>) -> Vec<EncryptItem> {
    let Ok(asked) = serde_json::from_slice::<Asked<'_>>(&exchange.request.body) else { return Vec::new() };
    let Asked { plaintext, context, nonce, associated_data, key_version, .. } = asked;
    let item = AskedItem { plaintext, context, nonce, associated_data, key_version, reference: None };
    read(&item).into_iter().collect()
}

fn read(item: &AskedItem<'_>) -> Result<EncryptItem, String> {
    let plaintext = item.plaintext.as_deref().ok_or("missing plaintext to encrypt")?;
    refuse_derivation(item.context.as_deref(), item.nonce.as_deref())?;
    let aad = associated(item.associated_data.as_deref())?;
    Ok(EncryptItem {
        plaintext: member::secret(plaintext)?,
        aad,
        version: member::version(item.key_version)?,
    })
}

/// Contexts and nonces belong to derived and convergent keys, which are not here yet.
pub(super) fn refuse_derivation(context: Option<&str>, nonce: Option<&str>) -> Result<(), String> {
    if context.is_some_and(|c| !c.is_empty()) {
        return Err("context is for derived keys, which are not supported by this server yet".to_owned());
    }
    if nonce.is_some_and(|n| !n.is_empty()) {
        return Err("provided nonce not allowed for this key".to_owned());
    }
    Ok(())
}

pub(super) fn associated(given: Option<&str>) -> Result<AssociatedData, String> {
    match given {
        None | Some("") => Ok(AssociatedData::None),
        Some(text) => member::bytes(text).map(AssociatedData::Bytes),
    }
}
