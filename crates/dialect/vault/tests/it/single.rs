//! One key, one item: what OpenBao 2.7.2 was seen to answer.

use crate::stub::World;

const ENCRYPT: &str = "POST /v1/transit/encrypt/a";
const DECRYPT: &str = "POST /v1/transit/decrypt/a";

fn check(to: &str, body: &str, status: u16, text: &str) {
    let told = World::new().ask(to, body);
    assert_eq!(
        (told.0, told.1.trim_end()),
        (status, format!("{{\"errors\":[\"{text}\"]}}").as_str()),
        "{to} {body}"
    );
}

fn check_good(to: &str, body: &str, holds: &str) {
    let told = World::new().ask(to, body);
    assert!(told.0 == 200 && told.1.contains(holds), "{to} {body} -> {told:?}");
}

#[test]
fn the_envelope_is_whole() {
    let world = World::new();
    for verb in ["POST", "PUT"] {
        let (status, body) =
            world.ask(&format!("{verb} /v1/transit/encrypt/a"), r#"{"plaintext":"aGVsbG8="}"#);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(status, 200);
        assert_eq!(body["data"]["key_version"], 1);
        assert!(body["data"]["ciphertext"].as_str().unwrap().starts_with("vault:v1:"));
        let mut members: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        let whole = [
            "auth",
            "data",
            "lease_duration",
            "lease_id",
            "renewable",
            "request_id",
            "warnings",
            "wrap_info",
        ];
        assert_eq!(members, whole);
    }
    let answer = world.answer(ENCRYPT, b"{\"plaintext\":\"\"}", &[("x-vault-token", "root")]);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["content-type"], "application/json");
}

