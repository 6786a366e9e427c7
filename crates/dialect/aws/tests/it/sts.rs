//! The query protocol: what is taken for it, what it asks the gate, and its answers and refusals in XML.

use api::ops::CallerView;
use api::{Command, Fault, FaultWhat, Output};
use domain::{AccountId, CredentialId, Principal, PrincipalId, PrincipalKind, Proof, Timestamp};
use edge::Request;
use http::{HeaderValue, Method};
use keystead_dialect_aws::STS_OPERATIONS;
use proptest::prelude::*;
use testkit::stub_kms::Asked;

use crate::support::{Answer, Bench, SCOPE, presigned, request};

const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");

fn scope() -> String {
    SCOPE.replace("/kms/", "/sts/")
}

/// A form as SDKs post it: nothing in a target, the scope of the service.
fn form(body: &str) -> Request {
    let mut request = request("", body.to_owned());
    request.headers.remove("x-amz-target");
    request.headers.insert("content-type", FORM);
    let signed = "content-type;host;x-amz-date";
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}, SignedHeaders={signed}, Signature={}",
        scope(),
        "5d".repeat(32)
    );
    request.headers.insert("authorization", HeaderValue::try_from(authorization).unwrap());
    request
}

/// A presigned GET.
fn get(query: &str) -> Request {
    let mut request = presigned("", "", "60");
    request.headers.remove("x-amz-target");
    request.headers.remove("content-type");
    let signed = request.query.take().unwrap().replace("%2Fkms%2F", "%2Fsts%2F");
    let signed = signed.replace("content-type%3Bhost%3Bx-amz-target", "host");
    Request { method: Method::GET, query: Some(format!("{query}&{signed}")), ..request }
}

fn caller(kind: PrincipalKind) -> Output {
    let account = AccountId::random([2; 16]);
    let principal = Principal {
        id: PrincipalId::random([3; 16]),
        account,
        name: "ann+ops@example".to_owned(),
        kind,
        roles: Vec::new(),
        policies: Vec::new(),
        labels: Default::default(),
        disabled: false,
        created_at: Timestamp::from_millis(0),
    };
    let credential = CredentialId::new("AKIDEXAMPLE").unwrap();
    Output::WhoAmI(CallerView { principal, account: "123456789012".parse().unwrap(), credential })
}

fn element<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let (_, rest) = answer.body.split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}

/// Status, code and text of a refusal that went through the gate once.
fn refused(bench: &Bench, request: Request) -> (u16, String, String) {
    let answer = bench.send_query(request);
    let call = bench.only_call();
    assert!(matches!(call.asked, Asked::Refusal(_)), "{call:?}");
    (answer.status, element(&answer, "Code").to_owned(), element(&answer, "Message").to_owned())
}

#[test]
fn each_form_of_the_question_stands_on_the_wire_as_reviewed() {
    let mut table = String::new();
    let kinds = [PrincipalKind::User, PrincipalKind::Service, PrincipalKind::AccountRoot];
    for (form, kind) in [form(WHO), get(WHO), form(WHO)].into_iter().zip(kinds) {
        let bench = Bench::new();
        bench.kms.answer(Ok(caller(kind)));
        let (method, answer) = (form.method.clone(), bench.send_query(form));
        let call = bench.only_call();
        assert_eq!((&*call.context.operation, call.context.dry_run), ("GetCallerIdentity", false));
        assert!(matches!(call.asked, Asked::Command(Command::WhoAmI(_))), "{call:?}");
        let Proof::Signature(proof) = call.proof else { panic!("no signature") };
        assert_eq!(proof.scope.service, "sts");
        table.push_str(&format!("{method} {kind:?}\n{}\n{}\n", answer.status, answer.body));
    }
    let bench = Bench::new();
    bench.kms.answer(Err(Fault::new(FaultWhat::CredentialUnknown)));
    let answer = bench.send_query(form(WHO));
    table.push_str(&format!("refused\n{}\n{}\n", answer.status, answer.body));
    insta::assert_snapshot!(table);
    assert_eq!(STS_OPERATIONS.iter().map(|row| row.name).collect::<Vec<_>>(), ["GetCallerIdentity"]);
}

#[test]
fn a_proof_that_fails_is_told_with_403_and_this_protocols_codes() {
    let at = Timestamp::from_millis;
    for (what, status, code) in [
        (FaultWhat::ProofMissing, 403, "MissingAuthenticationToken"),
        (FaultWhat::CredentialUnknown, 403, "InvalidClientTokenId"),
        (FaultWhat::ProofInvalid, 403, "SignatureDoesNotMatch"),
        (
            FaultWhat::ClockSkew { signed_at: at(0), now: at(600_000), window: 300 },
            403,
            "SignatureDoesNotMatch",
        ),
        (FaultWhat::CredentialExpired, 403, "ExpiredToken"),
        (FaultWhat::Throttled { retry_after: 1 }, 400, "Throttling"),
        (FaultWhat::Sealed, 503, "ServiceUnavailable"),
        (FaultWhat::AuditUnavailable { retry_after: 1 }, 500, "InternalFailure"),
        (FaultWhat::Internal, 500, "InternalFailure"),
    ] {
        let bench = Bench::new();
        bench.kms.answer(Err(Fault::new(what)));
        let answer = bench.send_query(form(WHO));
        assert_eq!((answer.status, element(&answer, "Code")), (status, code));
        let whose = if status >= 500 { "Receiver" } else { "Sender" };
        assert_eq!(element(&answer, "Type"), whose, "{code}");
    }
}

