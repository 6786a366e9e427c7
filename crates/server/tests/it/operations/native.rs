//! Our own API: method and path stand in the row, keys by name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialect_native::{Native, OPERATIONS};
use http::Method;
use serde_json::{Value, json};

use super::aws::key_policy;
use super::cast::Player;
use super::custody;
use super::props::{IDENTITY_POLICY, Props};
use super::stage::{Row, Stage, Wire, gate};
use crate::house::House;

type Build = fn(&Props) -> Value;

const BODIES: &[(&str, Build)] = &[
    ("sys.status", none),
    ("sys.unseal", |_| json!({ "share": "no share" })),
    ("sys.reset-unseal", none),
    ("sys.init", |_| json!({ "shares": 3, "threshold": 2 })),
    ("sys.seal", none),
    ("me.show", none),
    ("account.create", |p| json!({ "number": format!("{:012}", p.fresh), "name": p.new_name() })),
    ("tenant.create", |p| json!({ "name": p.new_name() })),
    ("tenant.list", none),
    ("key.create", |p| json!({ "name": p.new_name(), "labels": { "team": "pay" } })),
    ("key.list", none),
    ("key.show", none),
    ("key.enable", none),
    ("key.disable", none),
    ("key.rotate", none),
    ("key.schedule-destruction", |_| json!({ "wait": 604_800 })),
    ("key.cancel-destruction", none),
    ("key.encrypt", |_| json!({ "plaintext": "aGVsbG8=" })),
    ("key.decrypt", |p| json!({ "ciphertext": STANDARD.encode(&p.key.envelope) })),
    ("key.generate-data-key", |_| json!({})),
    ("key.generate-wrapped-data-key", |_| json!({})),
    ("key.get-policy", none),
    ("key.put-policy", |_| json!({ "policy": { "language": "iam", "text": key_policy() } })),
    ("name.bind", |p| json!({ "name": p.new_name(), "key": p.key.name })),
    ("name.list", none),
    ("principal.create", |p| json!({ "name": p.new_name(), "roles": ["crypto-user"] })),
    ("principal.list", none),
    ("principal.update", |_| json!({ "disabled": false })),
    ("credential.create", |_| json!({})),
    ("credential.list", none),
    ("credential.revoke", none),
    ("policy.write", |_| json!({ "document": { "language": "iam", "text": IDENTITY_POLICY } })),
    ("policy.list", none),
    ("policy.explain", |p| json!({ "action": "key:encrypt", "key": p.key.name })),
    ("audit.search", none),
];

pub(super) fn stage(house: &House) -> Stage {
    let dialect = Native::new(gate(house), custody::none());
    let rows = OPERATIONS.iter().map(|row| Row {
        name: row.name,
        asks: row.asks.iter().map(|(action, on)| (*action, format!("{on:?}"))).collect(),
    });
    Stage {
        word: "native",
        rows: rows.collect(),
        built: BODIES.iter().map(|(name, _)| *name).collect(),
        build,
        sign: |wire, player: Player| {
            wire.headers.push(("authorization", format!("Bearer {}", player.token())))
        },
        error: |body| body["error"]["code"].as_str().unwrap().to_owned(),
        denied: (403, "denied"),
        unproven: (401, "proof_missing"),
        unrouted: Wire::new(Method::GET, "/keystead/v1/no/such/path".to_owned(), &Value::Null),
        dialect: Box::new(dialect),
    }
}

fn none(_: &Props) -> Value {
    Value::Null
}

fn build(row: &Row, props: &Props) -> Wire {
    let (_, body) = BODIES.iter().find(|(name, _)| *name == row.operation()).unwrap();
    let listed = OPERATIONS.iter().find(|listed| listed.name == row.name).unwrap();
    let path = listed.path.replace("{tenant}", "default").replace("{key}", &props.key.name);
    let path = path.replace("{principal}", "subject").replace("{policy}", "spare");
    let path = path.replace("{credential}", &props.credential);
    assert!(!path.contains('{'), "{}: something of {path} is not filled in", row.name);
    Wire::new(listed.method.clone(), format!("/keystead/v1/{path}"), &body(props))
}
