//! Batches: what could be read goes to the gate together, what could not keeps its place and its own error.

use serde_json::{Value, json};

use crate::call::Exchange;
use crate::envelope::{Answer, Errors};
use crate::member::{self, Whole};

/// Most items, as the gate takes them.
pub(super) const MOST: usize = 1000;

/// Items as they are read from the body, bounded.
pub(super) type Input<T> = member::Batch<T, MOST>;

/// One item's result: its members, or its error.
pub(super) type Item = Result<Value, String>;

/// Puts the gate's results back where the readable items stood.
pub(super) fn merge<T>(
    read: Vec<Result<(), String>>,
    mut done: impl Iterator<Item = Result<T, String>>,
    shown: impl Fn(T) -> Value,
) -> Vec<Item> {
    read.into_iter()
        .map(|item| {
            item?;
            match done.next() {
                Some(Ok(value)) => Ok(shown(value)),
                Some(Err(text)) => Err(text),
                None => Err("internal error".to_owned()),
            }
        })
        .collect()
}

/// The whole answer: 400 if any item failed, or what the client chose if others did not. Every item says its reference,
/// and an item without its result says `empty` in the result's place, where the operation has such a member.
pub(super) fn answer(
    items: Vec<Item>,
    references: &[Option<String>],
    chosen: Option<Whole>,
    empty: Option<&'static str>,
) -> Answer {
    let failed = items.iter().any(Result::is_err);
    let all_failed = items.iter().all(Result::is_err);
    let results: Vec<Value> = items
        .into_iter()
        .zip(references)
        .map(|(item, reference)| {
            let mut result = item.unwrap_or_else(|error| match empty {
                Some(member) => json!({ member: "", "error": error }),
                None => json!({ "error": error }),
            });
            if let Some(object) = result.as_object_mut() {
                object.insert("reference".to_owned(), reference.clone().unwrap_or_default().into());
            }
            result
        })
        .collect();
    let status = chosen.and_then(|code| u16::try_from(code.0).ok()).filter(|code| (200..=599).contains(code));
    let status = match (failed, all_failed) {
        (false, _) => 200,
        (true, true) => 400,
        (true, false) => status.unwrap_or(400),
    };
    Answer::DataWith(status, json!({ "batch_results": results }))
}

/// A batch must have items, and not too many.
pub(super) async fn check<T>(input: Input<T>, exchange: &Exchange<'_>) -> Result<Vec<T>, Errors> {
    let text = match input {
        Input { too_many: true, .. } => format!("a batch has at most {MOST} items"),
        Input { items, .. } if items.is_empty() => "missing batch input to process".to_owned(),
        Input { items, .. } => return Ok(items),
    };
    Err(exchange.refuse(Errors::bad_request(text)).await)
}
