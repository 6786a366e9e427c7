//! Where the CPU of a request goes: samples of the server under load, each given to the innermost stage it stands in.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::load::{Load, Run};
use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::{say, step};

/// Samples a second of CPU; prime, so that it does not beat with timers.
const FREQUENCY: &str = "997";
/// Stacks are unwound from copies of so many bytes.
const STACK: &str = "dwarf,16384";

/// A stage and its share of all samples.
pub(crate) type Stages = Vec<(&'static str, f64)>;

/// What the name of a function says of its stage; asked in this order, innermost frame first.
const OURS: &[(&str, &str)] = &[
    ("keystead_provider_software", "cryptography: hashes, HMACs, key derivation, AES-GCM"),
    ("keystead_codec_sigv4", "SigV4: reading and canonical form"),
    ("keystead_dialect_", "dialect: JSON, base64, answers"),
    ("keystead_edge", "edge: framing, routing, bounds, metrics"),
    ("keystead_audit", "audit: record and log"),
    ("keystead_domain::audit", "audit: record and log"),
    ("keystead_", "gate: engine, access, epochs"),
    ("keystead::", "gate: engine, access, epochs"),
    ("hyper::", "HTTP (hyper)"),
    ("tokio::", "runtime (tokio)"),
];

/// What the name of a system call's function says.
const KERNEL: &[(&str, &str)] = &[
    ("sys_writev", "kernel: sending"),
    ("do_writev", "kernel: sending"),
    ("sys_sendto", "kernel: sending"),
    ("sys_recv", "kernel: receiving"),
    ("sys_pwrite", "kernel: writing the log"),
    ("fsync", "kernel: syncing the log"),
    ("fdatasync", "kernel: syncing the log"),
    ("sys_futex", "kernel: waking and waiting"),
    ("nanosleep", "kernel: waking and waiting"),
    ("epoll_wait", "kernel: waking and waiting"),
];

/// Makes one more run with samples taken. Not having `perf`, or not being let, is said and no error.
pub(crate) fn take(load: &Load<'_>) -> Outcome<Option<(Stages, Run)>> {
    install::debian(step("perf").arg("version").read().is_ok(), &["linux-perf"])?;
    let samples = load.folder.join("perf.data");
    let sampler = Command::new("perf")
        .args(["record", "-q", "-e", "cpu-clock", "-F", FREQUENCY, "--call-graph", STACK, "-o"])
        .arg(&samples)
        .args(["-p", &load.server.id().to_string(), "--", "sleep", &load.shape.seconds.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let run = load.measure()?;
    let recorded = sampler.and_then(|mut sampler| sampler.wait()).is_ok_and(|status| status.success());
    if !recorded {
        say("         no samples: `perf` may not look at processes here");
        return Ok(None);
    }
    let script =
        step("perf").args(["script", "--no-inline", "-F", "comm,ip,sym", "-i"]).arg(&samples).read()?;
    let stages = shares(&script);
    if stages.is_empty() {
        return Err(Failure::new("the samples say nothing"));
    }
    Ok(Some((stages, run)))
}

/// Shares of the stages, the largest first.
fn shares(script: &str) -> Stages {
    let mut counts: BTreeMap<&'static str, u32> = BTreeMap::new();
    let stacks = script.split("\n\n").map(|stack| stack.lines().skip(1).collect::<Vec<_>>());
    for stack in stacks.filter(|stack| !stack.is_empty()) {
        *counts.entry(stage_of(&stack)).or_default() += 1;
    }
    let all: f64 = counts.values().copied().map(f64::from).sum();
    let mut shares: Stages = counts.into_iter().map(|(stage, n)| (stage, f64::from(n) / all)).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

/// The stage of one stack, innermost frame first.
fn stage_of(stack: &[&str]) -> &'static str {
    let within = |names: &[(&str, &'static str)], frame: &str| {
        names.iter().find(|(name, _)| frame.contains(name)).map(|(_, stage)| *stage)
    };
    if stack.iter().any(|frame| frame.contains("entry_SYSCALL")) {
        return stack.iter().find_map(|frame| within(KERNEL, frame)).unwrap_or("kernel: other");
    }
    stack.iter().find_map(|frame| within(OURS, frame)).unwrap_or("other")
}

/// For `report.json`: microseconds of CPU a request.
pub(crate) fn as_json(stages: Option<&(Stages, Run)>) -> Value {
    let Some((stages, run)) = stages else { return Value::Null };
    let micros = |share: f64| (share * run.cpu_micros * 100.0).round() / 100.0;
    stages
        .iter()
        .map(|(stage, share)| ((*stage).to_owned(), json!(micros(*share))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// For docs/performance.md.
pub(crate) fn as_table(stages: Option<&(Stages, Run)>) -> String {
    let Some((stages, run)) = stages else {
        return "\nNo per-stage table: `perf` may not look at processes on the machine of this run.\n"
            .to_owned();
    };
    let mut table = format!(
        "\nWhere the server's CPU goes, Encrypt with `durability = os`, sampled (sampling itself raises the whole to {:.1} µs a request):\n\n| stage | share | µs a request |\n|---|---|---|\n",
        run.cpu_micros
    );
    for (stage, share) in stages {
        table.push_str(&format!("| {stage} | {:.1} % | {:.2} |\n", share * 100.0, share * run.cpu_micros));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_belongs_to_the_innermost_stage_it_stands_in() {
        let script = "w\n\t1 malloc\n\t2 keystead_audit::line::Line::new\n\t3 keystead_engine::gate\n\n\
                      w\n\t1 tcp_sendmsg\n\t2 do_writev\n\t3 entry_SYSCALL_64\n\t4 hyper::proto\n\n\
                      w\n\t1 memcpy\n\t2 keystead_engine::gate\n\n\
                      w\n\t1 strange\n\n";
        let wanted = ["audit: record and log", "gate: engine, access, epochs", "kernel: sending", "other"];
        let shares = shares(script);
        let mut stages: Vec<&str> = shares.iter().map(|(stage, _)| *stage).collect();
        stages.sort_unstable();
        assert_eq!(stages, wanted);
        assert!(shares.iter().all(|(_, share)| (share - 0.25).abs() < 1e-9));
    }
}
