//! The last steps of every response: `Date`, the connection's headers, HEAD, and a body that knows when it is gone.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::{HeaderMap, HeaderValue, Method, header};
use bytes::Bytes;
use domain::Timestamp;
use hyper::body::{Body, Frame, SizeHint};

use crate::http::Response;
use crate::pace::Turn;
use crate::shared::Shared;
use crate::stage::Stage;

/// A whole body with the turn that it ends.
#[derive(Debug)]
pub(crate) struct Reply {
    data: Option<Bytes>,
    _turn: Turn,
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.data.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let bytes = self.data.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(u64::try_from(bytes).unwrap_or(u64::MAX))
    }
}

/// What of the request shapes its response.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// HTTP/1 of any minor version: the connection's own headers apply.
    pub(crate) http1: bool,
    pub(crate) received_at: Timestamp,
}

/// Finishes a response and starts the wait for the client to take it.
pub(crate) fn finish(
    shared: &Shared,
    asked: &Asked,
    mut turn: Turn,
    response: Response,
    close: bool,
) -> hyper::Response<Reply> {
    let (mut parts, body) = response.into_parts();
    strip(&mut parts.headers);
    if let Some(date) = shared.dates.header(asked.received_at) {
        parts.headers.insert(header::DATE, date);
    }
    if asked.http1 && (close || shared.stages.has(Stage::Draining)) {
        parts.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let head = asked.method == Method::HEAD;
    if head {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    turn.respond();
    let data = Some(body).filter(|body| !head && !body.is_empty());
    hyper::Response::from_parts(parts, Reply { data, _turn: turn })
}

/// Framing and connection are the edge's: a dialect's word on them would contradict it.
fn strip(headers: &mut HeaderMap) {
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION, header::DATE] {
        headers.remove(name);
    }
}
