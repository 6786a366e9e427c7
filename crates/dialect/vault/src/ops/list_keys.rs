//! `LIST transit/keys`: the names of the mount. A key without a name here is reached by its id, but not listed.

use api::ops::ListNames;
use domain::Space;
use serde_json::json;

use crate::call::{Exchange, MOUNT};
use crate::envelope::{Answer, Errors};
use crate::fault;

/// Most names of one answer.
const MOST: usize = 10_000;

pub(super) async fn run(exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let space = Space::Vault { mount: MOUNT.to_owned() };
        let page = exchange.run(ListNames { space, key: None, after, limit: 1000 }).await;
        let page = page.map_err(|f| fault::word(&f.what))?;
        names.extend(page.items.iter().map(|view| view.name.text().to_owned()));
        after = page.next;
        if after.is_none() || names.len() >= MOST {
            break;
        }
    }
    if names.is_empty() { Err(Errors::silent(404)) } else { Ok(Answer::Data(json!({ "keys": names }))) }
}
