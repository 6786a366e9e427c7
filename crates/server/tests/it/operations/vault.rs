//! Vault: verb and path stand in the operation's name, keys by their name in the mount.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialect_vault::{OPERATIONS, Vault};
use http::Method;
use serde_json::{Value, json};

use super::cast::Player;
use super::custody;
use super::props::Props;
use super::stage::{Row, Stage, Wire, gate};
use crate::house::House;

type Build = fn(&Props) -> Value;

const BODIES: &[(&str, Build)] = &[
    ("read sys/health", none),
    ("read sys/seal-status", none),
    ("read sys/init", none),
    ("read sys/leader", none),
    ("write sys/unseal", |_| json!({ "key": "no share" })),
    ("read auth/token/lookup-self", none),
    ("list transit/keys", none),
    ("read transit/keys/:name", none),
    ("write transit/keys/:name", none),
    ("delete transit/keys/:name/soft-delete", none),
    ("write transit/keys/:name/soft-delete-restore", none),
    ("write transit/encrypt/:name", |_| json!({ "plaintext": "aGVsbG8=" })),
    (
        "write transit/decrypt/:name",
        |p| json!({ "ciphertext": format!("vault:v1:{}", STANDARD.encode(&p.key.direct)) }),
    ),
];

pub(super) fn stage(house: &House) -> Stage {
    let dialect = Vault::new(gate(house), custody::none());
    let rows = OPERATIONS.iter().map(|row| Row {
        name: row.name,
        asks: row.asks.iter().map(|(action, on)| (*action, format!("{on:?}"))).collect(),
    });
    Stage {
        word: "vault",
        rows: rows.collect(),
        built: BODIES.iter().map(|(name, _)| *name).collect(),
        build,
        sign: |wire, player: Player| wire.headers.push(("x-vault-token", player.token())),
        error,
        denied: (403, "permission denied"),
        unproven: (403, "permission denied"),
        unrouted: Wire::new(Method::GET, "/v1/no/such/path".to_owned(), &Value::Null),
        dialect: Box::new(dialect),
    }
}

fn none(_: &Props) -> Value {
    Value::Null
}

/// The beginning of the first text; some refusals have none.
fn error(body: &Value) -> String {
    let text = body["errors"][0].as_str().unwrap_or_default();
    let mut word = String::new();
    for part in text.split(' ').take_while(|part| *part != "and") {
        word.push_str(part);
        if part.ends_with(':') || word.len() > 20 {
            break;
        }
        word.push(' ');
    }
    word.trim_end_matches([' ', ':']).to_owned()
}

fn build(row: &Row, props: &Props) -> Wire {
    let (_, body) = BODIES.iter().find(|(name, _)| *name == row.operation()).unwrap();
    let (verb, path) = row.operation().split_once(' ').unwrap();
    let method = match verb {
        "read" => Method::GET,
        "write" => Method::POST,
        "delete" => Method::DELETE,
        "list" => Method::from_bytes(b"LIST").unwrap(),
        verb => panic!("`{verb}` is no verb"),
    };
    Wire::new(method, format!("/v1/{}", path.replace(":name", &props.key.name)), &body(props))
}
