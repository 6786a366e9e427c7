//! Each operation once: the canonical command that it becomes, and the answer's bytes.

use std::collections::BTreeSet;
use std::sync::Arc;

use keystead_dialect_native::OPERATIONS;

use crate::stub::Stub;
use crate::{ask, request, text};

const REQUESTS: &[(&str, &str, &str)] = &[
    ("POST", "sys/seal", ""),
    ("GET", "me", ""),
    ("POST", "accounts", r#"{"number":"000000000042","name":"second"}"#),
    ("POST", "tenants", r#"{"name":"eu","bindings":["aws:123456789012/eu-west-1","vault:"]}"#),
    ("GET", "tenants", ""),
    ("POST", "tenants/default/keys", ""),
    (
        "POST",
        "tenants/eu/keys",
        r#"{"spec":"hmac-sha256","usage":["generate-mac"],"name":"a/b","description":"d","labels":{"k":"v"},
            "policy":{"language":"iam","text":"{}"},"export":"wrapped","destruction_wait":86400}"#,
    ),
    ("GET", "tenants/default/keys?limit=5&after=AP8", ""),
    ("GET", "tenants/default/keys/app", ""),
    ("POST", "tenants/default/keys/aws%3Aapp:enable", "{}"),
    ("POST", "tenants/default/keys/vault%3Atransit%2Fapp:disable", ""),
    ("POST", "tenants/default/keys/app:rotate", ""),
    ("POST", "tenants/default/keys/app:schedule-destruction", r#"{"wait":604800}"#),
    ("POST", "tenants/default/keys/app:cancel-destruction", ""),
    ("POST", "tenants/default/keys/app:encrypt", r#"{"plaintext":"c2VjcmV0","context":{"b":"2","a":"1"}}"#),
    ("POST", "tenants/default/keys/-:decrypt", r#"{"ciphertext":"AQID","associated_data":"AA=="}"#),
    ("POST", "tenants/default/keys/app:generate-data-key", ""),
    ("POST", "tenants/default/keys/app:generate-wrapped-data-key", r#"{"bytes":16}"#),
    ("GET", "tenants/default/keys/app/policy", ""),
    ("PUT", "tenants/default/keys/app/policy", r#"{"policy":{"language":"iam","text":"{}"}}"#),
    ("POST", "tenants/default/names", r#"{"name":"aws:app","key":"01234567-89ab-4def-8123-456789abcdef"}"#),
    ("GET", "tenants/default/names?space=vault:transit&key=app", ""),
    (
        "POST",
        "principals",
        r#"{"name":"alice","kind":"user","roles":["key-custodian"],"policies":["writers"]}"#,
    ),
    ("GET", "principals", ""),
    ("PATCH", "principals/alice", r#"{"roles":["auditor"],"disabled":true}"#),
    ("POST", "principals/alice/credentials", r#"{"expires_at":"2027-01-01T00:00:00Z"}"#),
    ("GET", "principals/alice/credentials", ""),
    ("DELETE", "credentials/AKKS123", ""),
    (
        "PUT",
        "policies/writers",
        r#"{"document":{"language":"cedar","text":"permit(principal, action, resource);"},"guards":["eu"]}"#,
    ),
    ("GET", "policies", ""),
    ("POST", "explain", r#"{"tenant":"eu","principal":"alice","action":"key:encrypt","key":"app"}"#),
    ("GET", "audit?since=2026-01-01T00:00:00Z&operation=Encrypt&limit=1", ""),
];

#[tokio::test]
async fn inv_6_each_operation_asks_and_answers_as_reviewed() {
    let mut golden = String::new();
    let mut seen =
        BTreeSet::from(["sys.status", "sys.unseal", "sys.reset-unseal", "sys.init"].map(str::to_owned));
    for (method, target, body) in REQUESTS {
        let stub = Arc::new(Stub::default());
        let response = ask(&stub, request(method, target, body)).await;
        let asked = stub.asked.lock().unwrap().join(" & ");
        seen.extend(asked.split_once(" in ").map(|(name, _)| name.to_owned()));
        let (status, answer) = (response.status().as_u16(), text(&response));
        golden.push_str(&format!("{method} {target}\n  asks {asked}\n  {status} {answer}\n"));
    }
    assert_eq!(seen, OPERATIONS.iter().map(|row| row.name.to_owned()).collect());
    insta::assert_snapshot!(golden);
}

#[tokio::test]
async fn an_answer_with_a_secret_is_not_kept_by_anybody() {
    let stub = Arc::new(Stub::default());
    let body = r#"{"ciphertext":"AQID"}"#;
    let response = ask(&stub, request("POST", "tenants/default/keys/app:decrypt", body)).await;
    assert!(text(&response).contains("YXR0YWNrIGF0IGRhd24="));
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(secret::is_arena_address(response.body().as_ptr().cast()), "the body lives in the arena");
}
