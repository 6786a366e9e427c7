//! `LIST transit/keys`: the names of the mount, in order. A key without a name here is reached by its id, but not
//! listed. `after` and `limit` are OpenBao's; nothing is left out without a word.

use api::ops::ListNames;
use domain::Space;
use serde_json::json;

use crate::call::{Exchange, MOUNT};
use crate::envelope::{Answer, Errors};
use crate::{fault, query};

/// Most names of one answer.
const MOST: usize = 10_000;
/// Most pages of a thousand that one request walks to find them.
const PAGES: usize = 100;

pub(super) async fn run(exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let asked = exchange.request.query.as_deref();
    let limit = match limit(query::value(asked, "limit").as_deref()) {
        Ok(limit) => limit,
        Err(errors) => return Err(exchange.refuse(errors).await),
    };
    let from = query::value(asked, "after").unwrap_or_default();
    let (mut names, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let space = Space::Vault { mount: MOUNT.to_owned() };
        let page = exchange.run(ListNames { space, key: None, after, limit: 1000 }).await;
        let page = page.map_err(|f| fault::word(&f.what))?;
        let texts = page.items.iter().map(|view| view.name.text()).filter(|text| *text > &*from);
        names.extend(texts.map(str::to_owned));
        after = page.next;
        if after.is_none() || names.len() > limit.unwrap_or(MOST) {
            break;
        }
    }
    whole(names, after.is_some(), limit)
}

/// A whole number above 0 bounds the answer, any other asks for everything.
fn limit(given: Option<&str>) -> Result<Option<usize>, Errors> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Ok(None) };
    let limit: i64 = given.parse().map_err(|_| Errors::bad_request("limit: a whole number is needed"))?;
    match usize::try_from(limit) {
        Ok(1..) if limit > 10_000 => Err(Errors::bad_request(format!("limit: at most {MOST}"))),
        Ok(limit @ 1..) => Ok(Some(limit)),
        Ok(0) | Err(_) => Ok(None),
    }
}

/// The answer, unless it would leave out names that were asked for.
fn whole(mut names: Vec<String>, more: bool, limit: Option<usize>) -> Result<Answer, Errors> {
    let enough = limit.is_some_and(|limit| names.len() >= limit);
    if (more || names.len() > MOST) && !enough {
        let text = format!("more than {MOST} keys: list them in pages, with `limit` and `after`");
        return Err(Errors::bad_request(text));
    }
    names.truncate(limit.unwrap_or(MOST));
    if names.is_empty() { Err(Errors::silent(404)) } else { Ok(Answer::Data(json!({ "keys": names }))) }
}
