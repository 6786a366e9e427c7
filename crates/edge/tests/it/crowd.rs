//! Many clients at once, and a process that runs out of file descriptors.

use std::time::{Duration, Instant};

use edge::{Limits, Timeouts};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;

use crate::kit::{Client, millis, post, start_with};

async fn slowest_of(client: &mut Client<TcpStream>, requests: usize) -> Duration {
    let mut times = Vec::new();
    for _ in 0..requests {
        let began = Instant::now();
        assert_eq!(client.ask(post("", "hello")).await.status, 200);
        times.push(began.elapsed());
    }
    times.sort();
    times[requests * 99 / 100]
}

fn raise_descriptors(wanted: u64) {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum }).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_idle_connections_do_not_slow_an_honest_client() {
    raise_descriptors(4096);
    let server = start_with(Limits::default(), Timeouts::default()).await;
    let mut honest = server.connect().await;
    slowest_of(&mut honest, 200).await;
    let alone = slowest_of(&mut honest, 1000).await;
    let mut crowd = Vec::new();
    for number in 0..1000 {
        let mut client = server.connect().await;
        match number % 3 {
            0 => {}
            1 => client.send("POST / HTTP/1.1\r\nHost: ").await,
            _ => assert_eq!(client.ask(post("", "")).await.status, 200),
        }
        crowd.push(client);
    }
    server.until("all are in", |server| server.handle.counts().connections > 1000).await;
    let among = slowest_of(&mut honest, 1000).await;
    // Shared runners stall for milliseconds at a time; what is shown is that nothing grows with the crowd.
    assert!(among < alone * 5 + millis(20), "p99 {among:?} among the crowd, {alone:?} alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn running_out_of_descriptors_is_survived() {
    let server = start_with(Limits::default(), Timeouts::default()).await;
    let address = server.address;
    raise_descriptors(128);
    let mut fillers = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        fillers.push(file);
    }
    fillers.pop();
    let mut client = Client::new(TcpStream::connect(address).await.unwrap());
    client.send(post("", "patience")).await;
    server
        .until("accepting fails", |server| server.metric("keystead_edge_accept_failures_total") > Some(1))
        .await;
    fillers.clear();
    assert_eq!(client.got().await.unwrap().text(), "patience");
}
