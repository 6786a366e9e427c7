//! Signatures that AWS published: its SigV4 test suite and the worked example of its guide.

use crate::support::{KEY_ID, Request, SECRET, SUITE, hmac_sha256, sha256};
use keystead_codec_sigv4::sign::Signer;
use keystead_codec_sigv4::{Scope, Timestamp, signing_key};

/// Signs as the suite does, compares with the published signature, and reads it back as a server.
fn check(service: &str, request: Request, published: &str) {
    let at = Timestamp::from_unix(SUITE);
    let scope = Scope::at(&at, "us-east-1", service);
    let key = signing_key(SECRET, &scope, hmac_sha256);
    let signer = Signer {
        access_key_id: KEY_ID,
        session_token: None,
        scope: &scope,
        signing_key: &key,
        sha256: &sha256,
        hmac: &hmac_sha256,
    };
    let added = request.with_head(|head| signer.header(head, &sha256(&request.body), &at)).unwrap();
    let signed = added.iter().fold(request, |request, (name, value)| request.set(name, value));
    let (_, authorization) = added.last().unwrap();
    assert!(authorization.ends_with(&format!("Signature={published}")), "{signed:?}\n{authorization}");
    signed.verify(SECRET).unwrap();
}

fn get(path: &str, query: &str, headers: &[(&str, &str)]) -> Request {
    let host = [("Host", "example.amazonaws.com")];
    Request::new("GET", path, query, &[&host, headers].concat())
}

fn post(query: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let method = "POST".to_owned();
    Request { method, body: body.as_bytes().to_vec(), ..get("/", query, headers) }
}

const VANILLA: &str = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

#[test]
fn vanilla_requests() {
    check("service", get("/", "", &[]), VANILLA);
    let posted = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
    check("service", post("", &[], ""), posted);
    let queried = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11";
    check("service", post("Param1=value1", &[], ""), queried);
}

#[test]
fn paths_are_normalised() {
    for path in ["/example/..", "/example1/example2/../..", "/./", "//"] {
        check("service", get(path, "", &[]), VANILLA);
    }
    let unreserved = "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f";
    let path = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    check("service", get(path, "", &[]), unreserved);
    let utf8 = "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85";
    check("service", get("/\u{1234}", "", &[]), utf8);
}

#[test]
fn queries_are_sorted_and_encoded() {
    let one = "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb";
    check("service", get("/", "Param1=value1", &[]), one);
    let two = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    check("service", get("/", "Param2=value2&Param1=value1", &[]), two);
    let utf8 = "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04";
    check("service", get("/", "\u{1234}=bar", &[]), utf8);
}

#[test]
fn headers_are_joined_and_trimmed() {
    let joined = "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea";
    let headers = [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")];
    check("service", get("/", "", &headers), joined);
    let ordered = "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01";
    let headers = [
        ("My-Header1", "value4"),
        ("My-Header1", "value1"),
        ("My-Header1", "value3"),
        ("My-Header1", "value2"),
    ];
    check("service", get("/", "", &headers), ordered);
    let trimmed = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736";
    check("service", get("/", "", &[("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")]), trimmed);
}

#[test]
fn a_form_body_is_covered() {
    let published = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    check("service", post("", &headers, "Param1=value1"), published);
}

#[test]
fn the_guides_worked_example() {
    let published = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
    let headers =
        [("Host", "iam.amazonaws.com"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")];
    check("iam", Request::new("GET", "/", "Action=ListUsers&Version=2010-05-08", &headers), published);
}

#[test]
fn the_guides_signing_key() {
    let scope = Scope { date: "20150830".into(), region: "us-east-1".into(), service: "iam".into() };
    let published = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9";
    assert_eq!(hex::encode(*signing_key(SECRET, &scope, hmac_sha256)), published);
}
