//! Every way of presenting a signature wrongly, with the answer it gets.

use crate::round_trip::{encrypt, presigned, signed};
use crate::support::{Request, SUITE};
use keystead_codec_sigv4::{AuthorizationFault, Rules, SigV4Error, limits, parse};

fn good() -> Request {
    signed(encrypt(), Some("token"), SUITE)
}

fn text(request: &Request) -> String {
    let error = request.parse_with(|_| ()).unwrap_err();
    let class = match &error {
        SigV4Error::MissingAuthenticationToken => "missing",
        SigV4Error::IncompleteAuthorization(_) | SigV4Error::Incomplete { .. } => "incomplete",
        SigV4Error::InvalidSignature { .. } | SigV4Error::SignatureMismatch => "invalid",
        SigV4Error::ContentHashMismatch | SigV4Error::Malformed { .. } => "malformed",
        SigV4Error::TooLarge { .. } => "too large",
    };
    format!("{class}: {}", error.text(|| "FINGERPRINT".to_owned()))
}

fn authorization(request: &Request) -> String {
    let line = request.headers.iter().find(|(name, _)| name == "authorization").unwrap();
    String::from_utf8(line.1.clone()).unwrap()
}

/// The good request with its `Authorization` header rewritten.
fn rewritten(from: &str, to: &str) -> Request {
    let changed = authorization(&good()).replacen(from, to, 1);
    assert_ne!(changed, authorization(&good()));
    good().set("authorization", &changed)
}

fn requeried(from: &str, to: &str) -> Request {
    let whole = presigned(encrypt(), None, SUITE, 3600);
    let query = String::from_utf8(whole.query.clone()).unwrap();
    assert!(query.contains(from), "{query}");
    Request { query: query.replacen(from, to, 1).into_bytes(), ..whole }
}

#[test]
fn no_signature_at_all() {
    let wanted = "missing: Request is missing Authentication Token";
    assert_eq!(text(&encrypt()), wanted);
    assert_eq!(text(&encrypt().set("authorization", "Bearer abc")), wanted);
    assert_eq!(text(&Request { query: b"X-Amz-Signature=00".to_vec(), ..encrypt() }), wanted);
}

#[test]
fn an_incomplete_header() {
    assert_eq!(
        text(&encrypt().set("authorization", "AWS4-HMAC-SHA256 SignedHeaders=host")),
        "incomplete: Authorization header requires 'Credential' parameter. Authorization header requires \
         'Signature' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
         header. (Hashed with SHA-256 and encoded with Base64) Authorization=FINGERPRINT"
    );
    let wanted = SigV4Error::IncompleteAuthorization(AuthorizationFault::NotAPair);
    assert_eq!(rewritten("Credential=", "Credential= ").parse_with(|_| ()), Err(wanted));
}

#[test]
fn a_date_that_is_none() {
    assert_eq!(
        text(&good().set("x-amz-date", "201")),
        "incomplete: Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601"
    );
    let dated = good().without("x-amz-date").set("date", "Sun, 30 Aug 2015 12:36:00 GMT");
    assert_eq!(text(&dated), "invalid: 'date' must be a 'SignedHeader' in the AWS Authorization.");
    assert!(text(&good().set("x-amz-date", "Sun, 30 Aug 2015 12:36:00 GMT")).contains("ISO-8601"));
}

#[test]
fn headers_left_unsigned() {
    for (listed, name) in [
        ("content-type;", "content-type"),
        ("x-amz-date;", "x-amz-date"),
        (";x-amz-target", "x-amz-target"),
        ("x-amz-security-token;", "x-amz-security-token"),
    ] {
        let wanted = format!("invalid: '{name}' must be a 'SignedHeader' in the AWS Authorization.");
        assert_eq!(text(&rewritten(listed, "")), wanted);
    }
    let hostless = "invalid: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    assert_eq!(text(&rewritten("host;", "")), hostless);
    assert!(rewritten("content-type;", "").with_head(|head| parse(head, Rules::LIKE_AWS).is_ok()));
}

#[test]
fn algorithm_and_credential() {
    assert_eq!(
        text(&rewritten("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA25")),
        "incomplete: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). "
    );
    assert_eq!(
        text(&rewritten("/kms/", "/")),
        "incomplete: Credential must have exactly 5 slash-delimited elements, e.g. \
         keyid/date/region/service/term, got 'AKIDEXAMPLE/20150830/eu-central-1/aws4_request'"
    );
    assert!(
        text(&rewritten("20150830", "20150829"))
            .starts_with("invalid: Date in Credential scope does not match")
    );
    assert!(
        text(&rewritten("aws4_request", "aws5_request"))
            .starts_with("invalid: Credential should be scoped with")
    );
    assert!(text(&rewritten("AKIDEXAMPLE", &"A".repeat(600))).starts_with("too large: credential"));
}

#[test]
fn a_signature_that_cannot_be_one() {
    for broken in ["Signature=0", "Signature=g", "Signature=A"] {
        assert!(
            text(&rewritten("Signature=", broken))
                .starts_with("invalid: The request signature we calculated")
        );
    }
    let upper = authorization(&good());
    let (front, signature) = upper.split_once("Signature=").unwrap();
    let upper = format!("{front}Signature={}", signature.to_uppercase());
    assert_eq!(good().set("authorization", &upper).parse_with(|_| ()), Err(SigV4Error::SignatureMismatch));
}

#[test]
fn lines_that_stand_twice() {
    for name in
        ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-target", "host", "content-type"]
    {
        let mut twice = good();
        let line = twice.headers.iter().find(|(n, _)| n == name).unwrap().clone();
        twice.headers.push((name.to_uppercase(), line.1));
        assert_eq!(text(&twice), format!("invalid: '{name}' stands more than once among the HTTP headers."));
    }
}

