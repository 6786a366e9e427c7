//! What all connections of one listener share.

use std::sync::Arc;

use domain::Dialect;
use hyper_util::rt::TokioTimer;

use crate::budget::Budget;
use crate::config::{BindError, IdSource, ListenerConfig, ReadinessSource, TimeSource};
use crate::counts::Counts;
use crate::date::Dates;
use crate::http::HttpDialect;
use crate::limits::{Limits, Timeouts};
use crate::metrics::Metrics;
use crate::peers::Peers;
use crate::protocols::Protocols;
use crate::route::ListenerRules;
use crate::stage::Stages;
use crate::tls::TlsConfig;

pub(crate) struct Shared {
    pub(crate) rules: ListenerRules,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) tls: Option<TlsConfig>,
    pub(crate) readiness: ReadinessSource,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) ids: IdSource,
    pub(crate) clock: TimeSource,
    pub(crate) counts: Counts,
    pub(crate) dates: Dates,
    pub(crate) stages: Stages,
    pub(crate) connections: Arc<Budget>,
    pub(crate) requests: Arc<Budget>,
    pub(crate) bodies: Arc<Budget>,
    pub(crate) peers: Arc<Peers>,
    pub(crate) protocols: Protocols,
    dialects: Vec<(Dialect, Arc<dyn HttpDialect>)>,
}

impl Shared {
    pub(crate) fn new(config: ListenerConfig) -> Result<Arc<Self>, BindError> {
        config.check_transport()?;
        let rules = config.rules()?;
        let limits = config.limits;
        Ok(Arc::new(Self {
            counts: Counts::new(&config.metrics, rules.dialects.iter().copied()),
            rules,
            tls: config.tls,
            readiness: config.readiness,
            metrics: config.metrics,
            ids: config.ids,
            clock: config.clock,
            dates: Dates::default(),
            stages: Stages::new(),
            connections: Budget::new(limits.connections),
            requests: Budget::new(limits.requests),
            bodies: Budget::new(limits.body_memory),
            peers: Peers::new(limits.connections_per_peer),
            protocols: Protocols::new(&limits, TokioTimer::new()),
            dialects: config.dialects.into_iter().map(|dialect| (dialect.dialect(), dialect)).collect(),
            limits,
            timeouts: config.timeouts,
        }))
    }

    /// The dialect, if the listener serves it.
    pub(crate) fn dialect(&self, wanted: Dialect) -> Option<&dyn HttpDialect> {
        self.dialects.iter().find(|(dialect, _)| *dialect == wanted).map(|(_, dialect)| &**dialect)
    }
}
