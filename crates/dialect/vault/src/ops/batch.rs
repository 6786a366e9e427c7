//! Batches: what could be read goes to the gate together, what could not keeps its place and its own error.

use api::FaultWhat;
use serde_json::{Value, json};

use crate::call::Exchange;
use crate::envelope::{Answer, Errors};
use crate::member::Whole;

/// Most items, as the gate takes them.
pub(super) const MOST: usize = 1000;

/// One item's result: its members, or its error.
pub(super) type Item = Result<Value, String>;

/// Puts the gate's results back where the readable items stood.
pub(super) fn merge<T>(
    read: Vec<Result<(), String>>,
    done: Vec<Result<T, FaultWhat>>,
    shown: impl Fn(T) -> Value,
    worded: impl Fn(&FaultWhat) -> String,
) -> Vec<Item> {
    let mut done = done.into_iter();
    read.into_iter()
        .map(|item| {
            item?;
            match done.next() {
                Some(Ok(value)) => Ok(shown(value)),
                Some(Err(what)) => Err(worded(&what)),
                None => Err("internal error".to_owned()),
            }
        })
        .collect()
}

/// The whole answer: 400 (or what the client chose) if any item failed.
pub(super) fn answer(items: Vec<Item>, references: &[Option<String>], chosen: Option<Whole>) -> Answer {
    let failed = items.iter().any(Result::is_err);
    let results: Vec<Value> = items
        .into_iter()
        .zip(references)
        .map(|(item, reference)| {
            let mut result = item.unwrap_or_else(|error| json!({ "error": error }));
            if let (Some(reference), Some(object)) = (reference, result.as_object_mut()) {
                object.insert("reference".to_owned(), reference.clone().into());
            }
            result
        })
        .collect();
    let status = chosen.and_then(|code| u16::try_from(code.0).ok()).filter(|code| (200..=599).contains(code));
    let status = if failed { status.unwrap_or(400) } else { 200 };
    Answer::DataWith(status, json!({ "batch_results": results }))
}

/// A batch must have items, and not too many.
pub(super) async fn check(items: usize, exchange: &Exchange<'_>) -> Result<(), Errors> {
    let text = match items {
        0 => "missing batch input to process".to_owned(),
        1..=MOST => return Ok(()),
        _ => format!("a batch has at most {MOST} items"),
    };
    Err(exchange.refuse(Errors::bad_request(text)).await)
}
