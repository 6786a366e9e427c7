//! Listening: every dialect on one address and `/metrics` on its own, until asked to stop; reload of certificates on
//! SIGHUP.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use edge::{Bound, Identity, Limits, ListenerConfig, Metrics, Readiness, Server, Timeouts, TlsConfig};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{MetricsAt, TlsMode};
use crate::dialects;
use crate::lifetime;
use crate::own_ca::OwnCa;
use crate::system::{StartError, System};

/// A bound listener and what reload needs.
pub(crate) struct Serving {
    bound: Bound,
    /// The listener of `/metrics` alone, if it has one.
    metrics: Option<Bound>,
    tls: Option<(TlsConfig, TlsMode)>,
    system: Arc<System>,
    counts: Arc<Metrics>,
    /// The authority that clients must trust, if it is our own.
    pub(crate) authority: Option<std::path::PathBuf>,
}

impl Serving {
    /// Binds the listener; nothing is answered before [`Serving::run`].
    pub(crate) async fn bind(system: Arc<System>) -> Result<Self, StartError> {
        let config = &system.config;
        let authority = match config.tls {
            TlsMode::OwnCa => Some(own_ca(&system)?.authority),
            TlsMode::Files { .. } | TlsMode::Off => None,
        };
        let tls = match identity(&system)? {
            Some(identity) => Some(TlsConfig::new(identity).map_err(StartError::while_doing("TLS"))?),
            None => None,
        };
        let counts = Metrics::new();
        let main = ListenerConfig {
            dialects: dialects::all(&system),
            health: true,
            metrics_page: config.metrics == MetricsAt::Shared,
            ..listener(&system, config.listen, tls.clone(), Arc::clone(&counts))
        };
        let bound = Server::bind(main).await.map_err(StartError::while_doing("listening"))?;
        let metrics = match config.metrics {
            MetricsAt::Own(at) => Some(bind_metrics(&system, at, tls.clone(), Arc::clone(&counts)).await?),
            MetricsAt::Shared | MetricsAt::Nowhere => None,
        };
        let mode = config.tls.clone();
        Ok(Self { bound, metrics, tls: tls.map(|tls| (tls, mode)), system, counts, authority })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.bound.local_address()
    }

    /// Serves until SIGTERM, SIGINT or `stop`, then answers what is under way and closes everything in order.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let Self { bound, metrics, tls, system, counts, .. } = self;
        let failed = || StartError::while_doing("signals");
        let mut hup = signal(SignalKind::hangup()).map_err(failed())?;
        let mut term = signal(SignalKind::terminate()).map_err(failed())?;
        let reloading = Arc::clone(&system);
        let reload = tokio::spawn(async move {
            while hup.recv().await.is_some() {
                reload(&reloading, tls.as_ref());
            }
        });
        let summaries = tokio::spawn(summarise_failures(Arc::clone(&system)));
        let due = tokio::spawn(lifetime::go_on(Arc::clone(&system), counts));
        let stopped = async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
                () = stop => {}
            }
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        };
        // It tells of the drain too, so it ends after the other.
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let metrics = metrics.map(|bound| tokio::spawn(bound.run(async { drop(ended.await) })));
        let drained = bound.run(stopped).await;
        drop(end);
        if let Some(metrics) = metrics {
            drop(metrics.await);
        }
        reload.abort();
        summaries.abort();
        due.abort();
        if drained.cut > 0 {
            tracing::warn!(cut = drained.cut, "connections were cut at the end of the drain");
        }
        system.close().await;
        Ok(())
    }
}

/// What every listener of this system has in common; it serves nothing yet.
fn listener(
    system: &Arc<System>,
    address: SocketAddr,
    tls: Option<TlsConfig>,
    metrics: Arc<Metrics>,
) -> ListenerConfig {
    let (minting, telling) = (Arc::clone(system), Arc::clone(system));
    ListenerConfig {
        address,
        tls,
        dialects: Vec::new(),
        hosts: Vec::new(),
        health: false,
        metrics_page: false,
        limits: Limits {
            connections: system.config.connections,
            requests: system.config.in_flight,
            ..Limits::default()
        },
        timeouts: Timeouts::default(),
        readiness: readiness(system),
        metrics,
        ids: Arc::new(move || minting.request_id()),
        clock: Arc::new(move || telling.now()),
    }
}

/// The listener of `/metrics` alone: plain on a loopback address, where scrapers of this machine come from.
async fn bind_metrics(
    system: &Arc<System>,
    at: SocketAddr,
    tls: Option<TlsConfig>,
    counts: Arc<Metrics>,
) -> Result<Bound, StartError> {
    let tls = tls.filter(|_| !at.ip().is_loopback());
    let listener = ListenerConfig { metrics_page: true, ..listener(system, at, tls, counts) };
    let failed = StartError::while_doing("listening for `/metrics` (setting `metrics.listen`)");
    Server::bind(listener).await.map_err(failed)
}

/// Failed authentications and refused shares beyond the rate are recorded as counts; shares that wait too long are
/// forgotten.
async fn summarise_failures(system: Arc<System>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        if let Err(e) = system.custody.tidy(&system).await {
            tracing::warn!(error = %e, "refused attempts to unseal were not recorded");
        }
        if let Some(engine) = system.slot.get()
            && let Err(e) = engine.record_counted_failures().await
        {
            tracing::warn!(error = %e, "counted authentication failures were not recorded");
        }
    }
}

fn reload(system: &System, tls: Option<&(TlsConfig, TlsMode)>) {
    let Some((config, _)) = tls else { return };
    match identity(system) {
        Ok(Some(identity)) => {
            config.replace(identity);
            tracing::info!("certificate reloaded");
        }
        Ok(None) => {}
        Err(e) => tracing::error!(error = %e, "certificate not reloaded, the old one stays"),
    }
}

fn readiness(system: &Arc<System>) -> edge::ReadinessSource {
    let system = Arc::clone(system);
    Arc::new(move || Readiness {
        unsealed: system.slot.is_filled(),
        store: system.store().is_some(),
        audit: system.log.status().writable,
    })
}

fn own_ca(system: &System) -> Result<OwnCa, StartError> {
    let config = &system.config;
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let dir = config.data_dir.join("tls");
    OwnCa::ensure(&dir, config.listen.ip(), &host).map_err(StartError::while_doing(dir.display()))
}

fn identity(system: &System) -> Result<Option<Identity>, StartError> {
    match &system.config.tls {
        TlsMode::Off => Ok(None),
        TlsMode::Files { certificate, key } => read_identity(certificate, key).map(Some),
        TlsMode::OwnCa => {
            let own = own_ca(system)?;
            read_identity(&own.certificate, &own.key).map(Some)
        }
    }
}

fn read_identity(certificate: &Path, key: &Path) -> Result<Identity, StartError> {
    let read = |path: &Path| std::fs::read(path).map_err(StartError::while_doing(path.display()));
    Identity::from_pem(&read(certificate)?, &read(key)?).map_err(StartError::while_doing("certificate"))
}