#[test]
fn members_are_taken_as_clients_send_them() {
    for member in
        [r#""key_version":"1""#, r#""key_version":"""#, r#""key_version":0"#, r#""key_version":null"#]
    {
        check_good(ENCRYPT, &format!(r#"{{"plaintext":"YQ==",{member}}}"#), "vault:v1:");
    }
    for plaintext in [r#""YWJj""#, r#""YW\nJj\r\n""#, r#""YW\/j""#, r#""""#, "1234"] {
        check_good(ENCRYPT, &format!(r#"{{"plaintext":{plaintext}}}"#), "vault:v1:");
    }
    // A type counts only where a key is made.
    check_good(ENCRYPT, r#"{"plaintext":"YQ==","type":"nope"}"#, "vault:v1:");
}

#[test]
fn what_is_wrong_is_said_in_the_originals_words() {
    check(ENCRYPT, "{}", 400, "missing plaintext to encrypt");
    check(ENCRYPT, "", 400, "missing plaintext to encrypt");
    check(ENCRYPT, r#"{"plaintext":"@@"}"#, 400, "illegal base64 data at input byte 0");
    check(
        ENCRYPT,
        r#"{"plaintext":"","key_version":-1}"#,
        400,
        "requested version for encryption is negative",
    );
    let higher = "requested version for encryption is higher than the latest key version";
    check(ENCRYPT, r#"{"plaintext":"","key_version":2}"#, 400, higher);
    check(ENCRYPT, r#"{"plaintext":"","key_version":9999999999}"#, 400, higher);
    check("POST /v1/transit/encrypt/new", r#"{"plaintext":"","type":"nope"}"#, 400, "unknown key type nope");
    check(DECRYPT, "{}", 400, "missing ciphertext to decrypt");
    check(DECRYPT, r#"{"ciphertext":""}"#, 400, "missing ciphertext to decrypt");
    check(DECRYPT, r#"{"ciphertext":"x"}"#, 400, "invalid ciphertext: no prefix");
    check(DECRYPT, r#"{"ciphertext":"vault:v1:AAAA"}"#, 400, "invalid ciphertext length");
    let long = "A".repeat(64);
    let with = |version: &str| format!(r#"{{"ciphertext":"vault:v{version}:{long}"}}"#);
    check(DECRYPT, &with("1"), 400, "cipher: message authentication failed");
    check(DECRYPT, &with("9"), 400, "invalid ciphertext: version is too new");
    check(DECRYPT, &with("4294967297"), 400, "invalid ciphertext: version is too new");
    check(DECRYPT, &with("-1"), 400, "ciphertext or signature version is disallowed by policy (too old)");
    check("POST /v1/transit/decrypt/none", &with("1"), 400, "encryption key not found");
}

#[test]
fn what_was_protected_comes_back_with_its_data() {
    let world = World::new();
    let (_, body) = world.ask(ENCRYPT, r#"{"plaintext":"aGVsbG8=","associated_data":"YWFk"}"#);
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let ciphertext = body["data"]["ciphertext"].as_str().unwrap();
    let with = |aad: &str| {
        world.ask(DECRYPT, &format!(r#"{{"ciphertext":"{ciphertext}","associated_data":"{aad}"}}"#))
    };
    assert!(with("YWFk").1.contains(r#""plaintext":"aGVsbG8=""#));
    assert_eq!(with("YWFl").0, 400);
    let early = ciphertext.replace("vault:v1:", "vault:v0:");
    let told = world.ask(DECRYPT, &format!(r#"{{"ciphertext":"{early}","associated_data":"YWFk"}}"#));
    assert!(told.1.contains("aGVsbG8="), "{told:?}");
}

#[test]
fn a_setting_that_is_not_served_is_refused() {
    let refused = ["derived", "convergent_encryption", "exportable", "allow_plaintext_backup"]
        .map(|member| format!(r#"{{"{member}":true}}"#));
    let sized = [r#"{"key_size":32}"#, r#"{"auto_rotate_period":"1h"}"#].map(str::to_owned);
    for body in refused.iter().chain(&sized) {
        let told = World::new().ask("POST /v1/transit/keys/new", body);
        assert!(told.0 == 400 && told.1.contains("not supported by this server yet"), "{body} -> {told:?}");
    }
    check_good(
        "POST /v1/transit/keys/new",
        r#"{"derived":"false","auto_rotate_period":"0s","key_size":0}"#,
        "aes256-gcm96",
    );
}

#[test]
fn no_new_key_is_named_like_an_id() {
    let world = World::new();
    let id = crate::stub::id_of("a");
    let read = world.ask(&format!("GET /v1/transit/keys/{id}"), "");
    assert_eq!(read.0, 200, "a key is reached by its id: {read:?}");
    let told = world.ask(&format!("POST /v1/transit/keys/{id}"), "{}");
    assert!(told.0 == 400 && told.1.contains("form of a key id"), "{told:?}");
    let absent = crate::stub::id_of("elsewhere");
    let told = world.ask(&format!("POST /v1/transit/encrypt/{absent}"), r#"{"plaintext":""}"#);
    assert!(told.0 == 400 && told.1.contains("form of a key id"), "{told:?}");
    let used = world.ask(&format!("POST /v1/transit/encrypt/{id}"), r#"{"plaintext":""}"#);
    assert_eq!(used.0, 200, "{used:?}");
}

#[test]
fn a_token_is_asked_for_first() {
    let world = World::new();
    let denied = (403, "{\"errors\":[\"permission denied\"]}".to_owned());
    let long = "x".repeat(10_000);
    for headers in
        [&[][..], &[("x-vault-token", "")], &[("x-vault-token", "wrong")], &[("x-vault-token", &long)]]
    {
        for body in [&b"{bad"[..], b"{}", b"{\"batch_input\":[{}]}", b"{\"plaintext\":\"\"}"] {
            assert_eq!(world.ask_with(ENCRYPT, body, headers), denied, "{headers:?} {body:?}");
        }
    }
    let bearer = world.ask_with("GET /v1/transit/keys/a", b"", &[("authorization", "Bearer root")]);
    assert_eq!(bearer.0, 200);
}
