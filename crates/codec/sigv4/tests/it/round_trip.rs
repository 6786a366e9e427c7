//! What our own signer writes, our reader verifies, in both forms; and the clock as each form has it.

use crate::support::{KEY_ID, Request, SECRET, SUITE, hmac_sha256, sha256};
use keystead_codec_sigv4::sign::Signer;
use keystead_codec_sigv4::{Form, Scope, SigV4Error, Timestamp, signing_key};
use proptest::prelude::*;

const TOKEN: &str = "FwoGZXIvYXdzE/+=token";

pub(crate) fn with_signer<T>(token: Option<&str>, at: &Timestamp, sign: impl FnOnce(&Signer<'_>) -> T) -> T {
    let scope = Scope::at(at, "eu-central-1", "kms");
    let key = signing_key(SECRET, &scope, hmac_sha256);
    sign(&Signer {
        access_key_id: KEY_ID,
        session_token: token,
        scope: &scope,
        signing_key: &key,
        sha256: &sha256,
        hmac: &hmac_sha256,
    })
}

pub(crate) fn signed(request: Request, token: Option<&str>, at: i64) -> Request {
    let at = Timestamp::from_unix(at);
    let added = with_signer(token, &at, |signer| {
        request.with_head(|head| signer.header(head, &sha256(&request.body), &at)).unwrap()
    });
    added.iter().fold(request, |request, (name, value)| request.set(name, value))
}

pub(crate) fn presigned(request: Request, token: Option<&str>, at: i64, expires: u32) -> Request {
    let at = Timestamp::from_unix(at);
    let query = with_signer(token, &at, |signer| {
        request.with_head(|head| signer.presigned(head, &sha256(&request.body), &at, expires)).unwrap()
    });
    Request { query: query.into_bytes(), ..request }
}

pub(crate) fn encrypt() -> Request {
    let headers = [
        ("host", "kms.eu-central-1.amazonaws.com"),
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "TrentService.Encrypt"),
        ("user-agent", "Boto3/1.43 md/Botocore"),
        ("amz-sdk-request", "attempt=1"),
    ];
    Request {
        body: br#"{"KeyId":"alias/a","Plaintext":"eA=="}"#.to_vec(),
        ..Request::new("POST", "/", "", &headers)
    }
}

#[test]
fn header_form_verifies_and_leaves_hop_headers_unsigned() {
    let request = signed(encrypt(), Some(TOKEN), SUITE);
    assert_eq!(request.verify(SECRET), Ok(()));
    assert_eq!(request.clone().set("user-agent", "other").verify(SECRET), Ok(()));
    let list = request.parse_with(|p| p.signed_headers.as_str().to_owned()).unwrap();
    assert_eq!(list, "content-type;host;x-amz-date;x-amz-security-token;x-amz-target");
    assert_eq!(request.verify(b"another secret"), Err(SigV4Error::SignatureMismatch));
}

#[test]
fn header_form_lives_for_the_window() {
    let request = signed(encrypt(), None, SUITE);
    let check = |now| request.parse_with(|p| p.check_clock(now, 300)).unwrap();
    assert_eq!((check(SUITE + 300), check(SUITE - 300)), (Ok(()), Ok(())));
    assert!(check(SUITE + 301).is_err() && check(SUITE - 301).is_err());
}

#[test]
fn presigned_form_verifies_and_lives_as_long_as_it_says() {
    let request = presigned(encrypt(), Some(TOKEN), SUITE, 3600);
    assert_eq!(request.verify(SECRET), Ok(()));
    let (form, token) = request.parse_with(|p| (p.form, p.session_token.map(|t| t.into_owned()))).unwrap();
    assert_eq!(form, Form::Presigned { expires_secs: Some(3600) });
    assert_eq!(token.as_deref(), Some(TOKEN.as_bytes()));
    let check = |now| request.parse_with(|p| p.check_clock(now, 300)).unwrap();
    assert_eq!((check(SUITE + 3600), check(SUITE - 300)), (Ok(()), Ok(())));
    assert!(check(SUITE + 3601).is_err() && check(SUITE - 301).is_err());
}

