//! Paths, verbs, namespaces and status pages.

use std::sync::atomic::Ordering;

use crate::stub::World;

fn status(to: &str) -> u16 {
    World::new().ask(to, "").0
}

#[test]
fn a_wrong_verb_is_told_from_a_wrong_path() {
    for to in [
        "GET /v1/transit/keys",
        "POST /v1/transit/keys",
        "GET /v1/transit/encrypt/a",
        "DELETE /v1/transit/decrypt/a",
    ] {
        let told = World::new().ask(to, "");
        assert!(told.0 == 405 && told.1.contains("unsupported operation"), "{to} {told:?}");
    }
    for to in [
        "GET /v1/transit/bogus",
        "LIST /v1/transit/keys/a",
        "GET /v1/transit/keys/a/bogus",
        "GET /v1/transit/keys/a%20b",
    ] {
        let told = World::new().ask(to, "");
        assert!(told.0 == 404 && told.1.contains("unsupported path"), "{to} {told:?}");
    }
    for to in ["HEAD /v1/transit/keys/a", "PATCH /v1/transit/keys/a", "FOO /v1/transit/keys/a"] {
        assert_eq!(status(to), 405, "{to}");
    }
    assert_eq!(status("GET /v1/transit/keys?list=perhaps"), 400);
    let told = World::new().ask("POST /v1/transit/encrypt/a/", r#"{"plaintext":""}"#);
    assert!(told.0 == 400 && told.1.contains("cannot write to a path ending in '/'"), "{told:?}");
}

#[test]
fn a_clean_spelling_keeps_the_query() {
    let answer = World::new().answer("GET /v1/transit//keys?list=true", b"", &[]);
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], "/v1/transit/keys?list=true");
    assert_eq!(status("GET /v1/transit/%2e%2e/x"), 400);
    assert_eq!(status("GET /v1/transit/%2F/keys/a"), 404);
}

#[test]
fn an_unreadable_namespace_is_not_the_root() {
    let ask = |namespace: &str| {
        let headers = [("x-vault-token", "root"), ("x-vault-namespace", namespace)];
        World::new().ask_with("GET /v1/transit/keys/a", b"", &headers)
    };
    for root in ["", "/", "root", "root/"] {
        assert_eq!(ask(root).0, 200, "{root:?}");
    }
    let long = "n".repeat(300);
    for other in ["nope", "a/../b", "\u{e9}", &long] {
        let told = ask(other);
        assert!(told.0 == 404 && told.1.contains("namespace not found"), "{other:?} {told:?}");
    }
}

#[test]
fn wrapping_is_refused_and_never_passed_over() {
    let ask = |ttl: &str| {
        let headers = [("x-vault-token", "root"), ("x-vault-wrap-ttl", ttl)];
        World::new().ask_with("GET /v1/transit/keys/a", b"", &headers)
    };
    assert_eq!((ask("0").0, ask("").0), (200, 200));
    for ttl in ["60", "60s", "x"] {
        let told = ask(ttl);
        assert!(told.0 == 400 && told.1.contains("response wrapping is not supported"), "{told:?}");
    }
}

#[test]
fn status_pages_need_no_token_and_are_read_only() {
    let world = World::new();
    let ask = |to: &str| world.ask_with(to, b"", &[]).0;
    for page in ["health", "seal-status", "init", "leader"] {
        assert_eq!(ask(&format!("GET /v1/sys/{page}")), 200, "{page}");
        assert_eq!(ask(&format!("PUT /v1/sys/{page}")), 405, "{page}");
    }
    assert_eq!((ask("HEAD /v1/sys/health"), ask("HEAD /v1/sys/seal-status")), (200, 405));
    assert_eq!(ask("GET /v1/sys/health?activecode=299&standbyok"), 299);
    assert_eq!(ask("GET /v1/sys/health?sealedcode=abc"), 400);
    assert_eq!(world.ask_with("GET /v1/sys/health", b"", &[("x-vault-namespace", "n")]).0, 400);
    world.sealed.store(true, Ordering::Relaxed);
    assert_eq!((ask("GET /v1/sys/health"), ask("GET /v1/sys/health?sealedcode=210")), (503, 210));
    assert_eq!(ask("GET /v1/sys/seal-status"), 200);
    let told = world.ask("GET /v1/transit/keys/a", "");
    assert_eq!(told, (503, "{\"errors\":[\"Vault is sealed\"]}".to_owned()));
}

#[test]
fn shares_are_given_without_a_token_and_a_wrong_one_is_named() {
    let world = World::new();
    world.sealed.store(true, Ordering::Relaxed);
    let put = |body: &str| world.ask_with("PUT /v1/sys/unseal", body.as_bytes(), &[]);
    let member = |told: &crate::stub::Told, name: &str| {
        serde_json::from_str::<serde_json::Value>(&told.1).unwrap()[name].clone()
    };
    let told = put(r#"{"key":"kss1-a","reset":false,"migrate":false}"#);
    assert_eq!((told.0, member(&told, "progress"), member(&told, "sealed")), (200, 1.into(), true.into()));
    assert_eq!(member(&told, "nonce"), "1f1f1f1f-1f1f-1f1f-1f1f-1f1f1f1f1f1f");
    let told = put(r#"{"key":"kss1-wrong"}"#);
    assert_eq!(told, (400, "{\"errors\":[\"share 3 was altered, use another copy of it\"]}".to_owned()));
    for bad in ["", "[]", "{\"key\":", "{}", "{\"key\":\"\"}", "{\"key\":\"a\",\"reset\":7}"] {
        assert_eq!(put(bad).0, 400, "{bad}");
    }
    assert_eq!(put(&format!("{{\"key\":\"{}\"}}", "k".repeat(5000))).0, 400);
    let told = put(r#"{"reset":true}"#);
    assert_eq!((member(&told, "progress"), member(&told, "nonce")), (0.into(), "".into()));
    put(r#"{"key":"kss1-a"}"#);
    let told = world.ask_with("POST /v1/sys/unseal", br#"{"key":"kss1-b"}"#, &[]);
    assert_eq!(
        (member(&told, "sealed"), member(&told, "t"), member(&told, "n")),
        (false.into(), 2.into(), 3.into())
    );
    assert_eq!(put(r#"{"reset":true}"#), (400, "{\"errors\":[\"vault is unsealed\"]}".to_owned()));
    assert_eq!(world.ask_with("GET /v1/sys/unseal", b"", &[]).0, 405);
    let elsewhere = [("x-vault-namespace", "n")];
    assert_eq!(world.ask_with("PUT /v1/sys/unseal", br#"{"key":"kss1-a"}"#, &elsewhere).0, 400);
}
