//! What an honest client gets.

use domain::Dialect;
use edge::{Limits, Timeouts};

use crate::kit::{Running, post, start_with};

async fn start() -> Running {
    start_with(Limits::default(), Timeouts::default()).await
}

#[tokio::test]
async fn a_request_reaches_its_dialect_as_received() {
    let server = start().await;
    let mut client = server.connect().await;
    let got = client.ask(post("", "hello")).await;
    assert_eq!((got.status, got.text(), got.header("x-dialect")), (200, "hello", Some("aws")));
    assert_eq!(got.header("date"), Some("Tue, 24 Nov 2026 09:00:00 GMT"));
    assert_eq!(got.header("content-length"), Some("5"));
    assert_eq!(got.header("x-received-at"), Some("1795510800500"));
    assert_eq!(got.header("connection"), None);
    let other = client.ask("LIST /v1/a%2Fb/../%20?x=%41&y HTTP/1.1\r\nHost: V:8200\r\n\r\n").await;
    assert_eq!(other.header("x-target"), Some("LIST /v1/a%2Fb/../%20 Some(\"x=%41&y\")"));
    assert_eq!((other.header("x-dialect"), other.header("x-host")), (Some("vault"), Some("V:8200")));
    assert_ne!(got.header("x-request-id"), other.header("x-request-id"));
    let requests = |dialect: Dialect| {
        server
            .metric(&format!("keystead_edge_requests_total{{dialect=\"{}\",status=\"2xx\"}}", dialect.word()))
    };
    assert_eq!((requests(Dialect::Aws), requests(Dialect::Vault)), (Some(1), Some(1)));
}

#[tokio::test]
async fn head_tells_the_length_and_sends_nothing() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send("HEAD /v1/x HTTP/1.1\r\nHost: v\r\nx-bytes: 77\r\n\r\n").await;
    let head = client.head().await.unwrap();
    // In this spelling: there are clients (libmongocrypt) that know no other.
    assert!(head.contains("Content-Length: 77\r\n"), "{head}");
    let next = client.ask(post("", "next")).await;
    assert_eq!((next.status, next.text()), (200, "next"));
}

#[tokio::test]
async fn a_client_that_expects_to_be_asked_is_asked() {
    let server = start().await;
    let mut client = server.connect().await;
    let whole = post("Expect: 100-continue\r\n", "hello");
    let (head, body) = whole.split_at(whole.len() - 5);
    client.send(head).await;
    assert_eq!(client.head().await.unwrap(), "HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.ask(body).await.text(), "hello");
}

#[tokio::test]
async fn chunked_bodies_are_read_and_end_their_connection() {
    let server = start().await;
    let mut client = server.connect().await;
    let got = client
        .ask("POST /v1/x HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
        .await;
    assert_eq!((got.status, got.text(), got.header("connection")), (200, "hello", Some("close")));
    assert!(client.got().await.is_none());
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send([post("", "one"), post("", "two"), post("", "three")].concat()).await;
    for text in ["one", "two", "three"] {
        assert_eq!(client.got().await.unwrap().text(), text);
    }
}

#[tokio::test]
async fn nobody_answers_what_no_dialect_claims() {
    let server = start().await;
    let mut client = server.connect().await;
    let got = client.ask("GET /elsewhere HTTP/1.1\r\nHost: v\r\n\r\n").await;
    assert_eq!(got.text(), r#"{"errors":["no api of this listener answers here"]}"#);
    assert_eq!(got.status, 404);
    let both = client.ask("GET /v1/x HTTP/1.1\r\nHost: v\r\nX-Amz-Target: T.Encrypt\r\n\r\n").await;
    assert_eq!(both.text(), r#"{"errors":["the request speaks both `aws` and `vault`"]}"#);
    assert_eq!(both.status, 400);
}

#[tokio::test]
async fn the_edges_own_pages() {
    let server = start().await;
    let mut client = server.connect().await;
    let lives = client.ask("GET /healthz HTTP/1.1\r\nHost: v\r\n\r\n").await;
    assert_eq!((lives.status, lives.text()), (200, r#"{"status":"ok"}"#));
    let ready = client.ask("GET /readyz HTTP/1.1\r\nHost: v\r\n\r\n").await;
    assert_eq!((ready.status, ready.text()), (503, r#"{"ready":false,"reasons":["sealed"]}"#));
    let metrics = client.ask("GET /metrics HTTP/1.1\r\nHost: v\r\n\r\n").await;
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert!(metrics.text().contains("keystead_edge_connections 1\n"));
}

#[tokio::test]
async fn a_panic_costs_its_own_request_only() {
    let server = start().await;
    let mut other = server.connect().await;
    assert_eq!(other.ask(post("", "before")).await.status, 200);
    let got = server.connect().await.ask(post("x-panic: 1\r\n", "")).await;
    assert_eq!((got.status, got.text()), (500, r#"{"errors":["internal error"]}"#));
    assert_eq!(other.ask(post("", "after")).await.text(), "after");
    assert_eq!(server.metric("keystead_edge_panics_total"), Some(1));
    server.until("the place is given back", |server| server.handle.counts().requests == 0).await;
}

#[tokio::test]
async fn a_dialect_cannot_meddle_with_framing_or_date() {
    let server = start().await;
    let mut client = server.connect().await;
    let got = client.ask(post("x-meddle: 1\r\n", "hello")).await;
    assert_eq!((got.header("content-length"), got.header("transfer-encoding")), (Some("5"), None));
    assert_eq!((got.header("connection"), got.text()), (None, "hello"));
    assert_eq!(got.header("date"), Some("Tue, 24 Nov 2026 09:00:00 GMT"));
}
