//! No input panics, and no single byte of what is covered can change without the canonical request changing.

use crate::round_trip::{presigned, signed};
use crate::support::{Request, SECRET, SUITE};
use keystead_codec_sigv4::{Rules, canonical_request, parse};
use proptest::collection::vec;
use proptest::prelude::*;

/// A request with nothing that the canonical form folds away: no white space, dot segments, empty
/// parameters or escapes. (What is folded away means the same before and after.)
fn plain_request() -> impl Strategy<Value = Request> {
    let path = "(/[a-z0-9]{1,6}){1,3}/?";
    let query = "([a-z]{1,4}=[a-z0-9]{0,4}(&[a-z]{1,4}=[a-z0-9]{1,4}){0,3})?";
    (path, query, "[!-~]{1,12}", vec(any::<u8>(), 1..32)).prop_map(|(path, query, value, body)| {
        let headers = [("host", "kms.local:8200"), ("content-type", "text/x"), ("x-amz-target", "T.Encrypt")];
        Request { body, ..Request::new("POST", &path, &query, &headers) }.set("x-other", &value)
    })
}

/// Puts another byte at `position` (taken round the length); `None` if there is nothing to change.
fn mutate(bytes: &mut [u8], position: usize, byte: u8) -> Option<()> {
    let position = position.checked_rem(bytes.len())?;
    let changed = bytes[position] != byte;
    bytes[position] = byte;
    changed.then_some(())
}

/// One byte of one covered part, changed.
fn mutated(request: &Request, part: usize, position: usize, byte: u8) -> Option<Request> {
    let mut other = request.clone();
    match part % 5 {
        0 => {
            let mut method = other.method.clone().into_bytes();
            mutate(&mut method, position, byte % 128)?;
            other.method = String::from_utf8(method).unwrap();
        }
        1 => mutate(&mut other.path, position, byte)?,
        2 => mutate(&mut other.query, position, byte)?,
        3 => mutate(&mut other.body, position, byte)?,
        _ => {
            let covered = ["host", "content-type", "x-amz-target", "x-other", "x-amz-date"];
            let name = covered[position % covered.len()];
            let line = other.headers.iter_mut().find(|(n, _)| n == name)?;
            mutate(&mut line.1, position / covered.len(), byte)?;
        }
    }
    Some(other)
}

/// Fragments that take arbitrary input further into the reader.
fn lines() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = prop_oneof![
        Just("authorization".to_owned()),
        Just("X-Amz-Date".to_owned()),
        Just("date".to_owned()),
        Just("host".to_owned()),
        Just("x-amz-content-sha256".to_owned()),
        Just("x-amz-security-token".to_owned()),
        ".{0,8}"
    ];
    let value = prop_oneof![
        vec(any::<u8>(), 0..64),
        "AWS4-HMAC-SHA256( |,)(Credential=|SignedHeaders=|Signature=|[a-z0-9/;, =]|a/20150830/b/c/aws4_request|host){0,24}"
            .prop_map(String::into_bytes),
        Just(b"20150830T123600Z".to_vec()),
        "[0-9TZ]{14,17}".prop_map(String::into_bytes),
    ];
    vec((name, value), 0..8)
}

fn query() -> impl Strategy<Value = Vec<u8>> {
    let auth = "(X-Amz-(Algorithm=AWS4-HMAC-SHA256|Credential=a/20150830/b/c/aws4_request|Date=20150830T123600Z|\
                SignedHeaders=host|Expires=[0-9]{0,11}|Signature=[0-9a-f]{64}|Security-Token=[%a-z]{0,4})&){0,8}";
    prop_oneof![vec(any::<u8>(), 0..64), auth.prop_map(String::into_bytes)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn nothing_panics(method in ".{0,6}", path in vec(any::<u8>(), 0..48), query in query(), headers in lines()) {
        let request = Request { method, path, query, headers, body: Vec::new() };
        request.with_head(|head| {
            if let Ok(presented) = parse(head, Rules::STRICT) {
                let _ = (presented.check_clock(0, 300), presented.check_scope("kms", |_| false));
                let _ = canonical_request(&presented, &[0; 32], &mut Vec::new());
            }
        });
    }

    #[test]
    fn every_covered_byte_counts_in_the_header_form(
        request in plain_request(), part in 0..5_usize, position in any::<usize>(), byte in any::<u8>(),
    ) {
        let whole = signed(request, None, SUITE);
        let before = whole.canonical().unwrap();
        if let Some(other) = mutated(&whole, part, position, byte) {
            prop_assert_ne!(other.canonical().ok(), Some(before), "{:?}", other);
        }
    }

    #[test]
    fn every_covered_byte_counts_in_the_presigned_form(
        request in plain_request(), part in 0..5_usize, position in any::<usize>(), byte in any::<u8>(),
    ) {
        let whole = presigned(request, Some("to/ken"), SUITE, 900);
        if let Some(other) = mutated(&whole, part, position, byte) {
            prop_assert!(other.verify(SECRET).is_err() || same_query(&whole, &other), "{:?}", other);
        }
    }
}

/// Whether two requests differ at most in the case of the hex digits of escapes in the query: `%2f` is `%2F`.
fn same_query(one: &Request, other: &Request) -> bool {
    let folded = |request: &Request| {
        let mut query = request.query.clone();
        let escapes: Vec<usize> = (0..query.len()).filter(|at| query[*at] == b'%').collect();
        for at in escapes {
            query[at + 1..].iter_mut().take(2).for_each(u8::make_ascii_uppercase);
        }
        Request { query, ..request.clone() }
    };
    folded(one) == folded(other)
}
