//! Prometheus' text form of a family.

use std::fmt::Write as _;

use super::Family;
use super::series::{Histogram, Series};

type Pairs<'a> = &'a [(&'static str, &'static str)];

pub(super) fn family(out: &mut String, family: &Family) {
    let kind = match family.series.first() {
        Some((_, Series::Counter(_))) => "counter",
        Some((_, Series::Gauge(_))) => "gauge",
        Some((_, Series::Histogram(_))) => "histogram",
        None => return,
    };
    line(out, format_args!("# HELP {} {}", family.name, one_line(family.help)));
    line(out, format_args!("# TYPE {} {kind}", family.name));
    for (labels, series) in &family.series {
        match series {
            Series::Counter(counter) => sample(out, family.name, labels, counter.get()),
            Series::Gauge(gauge) => sample(out, family.name, labels, gauge.get()),
            Series::Histogram(histogram) => buckets(out, family.name, labels, histogram),
        }
    }
}

fn buckets(out: &mut String, name: &str, labels: Pairs<'_>, histogram: &Histogram) {
    let (below, all, micros) = histogram.totals();
    for (bound, count) in below {
        let within = labelled(labels, Some(&seconds(bound)));
        line(out, format_args!("{name}_bucket{within} {count}"));
    }
    line(out, format_args!("{name}_bucket{} {all}", labelled(labels, Some("+Inf"))));
    line(out, format_args!("{name}_sum{} {}", labelled(labels, None), seconds(micros)));
    line(out, format_args!("{name}_count{} {all}", labelled(labels, None)));
}

fn sample(out: &mut String, name: &str, labels: Pairs<'_>, value: impl std::fmt::Display) {
    line(out, format_args!("{name}{} {value}", labelled(labels, None)));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = writeln!(out, "{text}");
}

fn labelled(labels: Pairs<'_>, bound: Option<&str>) -> String {
    let mut pairs: Vec<String> = labels.iter().map(|(k, v)| format!("{k}=\"{}\"", escaped(v))).collect();
    pairs.extend(bound.map(|bound| format!("le=\"{bound}\"")));
    if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) }
}

/// Microseconds as seconds, without the rounding of floating point.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escaped(value: &str) -> String {
    one_line(value).replace('"', "\\\"")
}

fn one_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}
