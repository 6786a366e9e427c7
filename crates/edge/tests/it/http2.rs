//! HTTP/2: it works, and its floods are cut.

use std::net::SocketAddr;

use bytes::Bytes;
use edge::{Limits, Timeouts};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::kit::{Running, millis, start_with};

/// Asks a few things at once over one connection.
pub(crate) async fn converse<S>(stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let asks: Vec<_> = ["one", "two", "three"]
        .into_iter()
        .map(|text| {
            let request = http::Request::put("http://vault:8200/v1/x?y").body(Full::new(Bytes::from(text)));
            (text, sender.send_request(request.unwrap()))
        })
        .collect();
    for (text, ask) in asks {
        let got = ask.await.unwrap();
        assert_eq!(got.status(), http::StatusCode::OK);
        assert_eq!(got.headers()["x-host"], "vault:8200");
        assert_eq!(got.headers()["date"], "Tue, 24 Nov 2026 09:00:00 GMT");
        assert_eq!(got.into_body().collect().await.unwrap().to_bytes(), text);
    }
    let head = http::Request::head("http://vault/v1/x").header("x-bytes", 9).body(Full::default()).unwrap();
    let got = sender.send_request(head).await.unwrap();
    assert_eq!(got.headers()["content-length"], "9");
    let long = http::Request::get(format!("http://vault/v1/{}", "a".repeat(20_000))).body(Full::default());
    assert_eq!(sender.send_request(long.unwrap()).await.unwrap().status(), 414);
    drop(sender);
    driver.await.unwrap().unwrap();
}

async fn start(limits: Limits, timeouts: Timeouts) -> Running {
    start_with(limits, timeouts).await
}

#[tokio::test]
async fn requests_share_a_connection() {
    let server = start(Limits::default(), Timeouts::default()).await;
    converse(TcpStream::connect(server.address).await.unwrap()).await;
}

#[tokio::test]
async fn a_drain_ends_http2_politely() {
    let server = start(Limits::default(), Timeouts::default()).await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let slow = http::Request::get("http://vault/v1/x").header("x-sleep", 300).header("x-bytes", 3);
    let asked = sender.send_request(slow.body(Full::<Bytes>::default()).unwrap());
    server.until("it is under way", |server| server.handle.counts().requests == 1).await;
    server.handle.drain();
    let got = asked.await.unwrap();
    assert_eq!(got.into_body().collect().await.unwrap().to_bytes(), "...");
    driver.await.unwrap().unwrap();
    assert_eq!(server.task.await.unwrap().cut, 0);
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const END_STREAM_AND_HEADERS: u8 = 5;

/// RFC 9113 §4.1.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// GET http://v/v1/x with a header, in HPACK without indexing (RFC 7541 §6.2.2).
fn get(name: &str, value: &str) -> Vec<u8> {
    let literal = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let mut block = vec![0x82, 0x86, 0x04];
    block.extend(literal("/v1/x"));
    block.push(0x01);
    block.extend(literal("v"));
    block.push(0x00);
    block.extend(literal(name));
    block.extend(literal(value));
    block
}

async fn preface(address: SocketAddr, settings: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, settings)).await.unwrap();
    stream
}

/// Opens and abandons streams until the server has enough; gives their count.
async fn abandon(address: SocketAddr, pause: bool) -> u32 {
    let stream = preface(address, &[]).await;
    let (mut from, mut to) = stream.into_split();
    let reader = tokio::spawn(async move { from.read_to_end(&mut Vec::new()).await });
    let headers = get("x-sleep", "60000");
    for count in 0..20_000 {
        if reader.is_finished() {
            return count;
        }
        let stream = count * 2 + 1;
        let mut sent = to.write_all(&frame(HEADERS, END_STREAM_AND_HEADERS, stream, &headers)).await;
        if pause {
            tokio::time::sleep(millis(3)).await;
        }
        sent = sent.and(to.write_all(&frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())).await);
        if sent.is_err() {
            return count;
        }
    }
    panic!("the flood was let pass");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_flood_is_cut() {
    let server = start(Limits { h2_resets: 20, ..Limits::default() }, Timeouts::default()).await;
    abandon(server.address, false).await;
    server.until("it is gone", |server| server.handle.counts().connections == 0).await;
    server.until("its requests are gone", |server| server.handle.counts().requests == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_reset_flood_is_cut() {
    let server = start(Limits { h2_resets: 20, ..Limits::default() }, Timeouts::default()).await;
    let count = abandon(server.address, true).await;
    assert!((20..100).contains(&count), "{count} streams");
    let cut = "keystead_edge_connections_cut_total{reason=\"resets\"}";
    server.until("it is cut", |server| server.metric(cut) == Some(1)).await;
    server.until("its requests are gone", |server| server.handle.counts().requests == 0).await;
}

#[tokio::test]
async fn a_client_without_a_window_is_cut() {
    let server = start(Limits::default(), Timeouts { write: millis(200), ..Timeouts::default() }).await;
    let no_window = [0, 4, 0, 0, 0, 0];
    let mut stream = preface(server.address, &no_window).await;
    let request = frame(HEADERS, END_STREAM_AND_HEADERS, 1, &get("x-bytes", "10"));
    stream.write_all(&request).await.unwrap();
    let cut = "keystead_edge_connections_cut_total{reason=\"write\"}";
    server.until("it is cut", |server| server.metric(cut) == Some(1)).await;
}

#[tokio::test]
async fn a_silent_http2_client_is_cut() {
    let server = start(Limits::default(), Timeouts { head: millis(200), ..Timeouts::default() }).await;
    let mut stream = preface(server.address, &[]).await;
    let mut everything = Vec::new();
    let ended = tokio::time::timeout(millis(2_000), stream.read_to_end(&mut everything)).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn headers_without_end_are_cut() {
    let server = start(Limits::default(), Timeouts::default()).await;
    let mut stream = preface(server.address, &[]).await;
    stream.write_all(&frame(HEADERS, 1, 1, &get("x", "y"))).await.unwrap();
    let more = frame(CONTINUATION, 0, 1, &[&[0x00][..], b"\x01a\x7f\x00", &[b'b'; 127]].concat());
    let mut sent = 0;
    while sent < 100_000 && stream.write_all(&more).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 100_000, "the flood was let pass");
    server.until("it is gone", |server| server.handle.counts().connections == 0).await;
    assert_eq!(server.handle.counts().requests, 0);
}
