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
