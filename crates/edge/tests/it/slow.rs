//! Clients that dawdle are closed, each by the wait that it overstays.

use edge::{Limits, Timeouts};
use tokio::io::AsyncWriteExt;

use crate::kit::{Running, millis, post, start_with};

/// Well above every limit in these tests and far below the defaults.
const SOON: std::time::Duration = millis(2_000);

async fn start(timeouts: Timeouts) -> Running {
    start_with(Limits::default(), timeouts).await
}

fn cuts(server: &Running, reason: &str) -> Option<u64> {
    server.metric(&format!("keystead_edge_connections_cut_total{{reason=\"{reason}\"}}"))
}

#[tokio::test]
async fn a_connection_that_never_speaks_is_closed() {
    let server = start(Timeouts { first_byte: millis(100), ..Timeouts::default() }).await;
    assert!(server.connect().await.is_closed_within(SOON).await);
    assert_eq!(cuts(&server, "first_byte"), Some(1));
}

#[tokio::test]
async fn a_head_that_drips_is_closed() {
    let server = start(Timeouts { head: millis(200), ..Timeouts::default() }).await;
    let mut fresh = server.connect().await;
    let mut kept = server.connect().await;
    assert_eq!(kept.ask(post("", "")).await.status, 200);
    for client in [&mut fresh, &mut kept] {
        let mut dripped = 0;
        for byte in post("", "").bytes() {
            dripped += 1;
            if client.stream.write_all(&[byte]).await.is_err() || client.is_closed_within(millis(20)).await {
                break;
            }
        }
        assert!(dripped < 60, "{dripped} bytes dripped");
    }
    assert_eq!(cuts(&server, "head"), Some(2));
}

#[tokio::test]
async fn an_http2_preface_that_drips_is_closed() {
    let server = start(Timeouts { first_byte: millis(150), ..Timeouts::default() }).await;
    let mut client = server.connect().await;
    client.send("PRI * HTTP/2.0\r\n").await;
    assert!(client.is_closed_within(SOON).await);
    assert_eq!(cuts(&server, "first_byte"), Some(1));
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = start(Timeouts { idle: millis(150), ..Timeouts::default() }).await;
    let mut client = server.connect().await;
    for _ in 0..4 {
        tokio::time::sleep(millis(75)).await;
        assert_eq!(client.ask(post("", "")).await.status, 200, "a client in use is not idle");
    }
    assert!(client.is_closed_within(SOON).await);
    assert_eq!(cuts(&server, "idle"), Some(1));
}

#[tokio::test]
async fn a_half_open_client_is_closed() {
    let server = start(Timeouts { head: millis(150), ..Timeouts::default() }).await;
    let mut client = server.connect().await;
    client.send("POST / HTTP/1.1\r\n").await;
    client.stream.shutdown().await.unwrap();
    server.until("it is gone", |server| server.handle.counts().connections == 0).await;
}

#[tokio::test]
async fn a_body_that_drips_is_refused_in_the_dialects_words() {
    let server = start(Timeouts { body: millis(150), ..Timeouts::default() }).await;
    let mut client = server.connect().await;
    let whole = post("", "hello");
    client.send(&whole[..whole.len() - 1]).await;
    let got = client.got().await.unwrap();
    assert_eq!((got.status, got.text()), (408, "aws says BodyTimeout"));
    assert!(client.got().await.is_none());
}

#[tokio::test]
async fn a_client_that_never_reads_is_closed() {
    let server = start(Timeouts { write: millis(200), ..Timeouts::default() }).await;
    let mut client = server.connect().await;
    client.send(post("x-bytes: 50000000\r\n", "")).await;
    server.until("it is cut", |server| cuts(server, "write") == Some(1)).await;
    server.until("it is gone", |server| server.handle.counts().connections == 0).await;
}

#[tokio::test]
async fn slow_work_is_not_a_slow_client() {
    let short = Timeouts { head: millis(50), idle: millis(50), write: millis(50), ..Timeouts::default() };
    let server = start(short).await;
    assert_eq!(server.connect().await.ask(post("x-sleep: 400\r\n", "done")).await.text(), "done");
}
