//! The figures as ratios: `target/bench/report.json` for machines, docs/performance.md for people.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::load::Run;
use super::stages::{self, Stages};
use super::{CASES, Shape, strain};
use crate::failure::{Failure, Outcome};
use crate::shell::{say, step};

/// The ceiling itself must be cheap, or it is none: µs of CPU a request.
const CEILING_BOUND: f64 = 30.0;

pub(crate) fn write(
    root: &Path,
    folder: &Path,
    shape: &Shape,
    disk: &Value,
    runs: &[(&'static str, Run)],
    sampled: Option<&(Stages, Run)>,
) -> Outcome {
    let medians: Vec<(&str, Run)> =
        CASES.iter().filter_map(|c| median(c.name, runs).map(|m| (c.name, m))).collect();
    let ratios = ratios(&medians, disk);
    let report = json!({
        "rounds": shape.rounds,
        "seconds": shape.seconds,
        "distinct_requests": shape.requests,
        "fdatasync_micros": disk,
        "medians": medians.iter().map(|(name, run)| ((*name).to_owned(), figures(run))).collect::<serde_json::Map<_, _>>(),
        "ratios": ratios,
        "stages_micros": stages::as_json(sampled),
        "valid": valid(&medians),
    });
    let path = folder.join("report.json");
    fs::write(&path, format!("{report:#}\n")).map_err(Failure::while_doing(path.display()))?;
    let page = page(shape, disk, &medians, &ratios) + &stages::as_table(sampled);
    let doc = root.join("docs/performance.md");
    let text = fs::read_to_string(&doc).unwrap_or_default();
    let (before, after) = text.split_once("<!-- figures -->\n").map_or((text.as_str(), ""), |(b, rest)| {
        (b, rest.split_once("<!-- end -->\n").map_or("", |(_, after)| after))
    });
    let whole = format!("{before}<!-- figures -->\n{page}<!-- end -->\n{after}");
    fs::write(&doc, whole).map_err(Failure::while_doing(doc.display()))?;
    say(&page);
    if valid(&medians) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the ceiling spends more than {CEILING_BOUND} µs of CPU a request: the run is not valid"
    )))
}

fn valid(medians: &[(&str, Run)]) -> bool {
    medians.iter().any(|(name, run)| *name == "ceiling" && run.cpu_micros <= CEILING_BOUND)
}

fn median(name: &str, runs: &[(&'static str, Run)]) -> Option<Run> {
    let mine: Vec<&Run> = runs.iter().filter(|(n, _)| *n == name).map(|(_, run)| run).collect();
    let middle = |of: fn(&Run) -> f64| {
        let mut values: Vec<f64> = mine.iter().map(|run| of(run)).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    Some(Run {
        per_second: middle(|r| r.per_second)?,
        cpu_micros: middle(|r| r.cpu_micros)?,
        p50_micros: middle(|r| r.p50_micros)?,
        p99_micros: middle(|r| r.p99_micros)?,
        resident_mib: middle(|r| r.resident_mib)?,
    })
}

fn figures(run: &Run) -> Value {
    json!({
        "per_second": run.per_second.round(),
        "cpu_micros": (run.cpu_micros * 10.0).round() / 10.0,
        "p50_micros": run.p50_micros,
        "p99_micros": run.p99_micros,
        "resident_mib": (run.resident_mib * 10.0).round() / 10.0,
    })
}

/// Each ratio by wall time and by the servers' CPU time, beside the bar it is held to.
fn ratios(medians: &[(&str, Run)], disk: &Value) -> Value {
    let run = |name: &str| medians.iter().find(|(n, _)| *n == name).map(|(_, run)| run);
    let pair = |a: &str, b: &str| match (run(a), run(b)) {
        (Some(a), Some(b)) => json!({
            "wall": rounded(a.per_second / b.per_second),
            "cpu": rounded(b.cpu_micros / a.cpu_micros),
        }),
        _ => Value::Null,
    };
    let sync = disk.get("p50").and_then(Value::as_f64).unwrap_or(f64::NAN) / 1e6;
    let against = |name: &str, bound: f64| run(name).map(|r| rounded(r.per_second / bound));
    let os = run("encrypt_os").map_or(f64::NAN, |r| r.per_second);
    json!({
        "encrypt_os_vs_ceiling": pair("encrypt_os", "ceiling"),
        "encrypt_vs_ceiling": pair("encrypt_fsync", "ceiling"),
        "encrypt_vs_fsync_bound": against("encrypt_fsync", os.min(64.0 / (1.5 * sync))),
        "encrypt_vs_openbao": pair("encrypt_fsync", "openbao_transit"),
        "encrypt_os_vs_openbao": pair("encrypt_os", "openbao_transit"),
        "encrypt_tls_vs_plain": pair("encrypt_tls_os", "encrypt_os"),
        "decrypt_vs_encrypt": pair("decrypt_os", "encrypt_os"),
        "generate_data_key_vs_encrypt": pair("generate_data_key_os", "encrypt_os"),
        "transit_vs_encrypt": pair("transit_os", "encrypt_os"),
        "encrypt_os_256_vs_ceiling_256": pair("encrypt_os_256", "ceiling_256"),
        "encrypt_beside_revocations_vs_alone": pair(strain::NEIGHBOUR, "encrypt_alone"),
        "create_key_vs_bound": against("create_key_fsync", (64.0 / (4.0 * sync)).min(4000.0)),
    })
}

fn rounded(ratio: f64) -> f64 {
    (ratio * 100.0).round() / 100.0
}

fn page(shape: &Shape, disk: &Value, medians: &[(&str, Run)], ratios: &Value) -> String {
    let processor =
        step("sh").args(["-c", "grep -m1 'model name' /proc/cpuinfo | cut -d: -f2; nproc"]).read();
    let processor = processor.unwrap_or_default().split('\n').map(str::trim).collect::<Vec<_>>().join(" × ");
    let mut page = format!(
        "Taken by `cargo xtask bench`: {} interleaved rounds of {} s, {} distinct requests, medians. Machine: {}cores, shared with the load driver. fdatasync (µs): {disk}.\n\n",
        shape.rounds, shape.seconds, shape.requests, processor
    );
    page.push_str("| case | requests/s | server CPU µs/request | p50 µs | p99 µs | resident MiB |\n|---|---|---|---|---|---|\n");
    for (name, run) in medians {
        let _ = writeln!(
            page,
            "| {name} | {:.0} | {:.1} | {:.0} | {:.0} | {:.1} |",
            run.per_second, run.cpu_micros, run.p50_micros, run.p99_micros, run.resident_mib
        );
    }
    page.push_str("\n| ratio | by wall time | by server CPU |\n|---|---|---|\n");
    for (name, ratio) in ratios.as_object().into_iter().flatten() {
        let (wall, cpu) = match ratio {
            Value::Object(pair) => {
                (pair.get("wall").cloned().unwrap_or_default(), pair.get("cpu").cloned().unwrap_or_default())
            }
            other => (other.clone(), Value::String("-".to_owned())),
        };
        let _ = writeln!(
            page,
            "| {name} | {wall} | {} |",
            cpu.as_str().map_or_else(|| cpu.to_string(), str::to_owned)
        );
    }
    page
}