#[test]
fn a_presigned_request_without_expiry_lives_for_the_window_only() {
    let query = String::from_utf8(presigned(encrypt(), None, SUITE, 3600).query).unwrap();
    let request = Request { query: query.replace("&X-Amz-Expires=3600", "").into_bytes(), ..encrypt() };
    assert!(request.parse_with(|p| p.check_clock(SUITE + 300, 300)).unwrap().is_ok());
    assert!(request.parse_with(|p| p.check_clock(SUITE + 301, 300)).unwrap().is_err());
}

#[test]
fn a_claimed_body_hash_must_be_the_bodys() {
    let claim = |text: &str| signed(encrypt().set("x-amz-content-sha256", text), None, SUITE);
    let true_hash = hex::encode(sha256(&encrypt().body));
    assert_eq!(claim(&true_hash).verify(SECRET), Ok(()));
    assert_eq!(claim(&"0".repeat(64)).verify(SECRET), Err(SigV4Error::ContentHashMismatch));
    let modes = ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "", &true_hash.to_uppercase()];
    for mode in modes {
        assert!(matches!(claim(mode).verify(SECRET), Err(SigV4Error::InvalidSignature { .. })), "{mode}");
    }
}

#[test]
fn a_presigned_request_claims_its_body_hash_too() {
    let claim = |text: &str| presigned(encrypt().set("x-amz-content-sha256", text), None, SUITE, 60);
    assert_eq!(claim(&hex::encode(sha256(&encrypt().body))).verify(SECRET), Ok(()));
    assert_eq!(claim(&"0".repeat(64)).verify(SECRET), Err(SigV4Error::ContentHashMismatch));
    assert!(matches!(claim("UNSIGNED-PAYLOAD").verify(SECRET), Err(SigV4Error::InvalidSignature { .. })));
}

#[test]
fn a_signed_header_that_never_came_is_refused() {
    let request = signed(encrypt().set("x-other", "1"), None, SUITE).without("x-other");
    assert!(matches!(request.verify(SECRET), Err(SigV4Error::InvalidSignature { .. })));
}

#[test]
fn a_signing_key_of_another_day_signs_nothing() {
    let at = Timestamp::from_unix(SUITE);
    let tomorrow = Timestamp::from_unix(SUITE + 86_400);
    with_signer(None, &at, |signer| {
        let refused = encrypt().with_head(|head| signer.header(head, &[0; 32], &tomorrow));
        assert!(matches!(refused, Err(SigV4Error::Malformed { .. })));
    });
}

#[test]
fn debug_shows_neither_token_nor_signature() {
    let shown = signed(encrypt(), Some(TOKEN), SUITE).parse_with(|p| format!("{p:?}")).unwrap();
    assert!(!shown.contains(TOKEN) && !shown.contains("signature:"), "{shown}");
    assert!(shown.contains(KEY_ID));
}

proptest! {
    #[test]
    fn whatever_is_signed_verifies(
        path in "(/[ -~é]{0,8}){1,4}", query in "([a-z%é]{0,3}=?[a-z0-9/é]{0,4}&?){0,4}", value in "[ -~\t]{0,12}",
        body in proptest::collection::vec(any::<u8>(), 0..64), at in 0..4_102_444_800_i64,
        token in proptest::option::of("[A-Za-z0-9/+=]{1,40}"), expires in 1..=604_800_u32,
    ) {
        let query = query.replace('%', "%2F");
        let request = Request { body, path: path.into_bytes(), query: query.into_bytes(), ..encrypt() }.set("x-other", &value);
        prop_assert_eq!(signed(request.clone(), token.as_deref(), at).verify(SECRET), Ok(()));
        prop_assert_eq!(presigned(request, token.as_deref(), at, expires).verify(SECRET), Ok(()));
    }
}
