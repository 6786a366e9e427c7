//! The edge's own series, found once per listener so that counting one is a few atomic additions.

use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use domain::Dialect;

use crate::metrics::{Counter, Gauge, Histogram, Metrics};
use crate::pace::Cut;

/// Why a connection was closed as soon as it was accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Closed {
    /// The listener has no place left.
    Full,
    /// The peer has no place left.
    Peer,
}

/// What a listener counts.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) connections: Arc<Gauge>,
    pub(crate) accepted: Arc<Counter>,
    pub(crate) accept_failures: Arc<Counter>,
    pub(crate) tls_failures: Arc<Counter>,
    pub(crate) under_way: Arc<Gauge>,
    pub(crate) panics: Arc<Counter>,
    full: Arc<Counter>,
    peer: Arc<Counter>,
    cuts: [Arc<Counter>; Cut::ALL.len()],
    dialects: Vec<(Option<Dialect>, Answers)>,
}

/// Something that stands now; dropping takes it off the gauge.
#[derive(Debug)]
pub(crate) struct Standing(Arc<Gauge>);

impl Standing {
    pub(crate) fn on(gauge: &Arc<Gauge>) -> Self {
        gauge.add(1);
        Self(Arc::clone(gauge))
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.0.add(-1);
    }
}

#[derive(Debug)]
struct Answers {
    by_class: [(u16, Arc<Counter>); 5],
    seconds: Arc<Histogram>,
}

impl Counts {
    pub(crate) fn new(metrics: &Metrics, dialects: impl Iterator<Item = Dialect>) -> Self {
        let closed = |reason| {
            let help = "Connections closed on arrival because their place was taken.";
            metrics.counter("keystead_edge_connections_refused_total", help, &[("reason", reason)])
        };
        let cut = |cut: Cut| {
            let help = "Connections ended because the client let a limit pass.";
            metrics.counter("keystead_edge_connections_cut_total", help, &[("reason", cut.word())])
        };
        Self {
            connections: metrics.gauge("keystead_edge_connections", "Open connections.", &[]),
            accepted: metrics.counter("keystead_edge_connections_total", "Connections accepted.", &[]),
            accept_failures: metrics.counter(
                "keystead_edge_accept_failures_total",
                "Times that accepting failed.",
                &[],
            ),
            tls_failures: metrics.counter(
                "keystead_edge_tls_failures_total",
                "TLS handshakes that failed.",
                &[],
            ),
            under_way: metrics.gauge("keystead_edge_requests_under_way", "Requests with dialects.", &[]),
            panics: metrics.counter("keystead_edge_panics_total", "Requests that ended in a panic.", &[]),
            full: closed("listener"),
            peer: closed("peer"),
            cuts: Cut::ALL.map(cut),
            dialects: dialects.map(Some).chain([None]).map(|d| (d, Answers::new(metrics, d))).collect(),
        }
    }

    pub(crate) fn closed(&self, why: Closed) {
        match why {
            Closed::Full => self.full.add(1),
            Closed::Peer => self.peer.add(1),
        }
    }

    pub(crate) fn cut(&self, why: Cut) {
        let counted = Cut::ALL.iter().zip(&self.cuts).find(|(cut, _)| **cut == why);
        if let Some((_, counter)) = counted {
            counter.add(1);
        }
    }

    /// One request answered; `None` where no dialect came to speak.
    pub(crate) fn answered(&self, dialect: Option<Dialect>, status: StatusCode, took: Duration) {
        if let Some((_, answers)) = self.dialects.iter().find(|(of, _)| *of == dialect) {
            answers.count(status, took);
        }
    }
}

impl Answers {
    fn new(metrics: &Metrics, dialect: Option<Dialect>) -> Self {
        let word = dialect.map_or("none", Dialect::word);
        let class = |hundreds, name| {
            let labels = &[("dialect", word), ("status", name)];
            (hundreds, metrics.counter("keystead_edge_requests_total", "Requests answered.", labels))
        };
        let help = "Time from a request's head to its response.";
        Self {
            by_class: [class(2, "2xx"), class(3, "3xx"), class(4, "4xx"), class(5, "5xx"), class(1, "1xx")],
            seconds: metrics.histogram("keystead_edge_request_seconds", help, &[("dialect", word)]),
        }
    }

    fn count(&self, status: StatusCode, took: Duration) {
        let hundreds = status.as_u16() / 100;
        if let Some((_, counter)) = self.by_class.iter().find(|(class, _)| *class == hundreds) {
            counter.add(1);
        }
        self.seconds.observe(took);
    }
}
