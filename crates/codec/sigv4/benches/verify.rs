//! What a signature costs the server: reading the head, the canonical request, the string to sign, and the HMAC with a
//! signing key that is remembered for the day, as the gate has it.
#![expect(clippy::unwrap_used, reason = "a bench stops at what it does not expect, as a test does")]

#[expect(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/support.rs"]
mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use keystead_codec_sigv4::sign::Signer;
use keystead_codec_sigv4::{
    RequestHead, Rules, Scope, Timestamp, canonical_request, parse, signing_key, string_to_sign,
};
use support::{KEY_ID, Request, SECRET, SUITE, hmac_sha256, sha256};

/// An Encrypt of 64 bytes, as an SDK signs it.
fn encrypt() -> Request {
    let headers = [
        ("host", "kms.us-east-1.amazonaws.com"),
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "TrentService.Encrypt"),
        ("user-agent", "aws-sdk-rust/1.3 os/linux lang/rust"),
        ("amz-sdk-invocation-id", "0f3c1a52-73bb-4d55-9f5e-6ef1b5f4dd3c"),
    ];
    let mut request = Request::new("POST", "/", "", &headers);
    request.body = format!("{{\"KeyId\":\"alias/bench\",\"Plaintext\":\"{}\"}}", "A".repeat(88)).into_bytes();
    let at = Timestamp::from_unix(SUITE);
    let scope = Scope::at(&at, "us-east-1", "kms");
    let key = signing_key(SECRET, &scope, hmac_sha256);
    let signer = Signer {
        access_key_id: KEY_ID,
        session_token: None,
        scope: &scope,
        signing_key: &key,
        sha256: &sha256,
        hmac: &hmac_sha256,
    };
    let added = request.with_head(|head| signer.header(head, &sha256(&request.body), &at).unwrap());
    added.iter().fold(request, |request, (name, value)| request.set(name, value))
}

/// What `dialect/aws` and the authenticator do together; the answer is whether it fits.
fn verify(head: &RequestHead<'_>, body: &[u8], signing_key: &[u8]) -> bool {
    let presented = parse(head, Rules::LIKE_AWS).unwrap();
    let mut canonical = Vec::with_capacity(512);
    canonical_request(&presented, &sha256(body), &mut canonical).unwrap();
    let mut text = Vec::with_capacity(160);
    string_to_sign(&presented.timestamp, &presented.scope, &sha256(&canonical), &mut text);
    hmac_sha256(signing_key, &text) == presented.signature
}

fn bench(c: &mut Criterion) {
    let request = encrypt();
    let scope = Scope::at(&Timestamp::from_unix(SUITE), "us-east-1", "kms");
    let key = signing_key(SECRET, &scope, hmac_sha256);
    request.with_head(|head| assert!(verify(head, &request.body, &*key)));
    request.with_head(|head| {
        c.bench_function("parse", |b| b.iter(|| black_box(parse(black_box(head), Rules::LIKE_AWS)).is_ok()));
        c.bench_function("verify", |b| b.iter(|| verify(black_box(head), &request.body, &*key)));
    });
    c.bench_function("derive a signing key", |b| {
        b.iter(|| signing_key(black_box(SECRET), &scope, hmac_sha256))
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
