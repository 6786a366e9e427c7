//! Batches: every item keeps its place, its reference and its own error.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::stub::World;

fn ask(world: &World, verb: &str, body: &Value) -> (u16, Value) {
    let (status, text) = world.ask(&format!("POST /v1/transit/{verb}/a"), &body.to_string());
    (status, serde_json::from_str(&text).unwrap())
}

#[test]
fn a_failed_item_makes_400_and_the_others_stand() {
    let items = json!([{"plaintext": "YQ=="}, {"plaintext": "@", "reference": "r"}]);
    let (status, body) = ask(&World::new(), "encrypt", &json!({ "batch_input": items }));
    assert_eq!(status, 400);
    let results = &body["data"]["batch_results"];
    assert!(results[0]["ciphertext"].as_str().unwrap().starts_with("vault:v1:"));
    assert_eq!((&results[0]["key_version"], &results[0]["reference"]), (&json!(1), &json!("")));
    assert_eq!(results[1], json!({"error": "illegal base64 data at input byte 0", "reference": "r"}));
}

#[test]
fn the_client_chooses_the_code_of_a_partial_failure_only() {
    let mixed = json!([{"plaintext": "YQ=="}, {"plaintext": "@"}]);
    let check = |items: &Value, code: Value, status: u16| {
        let body = json!({"batch_input": items, "partial_failure_response_code": code});
        assert_eq!(ask(&World::new(), "encrypt", &body).0, status, "{body}");
    };
    check(&mixed, json!(207), 207);
    check(&mixed, json!("299"), 299);
    check(&mixed, json!(99), 400);
    check(&json!([{"plaintext": "@"}]), json!(200), 400);
    check(&json!([{"plaintext": "YQ=="}]), json!(207), 200);
}

#[test]
fn a_decryption_that_fails_says_an_empty_plaintext() {
    let short = json!({"ciphertext": "vault:v1:AAAA"});
    let results = |items: Value| ask(&World::new(), "decrypt", &json!({ "batch_input": items })).1;
    let expected = json!({"plaintext": "", "error": "invalid ciphertext length", "reference": ""});
    assert_eq!(results(json!([short]))["data"]["batch_results"][0], expected);
    assert_eq!(results(json!([{"ciphertext": "x"}, short, short]))["data"]["batch_results"][2], expected);
}

#[test]
fn what_cannot_be_recorded_is_not_answered() {
    let world = World::new();
    world.stub.log_full.store(true, Ordering::Relaxed);
    for (verb, item) in [("encrypt", json!({"plaintext": "@"})), ("decrypt", json!({"ciphertext": "x"}))] {
        let (status, body) = ask(&world, verb, &json!({ "batch_input": [item] }));
        assert_eq!(status, 500, "{body}");
        assert!(body.get("data").is_none(), "{body}");
    }
}
