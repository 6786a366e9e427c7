//! `cargo xtask bench`: Keystead beside the bare ceiling and beside OpenBao, in one run on one machine, as ratios.
//!
//! Runs are interleaved (every contender once, then all again), medians are reported, and each contender is judged by
//! the CPU seconds of its own process as well as by wall time, because the load driver shares the machine.

mod contender;
mod load;
mod report;
mod stages;
mod strain;

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::{say, step};

use contender::{Contender, Programs};
use load::{Load, Run};

/// One thing to measure: who answers what, over how many connections.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) server: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) connections: u32,
}

const fn case(name: &'static str, server: &'static str, operation: &'static str, connections: u32) -> Case {
    Case { name, server, operation, connections }
}

/// Everything that is measured, in the order of one round.
pub(crate) const CASES: &[Case] = &[
    case("ceiling", "ceiling", "Encrypt", 64),
    case("encrypt_os", "keystead-os", "Encrypt", 64),
    case("encrypt_fsync", "keystead-fsync", "Encrypt", 64),
    case("decrypt_os", "keystead-os", "Decrypt", 64),
    case("generate_data_key_os", "keystead-os", "GenerateDataKey", 64),
    case("transit_os", "keystead-os", "transit", 64),
    case("openbao_transit", "openbao", "transit", 64),
    case("encrypt_tls_os", "keystead-tls", "Encrypt", 64),
    case("ceiling_256", "ceiling", "Encrypt", 256),
    case("encrypt_os_256", "keystead-os", "Encrypt", 256),
    case("encrypt_fsync_256", "keystead-fsync", "Encrypt", 256),
    case("create_key_fsync", "keystead-fsync", "CreateKey", 64),
    case("encrypt_alone", "keystead-os", "Encrypt", 64),
    case(strain::NEIGHBOUR, "keystead-os", "Encrypt", 64),
    case(strain::FLOOD, "keystead-os", "BadSignature", 64),
];

/// Rounds, seconds of one run, and distinct requests of one load.
pub(crate) struct Shape {
    pub(crate) rounds: usize,
    pub(crate) seconds: u32,
    pub(crate) requests: usize,
}

pub(crate) fn run(root: &Path, words: &[String]) -> Outcome {
    let shape = match words {
        [] => Shape { rounds: 5, seconds: 5, requests: 4096 },
        [word] if word == "--quick" => Shape { rounds: 1, seconds: 2, requests: 4096 },
        _ => return Err(Failure::new("usage: cargo xtask bench [--quick]")),
    };
    install::debian(step("wrk").arg("-v").read().is_ok() || step("which").arg("wrk").succeeds(), &["wrk"])?;
    let python = install::python(root, &root.join("clients/requirements.txt"))?;
    let programs = Programs::build(root, &python)?;
    let folder = install::target(root).join("bench");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(Failure::while_doing(folder.display()))?;
    let disk = programs.disk(&folder)?;
    let servers = contender::start_all(&programs, &folder)?;
    let mut runs: Vec<(&'static str, Run)> = Vec::new();
    for round in 1..=shape.rounds {
        for case in CASES {
            let server = find(&servers, case.server)?;
            let load = Load { case, server, shape: &shape, programs: &programs, folder: &folder };
            let run = strain::measure(&load)?;
            say(&format!("round {round} {:<22} {}", case.name, run.line()));
            runs.push((case.name, run));
        }
    }
    let sampled =
        Case { name: "encrypt_os_sampled", server: "keystead-os", operation: "Encrypt", connections: 64 };
    let server = find(&servers, sampled.server)?;
    let load = Load { case: &sampled, server, shape: &shape, programs: &programs, folder: &folder };
    let stages = stages::take(&load)?;
    report::write(root, &folder, &shape, &disk, &runs, stages.as_ref())
}

fn find<'a>(servers: &'a [Contender], name: &str) -> Outcome<&'a Contender> {
    servers.iter().find(|s| s.name == name).ok_or_else(|| Failure::new(format!("no contender `{name}`")))
}