#[test]
fn both_forms_at_once() {
    for name in
        ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Security-Token", "%58-Amz-Signature"]
    {
        let both = Request { query: format!("a=b&{name}=").into_bytes(), ..good() };
        let name = name.replace("%58", "X");
        let wanted = format!(
            "invalid: Found both '{name}' as a query-string param and 'Authorization' as HTTP header."
        );
        assert_eq!(text(&both), wanted);
    }
    for (name, value) in [("x-amz-date", "20150830T123600Z"), ("x-amz-security-token", "t")] {
        let mixed = presigned(encrypt(), None, SUITE, 60).set(name, value);
        assert!(text(&mixed).ends_with("must not be an HTTP header of a presigned request."));
    }
}

#[test]
fn an_incomplete_query() {
    assert_eq!(
        text(&Request { query: b"X-Amz-Algorithm".to_vec(), ..encrypt() }),
        "incomplete: AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters \
         must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS \
         query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include \
         'X-Amz-Date'. Re-examine the query-string parameters."
    );
    let dateless = requeried("X-Amz-Date", "X-Amz-Dat");
    assert_eq!(
        text(&dateless),
        "incomplete: AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."
    );
    assert!(text(&requeried("x-amz-target", "")).starts_with("incomplete: 'SignedHeaders' must be"));
    assert!(text(&requeried("x-amz-target", "x%FF")).starts_with("incomplete: 'SignedHeaders' must be"));
    assert!(text(&requeried("%3Bx-amz-target", "")).starts_with("invalid: 'x-amz-target' must be"));
}

#[test]
fn a_query_that_is_read_no_better_than_a_header() {
    assert!(
        text(&requeried("HMAC-SHA256", "HMAC-SHA1")).starts_with("incomplete: Unsupported AWS 'algorithm'")
    );
    assert!(
        text(&requeried("X-Amz-Date=2015", "X-Amz-Date=x"))
            .starts_with("incomplete: Date must be in ISO-8601")
    );
    assert!(
        text(&requeried("%2Faws4_request", "")).starts_with("incomplete: Credential must have exactly 5")
    );
    assert!(
        text(&requeried("X-Amz-Signature=", "X-Amz-Signature=0"))
            .starts_with("invalid: The request signature")
    );
    assert_eq!(
        text(&requeried("X-Amz-Date", "a=%zz&X-Amz-Date=&X-Amz-Date")),
        text(&requeried("X-Amz-Date", "X-Amz-Date=&X-Amz-Date"))
    );
    let escape = requeried("X-Amz-Date", "a=%zz&X-Amz-Date");
    assert!(matches!(escape.canonical(), Err(SigV4Error::Malformed { .. })));
}

#[test]
fn an_expiry_out_of_bounds() {
    for (expires, wanted) in [
        ("604801", "less than a week"),
        ("99999999999", "should be a number"),
        ("-1", "should be a number"),
        ("", "should be a number"),
        ("%2B5", "should be a number"),
        ("0", "at least 1 second"),
    ] {
        let answer = text(&requeried("X-Amz-Expires=3600", &format!("X-Amz-Expires={expires}")));
        assert!(answer.contains(wanted), "{expires}: {answer}");
    }
    assert!(requeried("X-Amz-Expires=3600", "X-Amz-Expires=604800").parse_with(|_| ()).is_ok());
}

#[test]
fn bounds_hold_before_anything_is_read() {
    let large = |what: &str, limit: usize| format!("too large: {what} over the limit of {limit}");
    let mut many = good();
    many.headers.extend((0..limits::MAX_HEADERS).map(|n| (format!("h{n}"), Vec::new())));
    assert_eq!(text(&many), large("headers", limits::MAX_HEADERS));
    let heavy = good().set("x", &"a".repeat(limits::MAX_HEADER_BYTES));
    assert_eq!(text(&heavy), large("header bytes", limits::MAX_HEADER_BYTES));
    let query = vec![b'a'; limits::MAX_QUERY_BYTES + 1];
    assert_eq!(text(&Request { query, ..good() }), large("query", limits::MAX_QUERY_BYTES));
    let query = vec![b'&'; limits::MAX_QUERY_PARAMS];
    assert_eq!(text(&Request { query, ..good() }), large("query parameters", limits::MAX_QUERY_PARAMS));
    let path = vec![b'/'; limits::MAX_PATH_BYTES + 1];
    assert_eq!(text(&Request { path, ..good() }), large("path", limits::MAX_PATH_BYTES));
    let long = good().set("authorization", &format!("AWS4-{}", "a".repeat(limits::MAX_AUTHORIZATION_BYTES)));
    assert_eq!(text(&long), large("authorization header", limits::MAX_AUTHORIZATION_BYTES));
    let method = "A".repeat(limits::MAX_METHOD_BYTES + 1);
    assert_eq!(text(&Request { method, ..good() }), large("method", limits::MAX_METHOD_BYTES));
    let token = "t".repeat(limits::MAX_TOKEN_BYTES + 1);
    let presigned = requeried("X-Amz-Date", &format!("X-Amz-Security-Token={token}&X-Amz-Date"));
    assert_eq!(text(&presigned), large("session token", limits::MAX_TOKEN_BYTES));
    let token = good().set("x-amz-security-token", &"t".repeat(limits::MAX_TOKEN_BYTES + 1));
    assert_eq!(text(&token), large("session token", limits::MAX_TOKEN_BYTES));
}

#[test]
fn a_method_that_is_no_token() {
    for method in ["", "GET POST", "GET\n/", "G\u{e9}T"] {
        let request = Request { method: method.to_owned(), ..good() };
        assert_eq!(text(&request), "malformed: the method is not a token", "{method}");
    }
}
