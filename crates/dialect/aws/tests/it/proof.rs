//! What is handed to the gate as proof, and that nothing is answered without the gate having heard of it.

use api::{FaultWhat, Malformed};
use domain::{Coordinates, Dialect, Proof, Timestamp};
use edge::Request;
use http::{HeaderValue, Method};
use testkit::stub_kms::{Asked, Call};

use crate::support::{Bench, SCOPE, presigned, request};

const LIST: &str = "TrentService.ListKeys";

fn signature(call: Call) -> Box<domain::SignatureProof> {
    match call.proof {
        Proof::Signature(proof) => proof,
        Proof::Anonymous | Proof::Bearer(_) => panic!("no signature: {call:?}"),
    }
}

#[test]
fn a_signed_header_becomes_a_proof_and_a_place() {
    let bench = Bench::new();
    let _ = bench.send(request(LIST, "{}"));
    let call = bench.only_call();
    assert_eq!(call.context.place, Coordinates::new(Dialect::Aws, "*/us-east-1"));
    assert_eq!(call.context.operation, "ListKeys");
    let proof = signature(call);
    assert_eq!(proof.credential.as_str(), "AKIDEXAMPLE");
    assert_eq!(
        (&*proof.scope.date, &*proof.scope.region, &*proof.scope.service),
        ("20150830", "us-east-1", "kms")
    );
    assert_eq!(proof.signed_at, Timestamp::from_millis(1_440_938_160_000));
    assert_eq!(proof.expires_at, None);
    assert_eq!(proof.signature[0], 0x5d);
    assert!(proof.session_token.is_none());
    let text = String::from_utf8(proof.string_to_sign).unwrap();
    let lead = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/kms/aws4_request\n";
    assert_eq!(text.strip_prefix(lead).map(str::len), Some(64));
}

#[test]
fn the_proof_covers_body_target_path_and_query() {
    let bench = Bench::new();
    let signed = |request: Request| {
        let _ = bench.send(request);
        signature(bench.only_call()).string_to_sign
    };
    let plain = signed(request(LIST, "{}"));
    assert_eq!(plain, signed(request(LIST, "{}")));
    let other_path = Request { path: "/x".to_owned(), ..request(LIST, "{}") };
    let other_query = Request { query: Some("a=b".to_owned()), ..request(LIST, "{}") };
    let other_method = Request { method: Method::GET, ..request(LIST, "{}") };
    for other in [
        request(LIST, "{} "),
        request("TrentService.ListAliases", "{}"),
        other_path,
        other_query,
        other_method,
    ] {
        assert_ne!(plain, signed(other));
    }
}

#[test]
fn a_presigned_request_ends_when_it_says() {
    let bench = Bench::new();
    let _ = bench.send(presigned(LIST, "{}", "60"));
    let proof = signature(bench.only_call());
    assert_eq!(proof.expires_at, Some(Timestamp::from_millis(1_440_938_220_000)));
}

#[test]
fn a_session_token_reaches_the_gate() {
    let bench = Bench::new();
    let mut with_token = request(LIST, "{}");
    with_token.headers.insert("x-amz-security-token", HeaderValue::from_static("token"));
    let unsigned = bench.send(with_token).error();
    assert_eq!(unsigned.0, "InvalidSignatureException", "an unsigned token is not taken: {unsigned:?}");
    let _ = bench.kms.take_calls();
    let mut presigned = presigned(LIST, "{}", "60");
    presigned.query = presigned.query.map(|q| format!("{q}&X-Amz-Security-Token=token"));
    let _ = bench.send(presigned);
    assert_eq!(signature(bench.only_call()).session_token.map(|t| t.len()), Some(5));
}

fn without_proof(request: Request, code: &str, what: &FaultWhat) {
    let bench = Bench::new();
    let answer = bench.send(request);
    assert_eq!((answer.status, answer.error().0.as_str()), (400, code));
    let call = bench.only_call();
    assert!(matches!(call.proof, Proof::Anonymous));
    assert!(matches!(&call.asked, Asked::Refusal(told) if told == what), "{call:?}");
}

fn with_authorization(value: &str) -> Request {
    let mut request = request(LIST, "{}");
    request.headers.insert("authorization", HeaderValue::from_str(value).unwrap());
    request
}

#[test]
fn an_unreadable_proof_is_answered_in_its_own_code_and_recorded() {
    let mut nothing = request(LIST, "{}");
    nothing.headers.remove("authorization");
    without_proof(nothing, "MissingAuthenticationTokenException", &FaultWhat::ProofMissing);
    for (value, code) in [
        ("AWS4-HMAC-SHA256", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=x", "IncompleteSignatureException"),
    ] {
        without_proof(with_authorization(value), code, &FaultWhat::ProofInvalid);
    }
    for scope in [SCOPE.replace("/kms/", "/sts/"), SCOPE.replace("us-east-1", "US_EAST")] {
        let signed = "content-type;host;x-amz-date;x-amz-target";
        let zeros = "0".repeat(64);
        let value = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={zeros}");
        without_proof(with_authorization(&value), "InvalidSignatureException", &FaultWhat::ProofInvalid);
    }
}

#[test]
fn a_refused_request_hears_the_graver_fault() {
    let bench = Bench::new();
    assert_eq!(bench.refused("DescribeKey", "{").0, "SerializationException");
    assert_eq!(bench.refused("Nonsense", "{}").0, "UnknownOperationException");
    assert_eq!(bench.refused("CreateGrant", "{}").0, "UnsupportedOperationException");
    for (graver, status, code) in [
        (FaultWhat::CredentialUnknown, 400, "UnrecognizedClientException"),
        (FaultWhat::ProofInvalid, 400, "InvalidSignatureException"),
        (FaultWhat::AuditUnavailable { retry_after: 1 }, 500, "KMSInternalException"),
        (FaultWhat::Malformed(Malformed::Cursor), 400, "InvalidMarkerException"),
    ] {
        bench.kms.refuse_with(graver);
        for (operation, body) in [("DescribeKey", "{"), ("Nonsense", "{}"), ("Sign", "{}")] {
            let answer = bench.post(operation, body);
            assert_eq!((answer.status, answer.error().0.as_str()), (status, code));
        }
    }
}

#[test]
fn only_post_to_the_root_is_an_operation() {
    for (method, path) in [(Method::GET, "/"), (Method::POST, "/x"), (Method::POST, "//"), (Method::PUT, "/")]
    {
        let bench = Bench::new();
        let answer = bench.send(Request { method, path: path.to_owned(), ..request(LIST, "{}") });
        assert_eq!(answer.error().0, "UnknownOperationException");
        assert!(matches!(bench.only_call().asked, Asked::Refusal(_)));
    }
}

#[test]
fn a_target_must_be_whole() {
    let bench = Bench::new();
    for target in
        ["ListKeys", "trentservice.ListKeys", "TrentService.", "TrentService.ListKeys2", "Trent.ListKeys"]
    {
        assert_eq!(bench.send(request(target, "{}")).error().0, "UnknownOperationException", "{target}");
    }
    assert!(bench.kms.take_calls().iter().all(|call| matches!(call.asked, Asked::Refusal(_))));
}
