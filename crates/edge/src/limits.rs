//! The bounds of a listener (INV-12): every one stands before any byte is parsed.

use std::time::Duration;

/// How much of everything a listener lets in.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections in all.
    pub connections: usize,
    /// Open connections of one peer: an IPv4 address or an IPv6 /64.
    pub connections_per_peer: usize,
    /// Bytes of a request line with its headers.
    pub header_bytes: usize,
    /// Header lines of a request.
    pub headers: usize,
    /// Bytes of a request target.
    pub uri_bytes: usize,
    /// Requests that dialects work on at once; one more is refused, not queued.
    pub requests: usize,
    /// Bytes of request bodies held in memory at once.
    pub body_memory: usize,
    /// Streams of one HTTP/2 connection at once.
    pub h2_streams: u32,
    /// Streams that the client of one HTTP/2 connection may abandon before it is closed.
    pub h2_resets: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_peer: 2_048,
            header_bytes: 32 * 1024,
            headers: 100,
            uri_bytes: 16 * 1024,
            requests: 1_024,
            body_memory: 256 * 1024 * 1024,
            h2_streams: 128,
            h2_resets: 200,
        }
    }
}

/// How long a listener waits for everything.
#[derive(Clone, Debug)]
pub struct Timeouts {
    /// For a TLS handshake.
    pub tls_handshake: Duration,
    /// For the first byte of a new connection.
    pub first_byte: Duration,
    /// From the first byte of a request to the last of its headers.
    pub head: Duration,
    /// For a whole body.
    pub body: Duration,
    /// For the next request on a connection kept alive.
    pub idle: Duration,
    /// For the client to take a whole response.
    pub write: Duration,
    /// For what a refused client still sends, so that it can read its refusal.
    pub linger: Duration,
    /// While draining: how long an idle connection may still send its last request.
    pub drain_grace: Duration,
    /// While draining: after this, what is left is cut.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            tls_handshake: Duration::from_secs(5),
            first_byte: Duration::from_secs(10),
            head: Duration::from_secs(10),
            body: Duration::from_secs(12),
            idle: Duration::from_secs(75),
            write: Duration::from_secs(12),
            linger: Duration::from_secs(1),
            drain_grace: Duration::from_millis(500),
            drain: Duration::from_secs(30),
        }
    }
}

impl Timeouts {
    /// How often a connection is looked at, so that a wait which began after the last look ends in time.
    pub(crate) fn look(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.write);
        (shortest / 4).max(Duration::from_millis(10))
    }
}