#[test]
fn what_cannot_be_a_proof_goes_through_the_gate_too() {
    let (mut unsigned, mut garbled) = (form(WHO), form(WHO));
    unsigned.headers.remove("authorization");
    garbled.headers.insert("authorization", HeaderValue::from_static("AWS4-HMAC-SHA256 nonsense"));
    let missing =
        (403, "MissingAuthenticationToken".to_owned(), "Request is missing Authentication Token".to_owned());
    assert_eq!(refused(&Bench::new(), unsigned), missing);
    let (status, code, _) = refused(&Bench::new(), garbled);
    assert_eq!((status, code.as_str()), (403, "IncompleteSignature"));
}

/// A signature for one service is none for the other, whichever way round.
#[test]
fn the_scope_is_of_the_service_that_is_spoken() {
    let mut of_kms = form(WHO);
    let authorization = of_kms.headers["authorization"].to_str().unwrap().replace("/sts/", "/kms/");
    of_kms.headers.insert("authorization", HeaderValue::try_from(authorization).unwrap());
    let (status, code, text) = refused(&Bench::new(), of_kms);
    assert_eq!((status, code.as_str()), (403, "SignatureDoesNotMatch"));
    assert_eq!(text, "Credential should be scoped to correct service: &#39;sts&#39;.");
    let mut of_sts = request("TrentService.ListKeys", "{}");
    let authorization = of_sts.headers["authorization"].to_str().unwrap().replace("/kms/", "/sts/");
    of_sts.headers.insert("authorization", HeaderValue::try_from(authorization).unwrap());
    let bench = Bench::new();
    assert_eq!(bench.send(of_sts).error().0, "InvalidSignatureException");
}

#[test]
fn a_target_makes_it_kms_whatever_else_it_looks_like() {
    let mut both = request("TrentService.ListKeys", WHO);
    both.headers.insert("content-type", FORM);
    let bench = Bench::new();
    assert_eq!(bench.send(both).error().0, "SerializationException");
}

#[test]
fn what_is_no_operation_is_refused_in_words() {
    let unknown = |action: &str, version: &str| {
        (400, "InvalidAction".to_owned(), format!("Could not find operation {action} for version {version}"))
    };
    let missing = (400, "MissingAction".to_owned(), "The request is missing an action.".to_owned());
    let malformed =
        (400, "MalformedQueryString".to_owned(), "The query string contains a syntax error.".to_owned());
    let said = |body: &str| refused(&Bench::new(), form(body));
    assert_eq!(said("Action=AssumeRole&Version=2011-06-15"), unknown("AssumeRole", "2011-06-15"));
    assert_eq!(said("Action=GetCallerIdentity"), unknown("GetCallerIdentity", "NO_VERSION_SPECIFIED"));
    assert_eq!(said("Action=GetCallerIdentity&Version="), unknown("GetCallerIdentity", ""));
    assert_eq!(
        said("Action=getcalleridentity&Version=2011-06-15"),
        unknown("getcalleridentity", "2011-06-15")
    );
    assert_eq!(said("Action=<a href='x'>&Version=\"&\u{1}"), unknown("&lt;ahref=&#39;x&#39;&gt;", "&quot;"));
    for body in ["", "Version=2011-06-15", "action=GetCallerIdentity", "&&&", "Action%3D=x"] {
        assert_eq!(said(body), missing, "{body}");
    }
    for body in ["Action=GetCallerIdentity&Version=2011-06-15&Version=2011-06-15", "Action=a&Action=b"] {
        assert_eq!(said(body), malformed, "{body}");
    }
    let elsewhere = Request { path: "/x".to_owned(), ..form(WHO) };
    assert_eq!(refused(&Bench::new(), elsewhere), unknown("GetCallerIdentity", "2011-06-15"));
    let both = Request { query: Some("Action=AssumeRole".to_owned()), ..form(WHO) };
    assert_eq!(refused(&Bench::new(), both), malformed, "in the query and in the form is twice");
    let (_, _, text) = said(&format!("Action={}&Version=1", "x".repeat(200_000)));
    assert!(text.len() < 200, "an error repeats a bounded part of its cause: {}", text.len());
    let bytes = Request { body: vec![0xff, b'A'].into(), ..form("") };
    assert_eq!(refused(&Bench::new(), bytes), malformed);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_form_is_answered_and_goes_through_the_gate_once(body in "(Action=)?[ -~]{0,40}(&Version=2011-06-15)?[ -~]{0,9}") {
        let bench = Bench::new();
        let answer = bench.send_query(form(&body));
        prop_assert!(matches!(answer.status, 400 | 500));
        prop_assert_eq!(bench.kms.take_calls().len(), 1);
    }
}
