//! The byte stream under hyper: gives back the bytes that were peeked at, notes progress in [`Pace`], watches the
//! framing, and lingers after a refusal so that the client can read it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::framing::Framing;
use crate::pace::Pace;

/// What an HTTP/2 client says first (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Most bytes that are read and thrown away after a refusal.
const LINGER_BYTES: usize = 1024 * 1024;

/// The first bytes of a connection.
#[derive(Debug)]
pub(crate) struct Opening {
    bytes: [u8; PREFACE.len()],
    len: usize,
}

impl Opening {
    /// Reads until it is clear which HTTP the client speaks. Nothing at all is an error.
    pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Self> {
        let mut opening = Self { bytes: [0; PREFACE.len()], len: 0 };
        loop {
            let room = opening.bytes.get_mut(opening.len..).unwrap_or(&mut []);
            let count = stream.read(room).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            opening.len = opening.len.saturating_add(count);
            if opening.is_http2() || !PREFACE.starts_with(opening.seen()) {
                return Ok(opening);
            }
        }
    }

    /// Whether this is the whole HTTP/2 preface.
    pub(crate) fn is_http2(&self) -> bool {
        self.seen() == PREFACE
    }

    fn seen(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }
}

/// See the module.
pub(crate) struct Wire<S> {
    stream: S,
    opening: Opening,
    given_back: usize,
    pace: Arc<Pace>,
    framing: Option<Framing>,
    stalled: bool,
    linger: Linger,
}

/// How far the end of a connection has come.
enum Linger {
    No(Duration),
    Reading { until: Pin<Box<Sleep>>, left: usize },
}

impl<S> Wire<S> {
    /// `linger` bounds the wait after a refusal.
    pub(crate) fn new(stream: S, opening: Opening, pace: Arc<Pace>, linger: Duration) -> Self {
        let framing = (!opening.is_http2()).then(Framing::new);
        Self { stream, opening, given_back: 0, pace, framing, stalled: false, linger: Linger::No(linger) }
    }

    fn give_back(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let rest = self.opening.seen().get(self.given_back..).unwrap_or(&[]);
        let Some(now) = rest.get(..rest.len().min(buf.remaining())).filter(|now| !now.is_empty()) else {
            return false;
        };
        buf.put_slice(now);
        self.given_back = self.given_back.saturating_add(now.len());
        true
    }

    fn heard(&mut self, bytes: &[u8]) {
        let Some(framing) = self.framing.as_mut().filter(|_| !bytes.is_empty()) else { return };
        framing.feed(bytes);
        if framing.contradictory() {
            self.pace.set_contradictory();
        }
        self.pace.heard();
    }

    fn note<T>(&mut self, written: &Poll<T>, flush: bool) {
        if written.is_pending() && !self.stalled {
            self.stalled = true;
            self.pace.stalled();
        } else if written.is_ready() && flush && self.stalled {
            self.stalled = false;
            self.pace.flushed();
        }
    }

    fn owes_reading(&self) -> bool {
        self.framing.as_ref().is_some_and(Framing::amid_request) || self.pace.left_unread()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if !self.give_back(buf) {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        }
        self.heard(buf.filled().get(before..).unwrap_or(&[]));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.note(&written, false);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.note(&written, false);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.note(&flushed, true);
        flushed
    }

    /// Says that we are done; after a refusal also takes what the client still sends, since closing over unread bytes
    /// resets the connection and the refusal with it (RFC 9112 §9.6).
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Linger::No(time) = this.linger {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            if !this.owes_reading() {
                return Poll::Ready(Ok(()));
            }
            let until = Box::pin(tokio::time::sleep(time));
            this.linger = Linger::Reading { until, left: LINGER_BYTES };
        }
        this.linger.poll(&mut this.stream, cx).map(Ok)
    }
}

impl Linger {
    fn poll<S: AsyncRead + Unpin>(&mut self, stream: &mut S, cx: &mut Context<'_>) -> Poll<()> {
        let Self::Reading { until, left } = self else { return Poll::Ready(()) };
        let mut sink = [0; 4096];
        loop {
            if *left == 0 || until.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let mut buf = ReadBuf::new(&mut sink);
            match ready!(Pin::new(&mut *stream).poll_read(cx, &mut buf)) {
                Ok(()) if !buf.filled().is_empty() => *left = left.saturating_sub(buf.filled().len()),
                _ => return Poll::Ready(()),
            }
        }
    }
}
