//! A listener with a dialect that does what its requests say, and a client that sends bytes as they are.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{Dialect, RequestId, Timestamp};
use edge::{
    Drained, Handle, HttpDialect, Limits, ListenerConfig, Metrics, Readiness, Refusal, Request, Response,
    Server, Timeouts, TlsConfig,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// 2026-11-24T09:00:00.500Z, for ever.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_510_800_500);
/// Most bytes of a body for [`Obedient`].
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// Answers with the body it got; headers ask for more: `x-sleep` (milliseconds), `x-bytes` (of the answer), `x-panic`,
/// `x-meddle` (with what is the edge's).
pub(crate) struct Obedient(pub(crate) Dialect);

#[async_trait]
impl HttpDialect for Obedient {
    fn dialect(&self) -> Dialect {
        self.0
    }

    fn max_body(&self) -> usize {
        MAX_BODY
    }

    async fn handle(&self, request: Request) -> Response {
        let number = |name| request.headers.get(name).map(|value| value.to_str().unwrap().parse().unwrap());
        assert!(!request.headers.contains_key("x-panic"), "as asked");
        if let Some(millis) = number("x-sleep") {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        let body = match number("x-bytes") {
            Some(bytes) => Bytes::from(vec![b'.'; usize::try_from(bytes).unwrap()]),
            None => request.body.clone(),
        };
        let target = format!("{} {} {:?}", request.method, request.path, request.query);
        let host = request.headers.get("host").cloned().unwrap_or(http::HeaderValue::from_static("none"));
        let mut response = http::Response::builder();
        if request.headers.contains_key("x-meddle") {
            response = response.header("content-length", 1).header("transfer-encoding", "chunked");
            response = response.header("connection", "close").header("date", "never");
        }
        response
            .header("x-dialect", self.0.word())
            .header("x-target", target)
            .header("x-host", host)
            .header("x-request-id", request.id.to_string())
            .header("x-received-at", request.received_at.millis())
            .body(body)
            .unwrap()
    }

    fn refuse(&self, refusal: Refusal, id: RequestId) -> Response {
        let status = match refusal {
            Refusal::BodyTooLarge => 413,
            Refusal::BodyTimeout => 408,
            Refusal::Overloaded { .. } => 429,
            Refusal::Draining => 503,
        };
        let text = format!("{} says {refusal:?}", self.0.word());
        let response = http::Response::builder().status(status).header("x-request-id", id.to_string());
        response.body(Bytes::from(text)).unwrap()
    }
}

/// A listener that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) task: JoinHandle<Drained>,
}

/// A listener's configuration with short waits.
pub(crate) fn config(limits: Limits, timeouts: Timeouts, tls: Option<TlsConfig>) -> ListenerConfig {
    let ids = AtomicU64::new(1);
    ListenerConfig {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        tls,
        dialects: vec![Arc::new(Obedient(Dialect::Aws)), Arc::new(Obedient(Dialect::Vault))],
        hosts: Vec::new(),
        health: true,
        metrics_page: true,
        limits,
        timeouts,
        readiness: Arc::new(|| Readiness { unsealed: false, store: true, audit: true }),
        metrics: Metrics::new(),
        ids: Arc::new(move || {
            let count = ids.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let mut random = [0; 10];
            random[2..].copy_from_slice(&count);
            RequestId::at(NOW, random)
        }),
        clock: Arc::new(|| NOW),
    }
}

pub(crate) async fn start(config: ListenerConfig) -> Running {
    let metrics = Arc::clone(&config.metrics);
    let bound = Server::bind(config).await.unwrap();
    let (address, handle) = (bound.local_address(), bound.handle());
    let task = tokio::spawn(bound.run(std::future::pending()));
    Running { address, handle, metrics, task }
}

/// With defaults but for what the test is about.
pub(crate) async fn start_with(limits: Limits, timeouts: Timeouts) -> Running {
    start(config(limits, timeouts, None)).await
}

impl Running {
    pub(crate) async fn connect(&self) -> Client<TcpStream> {
        Client::new(TcpStream::connect(self.address).await.unwrap())
    }

    /// The value of one line of `/metrics`.
    pub(crate) fn metric(&self, line: &str) -> Option<u64> {
        let text = self.metrics.render();
        let found = text.lines().find_map(|have| have.strip_prefix(line)?.strip_prefix(' '));
        found.map(|value| value.parse().unwrap())
    }

    /// Waits until it holds.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..500 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what}: {:?}\n{}", self.handle.counts(), self.metrics.render());
    }
}

/// A client that says exactly what it is told.
pub(crate) struct Client<S> {
    pub(crate) stream: S,
    read: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(have, value)| have.eq_ignore_ascii_case(name).then_some(value))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, read: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Asks and reads the answer.
    pub(crate) async fn ask(&mut self, bytes: impl AsRef<[u8]>) -> Got {
        self.send(bytes).await;
        self.got().await.expect("an answer")
    }

    /// Reads one answer; none if the connection ends first.
    pub(crate) async fn got(&mut self) -> Option<Got> {
        let head = self.head().await?;
        let mut got = Got { status: head[9..12].parse().unwrap(), head, body: Vec::new() };
        let length = got.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.read.len() < length {
            self.more().await?;
        }
        got.body = self.read.drain(..length).collect();
        Some(got)
    }

    /// Reads one head, and no body.
    pub(crate) async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                return Some(String::from_utf8(self.read.drain(..end + 4).collect()).unwrap());
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Option<()> {
        let mut piece = [0; 8192];
        let count = self.stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        self.read.extend_from_slice(&piece[..count]);
        Some(())
    }

    /// Whether the server closes the connection within `time`, without a word.
    pub(crate) async fn is_closed_within(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.more()).await.is_ok_and(|more| more.is_none())
    }
}

/// A request to the first dialect.
pub(crate) fn post(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: kms\r\nX-Amz-Target: T.Encrypt\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

pub(crate) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
