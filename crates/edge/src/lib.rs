//! The HTTP kit that every HTTP dialect stands on: listeners, limits, timeouts, routing, health and metrics.
//!
//! The composition root makes one [`Metrics`], and for each listener a [`ListenerConfig`]:
//!
//! ```text
//! let bound = edge::Server::bind(ListenerConfig { address, tls, dialects, … }).await?;   // BindError says why not
//! let handle = bound.handle();                        // counts, drain
//! let drained = bound.run(async { sigterm.await }).await;
//! tls.replace(Identity::from_pem(&chain, &key)?);     // on SIGHUP; standing connections go on
//! ```
//!
//! A connection passes `accept` (caps) → `connection` (handshake, first byte, clock) → hyper over `wire` (framing,
//! progress) → `exchange` (head, route, body, dialect) → `reply`. Waits are kept by `pace` without a timer per request.
//! A client that goes away drops the future of its request at its next await; whoever must not stop there spawns.
#![deny(missing_docs)]

mod accept;
mod body;
mod budget;
mod config;
mod connection;
mod counts;
mod date;
mod exchange;
mod framing;
mod head;
mod health;
mod http;
mod limits;
mod metrics;
mod pace;
mod peers;
mod protocols;
mod reply;
mod route;
mod server;
mod shared;
mod stage;
mod tls;
mod wire;

pub use crate::config::{BindError, IdSource, ListenerConfig, ReadinessSource, TimeSource};
pub use crate::health::Readiness;
pub use crate::http::{HttpDialect, Refusal, Request, Response};
pub use crate::limits::{Limits, Timeouts};
pub use crate::metrics::{Counter, Gauge, Histogram, Labels, Metrics, Source};
pub use crate::route::{ListenerRules, OwnPage, Route, RouteHead, RouteRefusal, route};
pub use crate::server::{Activity, Bound, Drained, Handle, Server};
pub use crate::tls::{Identity, TlsConfig, TlsError};
