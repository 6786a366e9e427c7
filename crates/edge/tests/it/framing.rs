//! The shapes of request smuggling are refused and their connection is closed.

use edge::{Limits, Timeouts};

use crate::kit::{post, start_with};

const SHAPES: &[(&str, &str)] = &[
    (
        "two equal lengths",
        "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    ),
    ("two lengths", "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\nabcd"),
    (
        "length, then chunked",
        "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "chunked, then length",
        "POST /v1/x HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    ),
    ("a list of lengths", "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: 4, 4\r\n\r\nabcd"),
    ("a signed length", "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: +4\r\n\r\nabcd"),
    ("a blank before the colon", "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length : 4\r\n\r\nabcd"),
    ("a folded header", "POST /v1/x HTTP/1.1\r\nHost: v\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    ("an unknown coding", "POST /v1/x HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("chunked in 1.0", "POST /v1/x HTTP/1.0\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("no host", "GET /v1/x HTTP/1.1\r\n\r\n"),
    ("two hosts", "GET /v1/x HTTP/1.1\r\nHost: v\r\nHost: v\r\n\r\n"),
    ("another authority", "GET http://w/v1/x HTTP/1.1\r\nHost: v\r\n\r\n"),
];

#[tokio::test]
async fn smuggling_shapes_are_refused() {
    let server = start_with(Limits::default(), Timeouts::default()).await;
    for (name, shape) in SHAPES {
        let mut client = server.connect().await;
        assert_eq!(client.ask(post("", "first")).await.status, 200);
        let got = client.ask(shape).await;
        assert_eq!(got.status, 400, "{name}: {got:?}");
        assert!(client.got().await.is_none(), "{name}: the connection goes on");
    }
}

#[tokio::test]
async fn a_smuggled_request_is_not_answered() {
    let server = start_with(Limits::default(), Timeouts::default()).await;
    let mut client = server.connect().await;
    let hidden = "GET /v1/hidden HTTP/1.1\r\nHost: v\r\n\r\n";
    let shape = format!(
        "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
        hidden.len() + 5
    );
    assert_eq!(client.ask(shape).await.status, 400);
    assert!(client.got().await.is_none());
}
