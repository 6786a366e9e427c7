//! A listener's life: bound, running, draining, gone.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::time::Instant;

use crate::accept::accept;
use crate::config::{BindError, ListenerConfig};
use crate::shared::Shared;
use crate::stage::Stage;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4096;
/// How often a drain looks whether everybody has gone.
const DRAIN_LOOK: Duration = Duration::from_millis(5);
/// How long connections that are cut may take to be dropped.
const CUT_WAIT: Duration = Duration::from_secs(1);

/// Makes listeners.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Takes the address; connections are accepted from [`Bound::run`] on, and until then wait.
    ///
    /// # Errors
    /// [`BindError`] if the configuration cannot stand or the system refuses the address.
    pub async fn bind(config: ListenerConfig) -> Result<Bound, BindError> {
        let address = config.address;
        let shared = Shared::new(config)?;
        let listen = || {
            let listener = listen(address)?;
            let local = listener.local_addr()?;
            Ok((listener, local))
        };
        let (listener, local) = listen().map_err(|error| BindError::Io { address, error })?;
        Ok(Bound { shared, listener, local })
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A listener that has its address.
pub struct Bound {
    shared: Arc<Shared>,
    listener: TcpListener,
    local: SocketAddr,
}

impl Bound {
    /// The address, with the port that the system chose.
    #[must_use]
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// For whoever looks after the listener while it runs.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::clone(&self.shared) }
    }

    /// Serves until `shutdown` resolves or [`Handle::drain`] is called, then drains: accepts no more, answers what is
    /// under way, closes connections, and after [`crate::Timeouts::drain`] cuts what is left.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Drained {
        let Self { shared, listener, .. } = self;
        let stop = async {
            tokio::select! {
                () = shutdown => {}
                () = shared.stages.reached(Stage::Draining) => {}
            }
        };
        accept(&shared, listener, stop).await;
        drain(&shared).await
    }
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound").field("local", &self.local).finish_non_exhaustive()
    }
}

/// How a drain ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were still open at the deadline and were cut.
    pub cut: usize,
}

/// Looks after a running listener.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

impl Handle {
    /// Begins the drain; [`Bound::run`] returns at its end.
    pub fn drain(&self) {
        self.shared.stages.enter(Stage::Draining);
    }

    /// How much is going on.
    #[must_use]
    pub fn counts(&self) -> Activity {
        Activity {
            connections: self.shared.connections.taken(),
            requests: self.shared.requests.taken(),
            body_memory: self.shared.bodies.taken(),
            draining: self.shared.stages.has(Stage::Draining),
        }
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.counts().fmt(f)
    }
}

/// A listener's activity at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Open connections.
    pub connections: usize,
    /// Requests that dialects work on.
    pub requests: usize,
    /// Bytes of bodies in memory.
    pub body_memory: usize,
    /// Whether it accepts no more.
    pub draining: bool,
}

/// In this order nothing is lost: the listener is closed before any client is told to leave, so that none comes back
/// to a door that closes on it; idle connections stay for a moment, since their next request may be on its way.
async fn drain(shared: &Shared) -> Drained {
    let began = Instant::now();
    shared.stages.enter(Stage::Draining);
    if !empty(shared, began, shared.timeouts.drain_grace.min(shared.timeouts.drain)).await {
        shared.stages.enter(Stage::Closing);
        empty(shared, began, shared.timeouts.drain).await;
    }
    let cut = shared.connections.taken();
    shared.stages.enter(Stage::Cutting);
    empty(shared, Instant::now(), CUT_WAIT).await;
    Drained { cut }
}

/// Waits until no connection is left, at most until `time` after `since`.
async fn empty(shared: &Shared, since: Instant, time: Duration) -> bool {
    while shared.connections.taken() > 0 {
        if since.elapsed() >= time {
            return false;
        }
        tokio::time::sleep(DRAIN_LOOK).await;
    }
    true
}
