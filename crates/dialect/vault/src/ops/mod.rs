//! The operations, one file each, and the one match that leads to them.

mod batch;
mod create_key;
mod decrypt;
mod encrypt;
mod list_keys;
mod lookup_self;
mod read_key;
mod soft_delete;
mod unseal;

pub(crate) use unseal::unseal;

use serde::Deserialize;

use crate::call::{Exchange, MOUNT, Verb, key_ref};
use crate::envelope::{Answer, Errors};

/// What is said of a body that cannot be read; what it holds is never said back.
const UNREADABLE: &str =
    "failed to decode JSON input: a member has a wrong type, stands twice, or the text is no JSON object";

/// Leads to the operation that verb and path name.
pub(crate) async fn dispatch(verb: Verb, path: &[&str], exchange: Exchange<'_>) -> Result<Answer, Errors> {
    match (verb, path) {
        (Verb::Read | Verb::Write, ["auth", "token", "lookup-self"]) => {
            lookup_self::run(exchange.named("read auth/token/lookup-self")).await
        }
        (Verb::List, ["transit", "keys"] | ["transit", "keys", ""]) => {
            list_keys::run(exchange.named("list transit/keys")).await
        }
        (Verb::Read, ["transit", "keys", name]) => {
            read_key::run(name, exchange.named("read transit/keys/:name")).await
        }
        (Verb::Write, ["transit", "keys", name]) => {
            create_key::run(name, exchange.named("write transit/keys/:name")).await
        }
        (Verb::Delete, ["transit", "keys", name, "soft-delete"]) => {
            soft_delete::delete(name, exchange.named("delete transit/keys/:name/soft-delete")).await
        }
        (Verb::Write, ["transit", "keys", name, "soft-delete-restore"]) => {
            soft_delete::restore(name, exchange.named("write transit/keys/:name/soft-delete-restore")).await
        }
        (Verb::Write, ["transit", "encrypt", name]) => {
            encrypt::run(name, exchange.named("write transit/encrypt/:name")).await
        }
        (Verb::Write, ["transit", "decrypt", name]) => {
            decrypt::run(name, exchange.named("write transit/decrypt/:name")).await
        }
        (Verb::Read | Verb::Write | Verb::Delete, [mount, rest @ ..]) if *mount == MOUNT && known(rest) => {
            Err(exchange.unsupported_operation().await)
        }
        (_, [mount, ..]) if *mount == MOUNT => Err(exchange.unsupported_path().await),
        _ => Err(exchange.no_route().await),
    }
}

/// Whether some verb is answered at this path of the mount.
fn known(path: &[&str]) -> bool {
    let named = |name: &str| key_ref(name).is_some();
    match path {
        ["keys"] => true,
        ["keys" | "encrypt" | "decrypt", name] => named(name),
        ["keys", name, "soft-delete" | "soft-delete-restore"] => named(name),
        _ => false,
    }
}

/// Reads a body as one JSON object; no body is an empty one.
async fn body<'a, T: Deserialize<'a> + Default>(exchange: &'a Exchange<'_>) -> Result<T, Errors> {
    let bytes = &exchange.request.body;
    let trimmed = bytes.trim_ascii();
    if trimmed.is_empty() || trimmed == b"null" {
        return Ok(T::default());
    }
    let parsed = if trimmed.first() == Some(&b'{') { serde_json::from_slice(bytes).ok() } else { None };
    match parsed {
        Some(parsed) => Ok(parsed),
        None => Err(exchange.refuse(Errors::bad_request(UNREADABLE)).await),
    }
}
