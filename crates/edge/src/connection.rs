//! One connection from accept to close: handshake, first byte, HTTP/1 or HTTP/2, and somebody who watches the clock.

use std::future::Future;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::exchange::Exchange;
use crate::pace::{Cut, Pace};
use crate::shared::Shared;
use crate::stage::Stage;
use crate::tls::TlsConfig;
use crate::wire::{Opening, Wire};

/// Serves a connection to its end. Dropping the future cuts it.
pub(crate) async fn serve(shared: &Arc<Shared>, stream: TcpStream, peer: IpAddr) {
    // Without it a response waits for the acknowledgement of the one before; a socket that refuses is gone anyway.
    let _ = stream.set_nodelay(true);
    let ended = match &shared.tls {
        None => speak(shared, stream, peer).await,
        Some(tls) => speak_tls(shared, tls, stream, peer).await,
    };
    if let Err(cut) = ended {
        shared.counts.cut(cut);
        tracing::debug!(%peer, reason = cut.word(), "connection cut");
    }
}

async fn speak_tls(
    shared: &Arc<Shared>,
    tls: &TlsConfig,
    stream: TcpStream,
    peer: IpAddr,
) -> Result<(), Cut> {
    let handshake = TlsAcceptor::from(tls.server()).accept(stream);
    match within(shared, shared.timeouts.tls_handshake, handshake).await {
        Some(Ok(Ok(stream))) => speak(shared, stream, peer).await,
        Some(Ok(Err(error))) => {
            shared.counts.tls_failures.add(1);
            tracing::debug!(%peer, %error, "tls handshake failed");
            Ok(())
        }
        Some(Err(_elapsed)) => Err(Cut::TlsHandshake),
        None => Ok(()),
    }
}

async fn speak<S>(shared: &Arc<Shared>, mut stream: S, peer: IpAddr) -> Result<(), Cut>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let opening = match within(shared, shared.timeouts.first_byte, Opening::read(&mut stream)).await {
        Some(Ok(Ok(opening))) => opening,
        Some(Err(_elapsed)) => return Err(Cut::FirstByte),
        Some(Ok(Err(_))) | None => return Ok(()),
    };
    let pace = Pace::new(shared.limits.h2_resets);
    let http2 = opening.is_http2();
    let io = TokioIo::new(Wire::new(stream, opening, Arc::clone(&pace), shared.timeouts.linger));
    let service = Exchange { shared: Arc::clone(shared), pace: Arc::clone(&pace), peer };
    if http2 {
        attend(shared, &pace, shared.protocols.http2.serve_connection(io, service), Stage::Draining).await
    } else {
        attend(shared, &pace, shared.protocols.http1.serve_connection(io, service), Stage::Closing).await
    }
}

/// Waits for something that comes before any request; none once the listener closes idle connections.
async fn within<F: Future>(
    shared: &Shared,
    time: Duration,
    waited: F,
) -> Option<Result<F::Output, tokio::time::error::Elapsed>> {
    tokio::select! {
        biased;
        came = tokio::time::timeout(time, waited) => Some(came),
        () = shared.stages.reached(Stage::Closing) => None,
    }
}

/// Drives a connection and ends it when it is late. From `wind_down` on it takes no more requests than are begun.
async fn attend<C: WindDown>(
    shared: &Shared,
    pace: &Pace,
    connection: C,
    wind_down: Stage,
) -> Result<(), Cut> {
    let mut connection = pin!(connection);
    let mut look = pin!(tokio::time::sleep(shared.timeouts.look()));
    let mut winding_down = false;
    loop {
        tokio::select! {
            biased;
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended early");
                }
                return Ok(());
            }
            () = pace.flooded() => return Err(Cut::Resets),
            () = shared.stages.reached(wind_down), if !winding_down => {
                winding_down = true;
                connection.as_mut().wind_down();
            }
            () = &mut look => look.as_mut().reset(pace.look(&shared.timeouts)?),
        }
    }
}

/// A connection that can be asked to end after what it has begun.
trait WindDown: Future<Output = hyper::Result<()>> {
    fn wind_down(self: Pin<&mut Self>);
}

impl<S> WindDown for http1::Connection<TokioIo<Wire<S>>, Exchange>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    fn wind_down(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S> WindDown for http2::Connection<TokioIo<Wire<S>>, Exchange, TokioExecutor>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    fn wind_down(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}
