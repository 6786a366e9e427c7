//! Requests that are wrong: each ends in one of our own codes, after the gate has seen the proof.

use std::sync::Arc;

use domain::KeyId;
use edge::{HttpDialect, Refusal, Request};
use http::HeaderValue;
use http::header::AUTHORIZATION;

use api::FaultWhat;

use crate::stub::Stub;
use crate::{ask, code, native, request, text};

#[track_caller]
fn note(stub: &Stub) -> String {
    stub.asked.lock().unwrap().join(" & ")
}

#[tokio::test]
async fn bodies_that_are_no_request_are_refused_and_recorded() {
    let deep = format!("{{\"context\":{}", "{\"a\":".repeat(50_000));
    let bodies = [
        "{",
        "[]",
        "null",
        "\"x\"",
        "{}",
        "\u{0}",
        &deep,
        r#"{"plaintext":"c2VjcmV0","plaintext":"c2VjcmV0"}"#,
        r#"{"plaintext":"c2VjcmV0=="}"#,
        r#"{"plaintext":"c2Vj\ncmV0"}"#,
        r#"{"plaintext":"c2VjcmV0","context":{"a":"1","a":"2"}}"#,
        r#"{"plaintext":"c2VjcmV0","context":{"a":1}}"#,
        r#"{"plaintext":"c2VjcmV0","context":{"a":"1"},"associated_data":"AA=="}"#,
        r#"{"plaintxt":"c2VjcmV0"}"#,
        r#"{"plaintext":"c2VjcmV0"} {}"#,
    ];
    for body in bodies {
        let stub = Arc::new(Stub::default());
        let response = ask(&stub, request("POST", "tenants/default/keys/app:encrypt", body)).await;
        assert_eq!(code(&response), "malformed", "{body:.60}");
        assert_eq!(note(&stub), "key.encrypt refused", "{body:.60}");
        assert!(!text(&response).contains("c2Vj"), "a secret came back: {}", text(&response));
    }
}

#[tokio::test]
async fn every_other_part_of_a_request_is_checked_too() {
    for (method, target, wanted) in [
        ("GET", "nothing", "path_unknown"),
        ("GET", "tenants/default/keys/%ff", "path_unknown"),
        ("DELETE", "me", "method_not_allowed"),
        ("GET", "me?x=1", "malformed"),
        ("GET", "tenants/default/keys?limit=0", "malformed"),
        ("GET", "tenants/default/keys?limit=1&limit=2", "malformed"),
        ("GET", "tenants/default/keys?after=***", "malformed"),
        ("GET", "tenants/a%2Fb/keys", "malformed"),
        ("GET", "tenants/default/keys/..%2f..%2fetc", "malformed"),
        ("GET", "tenants/default/keys/-", "malformed"),
        ("GET", "tenants/default/names?space=nowhere", "malformed"),
        ("GET", "audit?principal=alice", "malformed"),
        ("POST", "tenants/default/keys/-:encrypt", "malformed"),
    ] {
        let stub = Arc::new(Stub::default());
        let response = ask(&stub, request(method, target, "")).await;
        assert_eq!(code(&response), wanted, "{target}");
        assert!(note(&stub).ends_with(" refused"), "{target}: {}", note(&stub));
    }
}

#[tokio::test]
async fn who_is_not_known_learns_nothing_of_paths_and_bodies() {
    for target in ["me", "nothing", "tenants/default/keys?x=1"] {
        let stub = Arc::new(Stub::default());
        let mut anonymous = request("GET", target, "");
        anonymous.headers.clear();
        let response = ask(&stub, anonymous).await;
        assert_eq!(code(&response), "proof_missing", "{target}");
        assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"keystead\"");
    }
}

#[tokio::test]
async fn one_bearer_token_and_nothing_else_is_a_proof() {
    let long = format!("Bearer {}", "x".repeat(600));
    for (values, wanted) in [
        (vec!["Bearer kst_other"], "credential_unknown"),
        (vec!["Basic a2V5"], "proof_missing"),
        (vec!["Bearer "], "proof_missing"),
        (vec!["Bearer a b"], "proof_missing"),
        (vec![long.as_str()], "proof_missing"),
        (vec!["Bearer kst_good", "Bearer kst_good"], "proof_missing"),
    ] {
        let stub = Arc::new(Stub::default());
        let mut asked: Request = request("GET", "me", "");
        asked.headers.remove(AUTHORIZATION);
        for value in &values {
            asked.headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(code(&ask(&stub, asked).await), wanted, "{values:?}");
    }
}

#[tokio::test]
async fn faults_of_the_gate_keep_their_waits() {
    let stub = Arc::new(Stub::default());
    *stub.fault.lock().unwrap() = Some(FaultWhat::Throttled { retry_after: 1_500 });
    let response = ask(&stub, request("GET", "me", "")).await;
    assert_eq!(
        (code(&response).as_str(), &response.headers()["retry-after"]),
        ("throttled", &"2".parse().unwrap())
    );

    let body = r#"{"ciphertext":"AAAA"}"#;
    let response = ask(&stub, request("POST", "tenants/default/keys/app:decrypt", body)).await;
    assert_eq!(code(&response), "ciphertext_invalid", "an item's own fault");

    *stub.fault.lock().unwrap() = Some(FaultWhat::CiphertextForeign { named: KeyId::random([1; 16]) });
    let response = ask(&stub, request("POST", "tenants/default/keys/app:decrypt", body)).await;
    assert_eq!(code(&response), "ciphertext_foreign");
}

#[test]
fn refusals_of_the_edge_are_worded() {
    let stub = Arc::new(Stub::default());
    let id = domain::RequestId::random([8; 16]);
    assert_eq!(code(&native(&stub, None).refuse(Refusal::BodyTooLarge, id)), "body_too_large");
    assert_eq!(code(&native(&stub, None).refuse(Refusal::Draining, id)), "draining");
}
