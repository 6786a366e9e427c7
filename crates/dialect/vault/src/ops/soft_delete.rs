//! `DELETE transit/keys/:name/soft-delete` and its restoration (OpenBao): the key is held back, in every dialect.

use api::ops::{DisableKey, EnableKey};

use crate::call::{Exchange, key_ref};
use crate::envelope::{Answer, Errors};
use crate::fault;

pub(super) async fn delete(name: &str, exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let Some((_, key)) = key_ref(name) else { return Err(exchange.unsupported_path().await) };
    exchange.run(DisableKey { key }).await.map_err(|f| fault::word(&f.what))?;
    Ok(Answer::Empty)
}

pub(super) async fn restore(name: &str, exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let Some((_, key)) = key_ref(name) else { return Err(exchange.unsupported_path().await) };
    exchange.run(EnableKey { key }).await.map_err(|f| fault::word(&f.what))?;
    Ok(Answer::Empty)
}
