//! Whatever stands in path, query, headers and body: an answer, and never ours to blame.

use proptest::prelude::*;

use crate::stub::World;

const METHODS: [&str; 7] = ["GET", "PUT", "POST", "DELETE", "LIST", "HEAD", "PATCH"];
const PATHS: [&str; 6] =
    ["transit/encrypt/a", "transit/decrypt/a", "transit/keys/a", "transit/keys", "sys/health", "nowhere"];

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        "[A-Za-z0-9+/=@\r\n]{0,24}".prop_map(Value::from),
        "vault:v[0-9-]{0,12}:[A-Za-z0-9+/=]{0,60}".prop_map(Value::from),
    ];
    let member = prop::sample::select(vec![
        "plaintext",
        "ciphertext",
        "batch_input",
        "key_version",
        "associated_data",
        "context",
        "nonce",
        "type",
        "reference",
        "derived",
        "key_size",
        "partial_failure_response_code",
    ]);
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((member.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()),
        ]
    })
}

fn check(to: &str, body: &[u8], headers: &[(&'static str, &str)]) {
    let (status, text) = World::new().ask_with(to, body, headers);
    assert!((200..500).contains(&status), "{to} -> {status} {text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_path_and_query_is_answered(method in 0..METHODS.len(), path in "[ -~]{0,40}", query in "[ -~]{0,40}") {
        let to = format!("{} /{}?{query}", METHODS[method], path.replace('?', "/"));
        check(&to, b"", &[("x-vault-token", "root")]);
        check(&format!("{} /v1/transit/{}?{query}", METHODS[method], path.replace('?', "/")), b"", &[("x-vault-token", "root")]);
    }

    #[test]
    fn any_bytes_are_answered(path in 0..PATHS.len(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&format!("POST /v1/{}", PATHS[path]), &body, &[("x-vault-token", "root")]);
    }

    #[test]
    fn any_json_is_answered(path in 0..PATHS.len(), body in json(), namespace in "[ -~]{0,12}") {
        let to = format!("POST /v1/{}", PATHS[path]);
        check(&to, body.to_string().as_bytes(), &[("x-vault-token", "root")]);
        check(&to, body.to_string().as_bytes(), &[("x-vault-token", "root"), ("x-vault-namespace", &namespace)]);
    }
}
