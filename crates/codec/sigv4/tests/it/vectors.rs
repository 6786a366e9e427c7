//! Requests that botocore signed (`tests/vectors/make.py`): byte for byte the same canonical form.

use crate::support::{KEY_ID, Request, SECRET, sha256};
use keystead_codec_sigv4::string_to_sign;
use serde_json::Value;

fn text(vector: &Value, field: &str) -> String {
    vector[field].as_str().unwrap_or_else(|| panic!("no {field} in {vector}")).to_owned()
}

fn request(vector: &Value) -> Request {
    let header =
        |line: &Value| (line[0].as_str().unwrap().to_owned(), line[1].as_str().unwrap().as_bytes().to_vec());
    Request {
        method: text(vector, "method"),
        path: text(vector, "path").into_bytes(),
        query: text(vector, "query").into_bytes(),
        headers: vector["headers"].as_array().unwrap().iter().map(header).collect(),
        body: text(vector, "body").into_bytes(),
    }
}

fn check(vector: &Value) {
    let (name, request) = (text(vector, "name"), request(vector));
    let canonical = request.canonical().unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(String::from_utf8(canonical.clone()).unwrap(), text(vector, "canonical"), "{name}");
    request
        .parse_with(|presented| {
            let mut to_sign = Vec::new();
            string_to_sign(&presented.timestamp, &presented.scope, &sha256(&canonical), &mut to_sign);
            assert_eq!(String::from_utf8(to_sign).unwrap(), text(vector, "string_to_sign"), "{name}");
            assert_eq!(hex::encode(presented.signature), text(vector, "signature"), "{name}");
            assert_eq!(presented.access_key_id, KEY_ID, "{name}");
            let (region, service) = (text(vector, "region"), text(vector, "service"));
            assert_eq!(presented.check_scope(&service, |served| served == region), Ok(()), "{name}");
            let token = presented.session_token.as_deref().map(|t| std::str::from_utf8(t).unwrap());
            assert_eq!(token, vector["token"].as_str(), "{name}");
        })
        .unwrap();
    assert_eq!(request.verify(SECRET), Ok(()), "{name}");
}

#[test]
fn every_request_of_botocore_is_read_and_verified() {
    let lines = include_str!("../vectors/botocore.jsonl");
    let vectors: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(vectors.len() >= 50, "{} vectors", vectors.len());
    vectors.iter().for_each(check);
}
