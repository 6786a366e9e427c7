//! The routing table, golden: every head against three listeners.

use std::fmt::Write as _;

use ::http::Request;

use super::*;

/// `METHOD target | header: value | …`, the host as a header.
const HEADS: &[&str] = &[
    "GET /healthz",
    "HEAD /readyz",
    "POST /healthz",
    "GET /metrics",
    "GET /healthz/",
    "GET /healthz | x-amz-target: Service.Encrypt",
    "GET /",
    "POST / | x-amz-target: Service.Encrypt",
    "POST / | X-AMZ-TARGET: Service.Encrypt",
    "POST / | authorization: AWS4-HMAC-SHA256 Credential=AKID/20261124/us-east-1/kms/aws4_request",
    "POST / | authorization: AWS4-ECDSA-P256-SHA256 Credential=AKID",
    "POST / | authorization: Bearer token",
    "POST / | authorization: Bearer token | authorization: AWS4-HMAC-SHA256 Credential=AKID",
    "GET /?Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00",
    "GET /?Action=GetCallerIdentity&Version=2011-06-15",
    "GET /?Version=2011-06-15&Action=GetCallerIdentity",
    "GET /?Action=GetCallerIdentity",
    "GET /other?Action=GetCallerIdentity&Version=2011-06-15",
    "POST /?Action=GetCallerIdentity&Version=2011-06-15",
    "POST / | content-type: application/x-www-form-urlencoded",
    "POST / | content-type: Application/X-WWW-Form-Urlencoded; charset=utf-8",
    "GET / | content-type: application/x-www-form-urlencoded",
    "POST /v1/sys/unseal | content-type: application/x-www-form-urlencoded",
    "POST / | content-type: application/x-www-form-urlencoded | authorization: AWS4-HMAC-SHA256 Credential=AKID/20261124/us-east-1/sts/aws4_request",
    "POST / | host: vault.example | content-type: application/x-www-form-urlencoded",
    "GET /?note=X-Amz-Algorithm=AWS4",
    "GET /?x-amz-algorithm=AWS4-HMAC-SHA256",
    "POST /elsewhere | x-amz-target: Service.Encrypt",
    "PUT /v1/transit/encrypt/name",
    "LIST /v1/transit/keys",
    "GET /v1",
    "GET /v1/",
    "GET //v1/sys/health",
    "GET /%761/sys/health",
    "GET /v1/../keystead/v1/keys",
    "GET /V1/sys/health",
    "POST /v1/transit/encrypt/name | x-amz-target: Service.Encrypt",
    "POST /v1/transit/encrypt/name?X-Amz-Algorithm=AWS4-HMAC-SHA256",
    "GET /keystead/v1/keys",
    "GET /keystead/v2/keys",
    "GET /keystead/v1/keys | authorization: AWS4-HMAC-SHA256 Credential=AKID",
    "POST /google.cloud.kms.v1.KeyManagementService/Encrypt | content-type: application/grpc",
    "POST /v1/x | content-type: Application/GRPC+proto; a=b",
    "POST / | content-type: application/grpc-web",
    "GET / | host: kms.example:8443",
    "GET /ui | host: VAULT.example",
    "POST / | host: vault.example | x-amz-target: Service.Encrypt",
    "PUT /v1/transit/encrypt/name | host: kms.example",
    "GET / | host: [::1]:8200",
    "GET / | host: kms.example.attacker",
];

#[test]
fn every_head_has_one_answer() {
    let hosts = vec![("kms.example".to_owned(), Dialect::Aws), ("vault.example".to_owned(), Dialect::Vault)];
    let all = vec![Dialect::Aws, Dialect::Vault, Dialect::Native];
    let listeners = [
        ListenerRules { dialects: all, hosts, health: true, metrics: false },
        ListenerRules { dialects: vec![Dialect::Aws], metrics: true, ..ListenerRules::default() },
        ListenerRules { dialects: vec![Dialect::Google, Dialect::Vault], ..ListenerRules::default() },
    ];
    let mut table = String::from("head | aws+vault+native, hosts, health | aws, metrics | google+vault\n");
    for text in HEADS {
        let answers: Vec<_> = listeners.iter().map(|listener| answer(text, listener)).collect();
        writeln!(table, "{text}\n    -> {}", answers.join(" | ")).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// Whatever the head, what is not declared is not reached.
#[test]
fn undeclared_dialects_are_never_reached() {
    for text in HEADS {
        assert_eq!(answer(text, &ListenerRules::default()), "nobody", "{text}");
    }
}

fn answer(text: &str, listener: &ListenerRules) -> String {
    let mut parts = text.split(" | ");
    let (method, target) = parts.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder().method(method);
    for header in parts {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    let request = request.body(()).unwrap();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let head = RouteHead {
        method: request.method(),
        host: request.headers().get("host").map(|host| host.to_str().unwrap()),
        path,
        query,
        headers: request.headers(),
    };
    match route(&head, listener) {
        Ok(Route::Dialect(dialect)) => dialect.word().to_owned(),
        Ok(Route::Own(page)) => format!("own {page:?}"),
        Err(RouteRefusal::Unclaimed) => "nobody".to_owned(),
        Err(RouteRefusal::Ambiguous(one, other)) => format!("{} or {}?", one.word(), other.word()),
    }
}
