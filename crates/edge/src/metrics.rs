//! The house's metrics: a small registry of lock-free counters, gauges and histograms in Prometheus' text form
//! (exposition format 0.0.4). The registry's lock is taken when a series is made and when all are written, never when
//! one is counted. Rooms that may not name the edge give a source that writes its own lines.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

mod series;
mod text;

pub use series::{Counter, Gauge, Histogram};

use series::Series;

/// Label names and values of one series. Values come from closed sets, never from requests.
pub type Labels<'a> = &'a [(&'static str, &'static str)];

/// Writes whole lines of its own.
pub type Source = Box<dyn Fn(&mut String) + Send + Sync>;

/// The registry; one for the process.
#[derive(Default)]
pub struct Metrics {
    families: Mutex<Vec<Family>>,
    sources: Mutex<Vec<Source>>,
}

/// The series of one name, in the order in which they were made.
struct Family {
    name: &'static str,
    help: &'static str,
    series: Vec<(Vec<(&'static str, &'static str)>, Series)>,
}

impl Metrics {
    /// A registry with nothing in it.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The counter of this name and labels, made on first use.
    pub fn counter(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Arc<Counter> {
        let made = || Series::Counter(Arc::default());
        self.series(name, help, labels, made, |series| match series {
            Series::Counter(counter) => Some(Arc::clone(counter)),
            _ => None,
        })
    }

    /// The gauge of this name and labels, made on first use.
    pub fn gauge(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Arc<Gauge> {
        let made = || Series::Gauge(Arc::default());
        self.series(name, help, labels, made, |series| match series {
            Series::Gauge(gauge) => Some(Arc::clone(gauge)),
            _ => None,
        })
    }

    /// The histogram of durations of this name (which ends in `_seconds`) and labels, made on first use.
    pub fn histogram(&self, name: &'static str, help: &'static str, labels: Labels<'_>) -> Arc<Histogram> {
        let made = || Series::Histogram(Arc::default());
        self.series(name, help, labels, made, |series| match series {
            Series::Histogram(histogram) => Some(Arc::clone(histogram)),
            _ => None,
        })
    }

    /// Lets another room write its own lines; they follow ours.
    pub fn register_source(&self, source: impl Fn(&mut String) + Send + Sync + 'static) {
        lock(&self.sources).push(Box::new(source));
    }

    /// Everything, as `text/plain; version=0.0.4`.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::with_capacity(4096);
        for family in lock(&self.families).iter() {
            text::family(&mut out, family);
        }
        for source in lock(&self.sources).iter() {
            source(&mut out);
        }
        out
    }

    /// Finds or makes a series. A name that already stands for another kind gives a series that counts but is not
    /// shown, since one name has one type.
    fn series<T: Default>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: Labels<'_>,
        made: impl FnOnce() -> Series,
        wanted: impl Fn(&Series) -> Option<Arc<T>>,
    ) -> Arc<T> {
        let mut families = lock(&self.families);
        let family = family(&mut families, name, help);
        if family.series.first().is_some_and(|(_, first)| wanted(first).is_none()) {
            return Arc::default();
        }
        if let Some((_, found)) = family.series.iter().find(|(have, _)| have == labels) {
            return wanted(found).unwrap_or_default();
        }
        let series = made();
        let handle = wanted(&series).unwrap_or_default();
        family.series.push((labels.to_vec(), series));
        handle
    }
}

fn family<'a>(families: &'a mut Vec<Family>, name: &'static str, help: &'static str) -> &'a mut Family {
    let at = families.iter().position(|family| family.name == name).unwrap_or(families.len());
    if at == families.len() {
        families.push(Family { name, help, series: Vec::new() });
    }
    #[expect(clippy::indexing_slicing, reason = "the position was found or made just above")]
    &mut families[at]
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::new();
        metrics.counter("requests_total", "Requests answered.", &[("dialect", "aws")]).add(2);
        metrics.counter("requests_total", "Requests answered.", &[("dialect", "vault")]).add(1);
        metrics.gauge("connections", "Open connections.", &[]).set(7);
        let times = metrics.histogram("request_seconds", "Time \"to\nanswer\".", &[]);
        times.observe(Duration::from_micros(90));
        times.observe(Duration::from_millis(7));
        times.observe(Duration::from_secs(100));
        metrics.register_source(|out| out.push_str("other_room_total 3\n"));
        insta::assert_snapshot!(metrics.render());
    }

    #[test]
    fn one_name_and_labels_are_one_series() {
        let metrics = Metrics::new();
        metrics.counter("a_total", "A.", &[("x", "1")]).add(1);
        metrics.counter("a_total", "A.", &[("x", "1")]).add(1);
        assert!(metrics.render().contains("a_total{x=\"1\"} 2\n"));
    }

    #[test]
    fn a_name_of_another_kind_does_not_break_the_page() {
        let metrics = Metrics::new();
        metrics.counter("a_total", "A.", &[]).add(1);
        let before = metrics.render();
        metrics.gauge("a_total", "A.", &[("x", "1")]).set(9);
        assert_eq!(metrics.render(), before);
    }
}
