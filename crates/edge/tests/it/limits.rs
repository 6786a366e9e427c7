//! Everything has its bound.

use std::net::{Ipv4Addr, SocketAddr};

use edge::{BindError, Limits, Server, Timeouts};

use crate::kit::{MAX_BODY, config, post, start_with};

fn small() -> Limits {
    Limits { header_bytes: 8192, headers: 20, uri_bytes: 200, ..Limits::default() }
}

#[tokio::test]
async fn oversize_heads_are_refused_and_the_refusal_is_readable() {
    let server = start_with(small(), Timeouts::default()).await;
    let long = "a".repeat(300);
    let heads = [
        (431, format!("GET /v1/x HTTP/1.1\r\nHost: v\r\nx: {}\r\n\r\n", "b".repeat(100_000))),
        (431, format!("GET /v1/x HTTP/1.1\r\nHost: v\r\n{}\r\n", "x: y\r\n".repeat(21))),
        (414, format!("GET /v1/{long} HTTP/1.1\r\nHost: v\r\n\r\n")),
        (414, format!("GET /v1/x?{long} HTTP/1.1\r\nHost: v\r\n\r\n")),
        (400, "GET /v1/x HTTP/1.1\r\nHo st: v\r\n\r\n".to_owned()),
        (400, "no http at all\r\n\r\n".to_owned()),
    ];
    for (status, head) in heads {
        let mut client = server.connect().await;
        let got = client.ask(&head).await;
        assert_eq!(got.status, status, "{}", &head[..60.min(head.len())]);
        assert!(got.header("date").is_some());
        assert!(client.got().await.is_none());
    }
}

#[tokio::test]
async fn a_body_too_large_is_refused_in_the_dialects_words() {
    let server = start_with(small(), Timeouts::default()).await;
    let exactly = "a".repeat(MAX_BODY);
    assert_eq!(server.connect().await.ask(post("", &exactly)).await.body.len(), MAX_BODY);

    let mut claims = server.connect().await;
    let got = claims
        .ask("POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n")
        .await;
    assert_eq!((got.status, got.text()), (413, "vault says BodyTooLarge"));
    assert_eq!(got.header("connection"), Some("close"));

    let mut sends = server.connect().await;
    let got = sends.ask(post("", &"a".repeat(MAX_BODY + 1))).await;
    assert_eq!((got.status, got.text()), (413, "aws says BodyTooLarge"));

    let mut chunks = server.connect().await;
    chunks.send("POST /v1/x HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    chunks.send(format!("{:x}\r\n{exactly}\r\n1\r\na\r\n0\r\n\r\n", exactly.len())).await;
    let got = chunks.got().await.unwrap();
    assert_eq!((got.status, got.text()), (413, "vault says BodyTooLarge"));
    server.until("memory is given back", |server| server.handle.counts().body_memory == 0).await;
}

#[tokio::test]
async fn bodies_share_a_bounded_memory() {
    let server = start_with(Limits { body_memory: 1000, ..small() }, Timeouts::default()).await;
    let mut holds = server.connect().await;
    let whole = post("", &"a".repeat(900));
    holds.send(&whole[..whole.len() - 1]).await;
    server.until("the body is awaited", |server| server.handle.counts().body_memory == 900).await;
    let got = server.connect().await.ask(post("", &"b".repeat(101))).await;
    assert_eq!((got.status, got.text()), (429, "aws says Overloaded { retry_after: 1000 }"));
    assert_eq!(server.connect().await.ask(post("", &"b".repeat(100))).await.status, 200);
    assert_eq!(holds.ask("a").await.status, 200);
    server.until("memory is given back", |server| server.handle.counts().body_memory == 0).await;
}

#[tokio::test]
async fn too_many_requests_are_refused_at_once_and_health_answers() {
    let server = start_with(Limits { requests: 2, ..small() }, Timeouts::default()).await;
    let (mut one, mut two, mut three) =
        (server.connect().await, server.connect().await, server.connect().await);
    one.send(post("x-sleep: 300\r\n", "1")).await;
    two.send(post("x-sleep: 300\r\n", "2")).await;
    server.until("both are under way", |server| server.handle.counts().requests == 2).await;
    let got = three.ask(post("", "3")).await;
    assert_eq!((got.status, got.text()), (429, "aws says Overloaded { retry_after: 1000 }"));
    assert_eq!(three.ask("GET /healthz HTTP/1.1\r\nHost: v\r\n\r\n").await.status, 200);
    assert_eq!((one.got().await.unwrap().text(), two.got().await.unwrap().text()), ("1", "2"));
    assert_eq!(three.ask(post("", "3")).await.text(), "3");
}

#[tokio::test]
async fn connections_are_bounded_in_all_and_per_peer() {
    let per_peer = Limits { connections_per_peer: 2, ..small() };
    let in_all = Limits { connections: 2, ..small() };
    for (limits, reason) in [(per_peer, "peer"), (in_all, "listener")] {
        let server = start_with(limits, Timeouts::default()).await;
        let (mut one, mut two) = (server.connect().await, server.connect().await);
        assert_eq!((one.ask(post("", "")).await.status, two.ask(post("", "")).await.status), (200, 200));
        assert!(server.connect().await.got().await.is_none());
        let line = format!("keystead_edge_connections_refused_total{{reason=\"{reason}\"}}");
        assert_eq!(server.metric(&line), Some(1));
        drop(one);
        server.until("a place is free", |server| server.handle.counts().connections == 1).await;
        assert_eq!(server.connect().await.ask(post("", "")).await.status, 200);
    }
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    let mut public = config(small(), Timeouts::default(), None);
    public.address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let error = Server::bind(public).await.unwrap_err();
    assert!(matches!(error, BindError::PlainBeyondLoopback(_)));
    assert_eq!(
        error.to_string(),
        "plain http is for loopback addresses only: give `0.0.0.0:0` a certificate, or listen on 127.0.0.1"
    );
}

#[tokio::test]
async fn impossible_listeners_say_why() {
    let mut twice = config(small(), Timeouts::default(), None);
    let again = std::sync::Arc::clone(&twice.dialects[0]);
    twice.dialects.push(again);
    assert_eq!(Server::bind(twice).await.unwrap_err().to_string(), "the listener declares `aws` twice");
    let mut stray = config(small(), Timeouts::default(), None);
    stray.hosts.push(("az".to_owned(), domain::Dialect::Azure));
    assert_eq!(
        Server::bind(stray).await.unwrap_err().to_string(),
        "host `az` belongs to `azure`, which the listener does not serve"
    );
    let taken = start_with(small(), Timeouts::default()).await;
    let mut same = config(small(), Timeouts::default(), None);
    same.address = taken.address;
    assert!(matches!(Server::bind(same).await, Err(BindError::Io { .. })));
}

#[tokio::test]
async fn a_client_that_goes_on_sending_can_still_read_its_refusal() {
    let server = start_with(small(), Timeouts::default()).await;
    let mut client = server.connect().await;
    client.send("POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: 500000\r\n\r\n").await;
    for _ in 0..50 {
        tokio::time::sleep(crate::kit::millis(4)).await;
        client.send([b'a'; 10_000]).await;
    }
    assert_eq!(client.got().await.unwrap().status, 413);
    assert!(client.got().await.is_none());
}
