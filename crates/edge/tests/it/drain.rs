//! A drain answers what is under way and loses nothing.

use std::time::Instant;

use edge::{Drained, Limits, Server, Timeouts};

use crate::kit::{Client, config, millis, post, start_with};
use tokio::net::TcpStream;

fn timeouts() -> Timeouts {
    Timeouts { drain_grace: millis(200), drain: millis(3_000), ..Timeouts::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_under_load_loses_nothing() {
    let server = start_with(Limits::default(), timeouts()).await;
    let clients: Vec<_> = (0..64).map(|_| tokio::spawn(insist(server.address))).collect();
    tokio::time::sleep(millis(200)).await;
    server.handle.drain();
    assert_eq!(server.task.await.unwrap(), Drained { cut: 0 });
    let mut answered = 0;
    for client in clients {
        answered += client.await.unwrap();
    }
    assert!(answered > 1000, "{answered} requests are no load");
}

/// Asks again and again until nobody listens; a request without an answer is a loss. Gives the count of answers.
async fn insist(address: std::net::SocketAddr) -> u32 {
    let mut answered = 0;
    while let Ok(stream) = TcpStream::connect(address).await {
        let mut client = Client::new(stream);
        loop {
            client.send(post("x-sleep: 1\r\n", "hello")).await;
            let got = client.got().await.expect("an answer to every request");
            assert_eq!(got.text(), "hello");
            answered += 1;
            if got.header("connection") == Some("close") {
                break;
            }
        }
    }
    answered
}

#[tokio::test]
async fn what_is_under_way_is_answered_and_idle_connections_are_closed() {
    let server = start_with(Limits::default(), timeouts()).await;
    let (mut busy, mut idle, mut mute) =
        (server.connect().await, server.connect().await, server.connect().await);
    assert_eq!(idle.ask(post("", "")).await.status, 200);
    busy.send(post("x-sleep: 600\r\n", "slow")).await;
    server.until("it is under way", |server| server.handle.counts().requests == 1).await;
    let began = Instant::now();
    server.handle.drain();
    assert!(idle.is_closed_within(millis(1_000)).await);
    assert!(mute.is_closed_within(millis(1_000)).await);
    assert!(began.elapsed() < millis(550), "idle connections need not wait for the busy one");
    assert!(TcpStream::connect(server.address).await.is_err());
    assert_eq!(busy.got().await.unwrap().text(), "slow");
    drop(busy);
    assert_eq!(server.task.await.unwrap(), Drained { cut: 0 });
}

#[tokio::test]
async fn an_idle_client_may_still_ask_during_the_grace() {
    let server = start_with(Limits::default(), timeouts()).await;
    let mut client = server.connect().await;
    assert_eq!(client.ask(post("", "")).await.status, 200);
    server.handle.drain();
    server.until("it drains", |server| server.handle.counts().draining).await;
    let ready = client.ask("GET /readyz HTTP/1.1\r\nHost: v\r\n\r\n").await;
    assert_eq!(ready.text(), r#"{"ready":false,"reasons":["sealed","draining"]}"#);
    assert_eq!(ready.header("connection"), Some("close"));
}

#[tokio::test]
async fn the_deadline_cuts_what_is_left() {
    let server = start_with(Limits::default(), Timeouts { drain: millis(300), ..timeouts() }).await;
    let mut stuck = server.connect().await;
    stuck.send(post("x-sleep: 60000\r\n", "")).await;
    server.until("it is under way", |server| server.handle.counts().requests == 1).await;
    server.handle.drain();
    assert_eq!(server.task.await.unwrap(), Drained { cut: 1 });
    assert!(stuck.got().await.is_none());
    assert_eq!(server.handle.counts().connections, 0);
}

#[tokio::test]
async fn who_was_waiting_to_be_accepted_is_still_answered() {
    let bound = Server::bind(config(Limits::default(), timeouts(), None)).await.unwrap();
    let mut waiting = Vec::new();
    for _ in 0..200 {
        let mut client = Client::new(TcpStream::connect(bound.local_address()).await.unwrap());
        client.send(post("", "waiting")).await;
        waiting.push(client);
    }
    let task = tokio::spawn(bound.run(std::future::ready(())));
    for mut client in waiting {
        assert_eq!(client.got().await.expect("an answer").text(), "waiting");
    }
    assert_eq!(task.await.unwrap(), Drained { cut: 0 });
}
