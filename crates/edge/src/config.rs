//! What a listener is made of, and what makes it impossible.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use domain::{Dialect, RequestId, Timestamp};

use crate::health::Readiness;
use crate::http::HttpDialect;
use crate::limits::{Limits, Timeouts};
use crate::metrics::Metrics;
use crate::route::ListenerRules;
use crate::tls::TlsConfig;

/// Mints request ids from the house's clock and entropy (INV-11).
pub type IdSource = Arc<dyn Fn() -> RequestId + Send + Sync>;
/// Tells the house's time (INV-11).
pub type TimeSource = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Tells at any moment whether requests would be served. Asked by `/readyz` only.
pub type ReadinessSource = Arc<dyn Fn() -> Readiness + Send + Sync>;

/// One listener.
pub struct ListenerConfig {
    /// Where to listen; port 0 lets the system choose.
    pub address: SocketAddr,
    /// TLS, or plain HTTP, which only a loopback address may speak.
    pub tls: Option<TlsConfig>,
    /// The dialects served here, each once.
    pub dialects: Vec<Arc<dyn HttpDialect>>,
    /// Host names that belong to one of these dialects.
    pub hosts: Vec<(String, Dialect)>,
    /// Whether `/healthz` and `/readyz` are answered here.
    pub health: bool,
    /// Whether `/metrics` is answered here.
    pub metrics_page: bool,
    /// Bounds.
    pub limits: Limits,
    /// Waits.
    pub timeouts: Timeouts,
    /// For `/readyz`.
    pub readiness: ReadinessSource,
    /// Where the listener counts, and what `/metrics` shows; shared by all listeners.
    pub metrics: Arc<Metrics>,
    /// For request ids.
    pub ids: IdSource,
    /// For `Date` and [`crate::Request::received_at`].
    pub clock: TimeSource,
}

impl ListenerConfig {
    /// The rules that [`crate::route`] goes by.
    pub(crate) fn rules(&self) -> Result<ListenerRules, BindError> {
        let mut dialects = Vec::with_capacity(self.dialects.len());
        for dialect in self.dialects.iter().map(|dialect| dialect.dialect()) {
            if dialects.contains(&dialect) {
                return Err(BindError::DialectTwice(dialect));
            }
            dialects.push(dialect);
        }
        let stray = self.hosts.iter().find(|(_, dialect)| !dialects.contains(dialect));
        if let Some((host, dialect)) = stray {
            return Err(BindError::HostWithoutDialect { host: host.clone(), dialect: *dialect });
        }
        let hosts = self.hosts.clone();
        Ok(ListenerRules { dialects, hosts, health: self.health, metrics: self.metrics_page })
    }

    /// Plain HTTP is for this machine alone.
    pub(crate) fn check_transport(&self) -> Result<(), BindError> {
        let private = self.address.ip().to_canonical().is_loopback();
        if self.tls.is_some() || private {
            return Ok(());
        }
        Err(BindError::PlainBeyondLoopback(self.address))
    }
}

impl fmt::Debug for ListenerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListenerConfig").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why a listener cannot stand.
#[derive(Debug)]
pub enum BindError {
    /// Plain HTTP on an address that others can reach.
    PlainBeyondLoopback(SocketAddr),
    /// A dialect was given twice.
    DialectTwice(Dialect),
    /// A host name belongs to a dialect that is not served here.
    HostWithoutDialect {
        /// The host name.
        host: String,
        /// Its dialect.
        dialect: Dialect,
    },
    /// The system refused the address.
    Io {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlainBeyondLoopback(address) => write!(
                f,
                "plain http is for loopback addresses only: give `{address}` a certificate, or listen on 127.0.0.1"
            ),
            Self::DialectTwice(dialect) => write!(f, "the listener declares `{}` twice", dialect.word()),
            Self::HostWithoutDialect { host, dialect } => {
                write!(f, "host `{host}` belongs to `{}`, which the listener does not serve", dialect.word())
            }
            Self::Io { address, error } => write!(f, "cannot listen on `{address}`: {error}"),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
