//! What a dialect sees of HTTP: one whole, bounded request in, one whole response out.

use std::net::IpAddr;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{Dialect, RequestId, Timestamp};

/// One request, read whole within its dialect's bounds.
#[derive(Debug)]
pub struct Request {
    /// Minted by the edge.
    pub id: RequestId,
    /// When the head had been read.
    pub received_at: Timestamp,
    /// The method, extensions included (`LIST`).
    pub method: ::http::Method,
    /// The path exactly as received, still percent-encoded, query excluded.
    pub path: String,
    /// The query exactly as received, without the question mark.
    pub query: Option<String>,
    /// Headers; values in received form.
    pub headers: ::http::HeaderMap,
    /// The body, at most [`HttpDialect::max_body`] bytes.
    pub body: Bytes,
    /// The peer.
    pub peer: Option<IpAddr>,
}

/// One response; the edge adds `Date`, `Content-Length` and the connection's own headers.
pub type Response = ::http::Response<Bytes>;

/// Why the edge itself turned a request away before any dialect saw it whole; each dialect words it its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The body is larger than [`HttpDialect::max_body`].
    BodyTooLarge,
    /// The body did not arrive in time.
    BodyTimeout,
    /// Too much is under way; try again after so many milliseconds.
    Overloaded {
        /// Milliseconds.
        retry_after: u32,
    },
    /// The server is stopping.
    Draining,
}

/// A dialect over HTTP.
#[async_trait]
pub trait HttpDialect: Send + Sync {
    /// Which one.
    fn dialect(&self) -> Dialect;
    /// Most bytes of a body.
    fn max_body(&self) -> usize;
    /// Answers one request.
    async fn handle(&self, request: Request) -> Response;
    /// Words a refusal of the edge.
    fn refuse(&self, refusal: Refusal, id: RequestId) -> Response;
}
