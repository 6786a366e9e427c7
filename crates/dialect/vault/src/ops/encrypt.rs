//! `POST transit/encrypt/:name`. A key that is not there is made first, if the caller may.

use api::ops::{AssociatedData, CiphertextForm, Encrypt, EncryptItem, Encrypted, EncryptedItem, KeyRef};
use api::{Fault, FaultWhat};
use domain::{KeySpec, Name};
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
    batch_input: Option<Vec<AskedItem<'a>>>,
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
    let spec = match create_key::kind(asked.kind.as_deref()) {
        Ok(spec) => spec,
        Err(errors) => return Err(exchange.refuse(errors).await),
    };
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
        return many(items, partial_failure_response_code, (name, key, spec), &exchange).await;
    }
    let item = AskedItem { plaintext, context, nonce, associated_data, key_version, reference: None };
    let item = match read(&item) {
        Ok(item) => item,
        Err(text) => return Err(exchange.refuse(Errors::bad_request(text)).await),
    };
    let again = || read_again(&exchange);
    let sealed =
        sealed(&exchange, (name, key, spec), vec![item], again).await.map_err(|f| worded(&f.what))?;
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
    asked: Vec<AskedItem<'_>>,
    chosen: Option<Whole>,
    key: (Name, KeyRef, KeySpec),
    exchange: &Exchange<'_>,
) -> Result<Answer, Errors> {
    batch::check(asked.len(), exchange).await?;
    let references: Vec<_> = asked.iter().map(|item| item.reference.as_deref().map(str::to_owned)).collect();
    let (mut items, mut seen) = (Vec::new(), Vec::new());
    for item in &asked {
        seen.push(read(item).map(|item| items.push(item)));
    }
    let done = if items.is_empty() {
        // Nothing to protect, but who asked is checked and recorded all the same.
        let told = exchange.refuse(Errors::bad_request("")).await;
        if told.status == 403 {
            return Err(told);
        }
        Vec::new()
    } else {
        let again = || asked.iter().filter_map(|item| read(item).ok()).collect();
        match sealed(exchange, key, items, again).await {
            Ok(sealed) => sealed.items,
            // The only item's fault comes as the request's; it is the item's all the same, unless nobody may ask.
            Err(fault)
                if seen.iter().filter(|s| s.is_ok()).count() == 1 && worded(&fault.what).status == 400 =>
            {
                vec![Err(fault.what)]
            }
            Err(fault) => return Err(worded(&fault.what)),
        }
    };
    let shown = |item: EncryptedItem| {
        let mut text = String::new();
        ciphertext::push(&mut text, item.version, &item.ciphertext);
        json!({ "ciphertext": text, "key_version": item.version })
    };
    let text = |what: &FaultWhat| worded(what).texts.concat();
    Ok(batch::answer(batch::merge(seen, done, shown, text), &references, chosen))
}

/// Protects; where the key is not there, makes it and tries again.
async fn sealed(
    exchange: &Exchange<'_>,
    (name, key, spec): (Name, KeyRef, KeySpec),
    items: Vec<EncryptItem>,
    again: impl FnOnce() -> Vec<EncryptItem>,
) -> Result<Encrypted, Fault> {
    let op = |key, items| Encrypt { key, items, form: CiphertextForm::Direct };
    match exchange.run(op(key.clone(), items)).await {
        Err(Fault { what: FaultWhat::NameNotFound { .. }, .. }) => {
            exchange.run(create_key::new_key(name, spec)).await?;
            exchange.run(op(key, again())).await
        }
        other => other,
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

fn worded(what: &FaultWhat) -> Errors {
    fault::word(what)
}
