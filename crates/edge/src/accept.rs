//! The accept loop: admits connections within the caps and outlives a process that has run out of file descriptors.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::net::{TcpListener, TcpStream};

use crate::connection;
use crate::counts::{Closed, Standing};
use crate::shared::Shared;
use crate::stage::Stage;

/// How long to leave a listener alone whose process has run out of something.
const EXHAUSTED_WAIT: Duration = Duration::from_millis(50);

/// Accepts until `stop`, then takes in who already waits, and stops listening.
pub(crate) async fn accept(shared: &Arc<Shared>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                failing = false;
                admit(shared, stream, address);
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                shared.counts.accept_failures.add(1);
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, "cannot accept connections; trying on");
                }
                tokio::time::sleep(EXHAUSTED_WAIT).await;
            }
        }
    }
    take_in_backlog(shared, &listener);
}

/// Who has connected before we stopped listening is still served: closing the listener would reset them.
fn take_in_backlog(shared: &Arc<Shared>, listener: &TcpListener) {
    while let Some(Ok((stream, address))) = tokio::task::unconstrained(listener.accept()).now_or_never() {
        admit(shared, stream, address);
    }
}

/// Starts serving a connection, or closes it at once if its place is taken.
fn admit(shared: &Arc<Shared>, stream: TcpStream, address: SocketAddr) {
    let peer = address.ip();
    let Some(place) = shared.connections.take(1) else {
        return shared.counts.closed(Closed::Full);
    };
    let Some(admitted) = shared.peers.admit(peer) else {
        return shared.counts.closed(Closed::Peer);
    };
    shared.counts.accepted.add(1);
    let standing = Standing::on(&shared.counts.connections);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        tokio::select! {
            biased;
            () = connection::serve(&shared, stream, peer) => {}
            () = shared.stages.reached(Stage::Cutting) => shared.counts.cut(crate::pace::Cut::Drain),
        }
        drop((standing, admitted, place));
    });
}

/// Failures that concern the one connection that was being accepted (accept(2)).
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
