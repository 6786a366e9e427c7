//! hyper, bounded. Its own header timeout does nothing without a timer and counts idle time as header time, so the
//! edge times connections itself (`pace`); the timer is installed all the same, for what hyper may time.

use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::limits::Limits;

/// hyper's least buffer.
const LEAST_BUFFER: usize = 8192;
/// hyper keeps this many header lines without an allocation.
const HYPERS_HEADERS: usize = 100;
/// Streams that may wait, already reset, to be taken note of (the rapid-reset attack, CVE-2023-44487).
const PENDING_RESETS: usize = 20;
/// Resets that a client may provoke from our side (the made-you-reset attack, CVE-2025-8671).
const PROVOKED_RESETS: usize = 100;
/// Bytes of a response that may wait in a stream.
const SEND_BUFFER: usize = 64 * 1024;

/// A builder of connections for each HTTP.
#[derive(Debug)]
pub(crate) struct Protocols {
    pub(crate) http1: http1::Builder,
    pub(crate) http2: http2::Builder<TokioExecutor>,
}

impl Protocols {
    pub(crate) fn new(limits: &Limits, timer: TokioTimer) -> Self {
        Self { http1: http1(limits, timer.clone()), http2: http2(limits, timer) }
    }
}

fn http1(limits: &Limits, timer: TokioTimer) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(timer)
        // libmongocrypt finds the length of an answer only by `Content-Length` in this spelling (clients/aws/test_mongocrypt.py).
        .title_case_headers(true)
        .header_read_timeout(None)
        .max_header_size(limits.header_bytes)
        .max_buf_size(limits.header_bytes.max(LEAST_BUFFER));
    if limits.headers != HYPERS_HEADERS {
        builder.max_headers(limits.headers);
    }
    builder
}

fn http2(limits: &Limits, timer: TokioTimer) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(timer)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
        .max_concurrent_streams(limits.h2_streams)
        .max_pending_accept_reset_streams(PENDING_RESETS)
        .max_local_error_reset_streams(PROVOKED_RESETS)
        .max_send_buf_size(SEND_BUFFER);
    builder
}
