//! Runs under strain: beside a tenant that revokes 200 times a second, and under a flood of bad credentials, which must
//! not fill the disk.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::contender::{ACCESS_KEY, OTHER_REGION, SECRET_KEY};
use super::load::{Load, Run};
use crate::failure::{Failure, Outcome};
use crate::shell::say;

/// Encrypt in one tenant while another revokes.
pub(crate) const NEIGHBOUR: &str = "encrypt_beside_revocations";
/// Requests whose signature does not fit.
pub(crate) const FLOOD: &str = "bad_signatures_os";

/// Revocations a second of the neighbour.
const REVOCATIONS: u32 = 200;
/// Bytes a second that a flood may add to the data folder: records at the metered rate, with room for segments that
/// are made ready beforehand.
const FLOOD_BYTES: u64 = 1 << 20;

/// Makes the run, with its strain where the case has one.
pub(crate) fn measure(load: &Load<'_>) -> Outcome<Run> {
    match load.case.name {
        NEIGHBOUR => beside_revocations(load),
        FLOOD => flooded(load),
        _ => load.measure(),
    }
}

fn beside_revocations(load: &Load<'_>) -> Outcome<Run> {
    let seconds = load.shape.seconds.saturating_add(1).to_string();
    let neighbour = Command::new(&load.programs.revoke)
        .args([&load.server.address.to_string(), &REVOCATIONS.to_string(), &seconds])
        .args([ACCESS_KEY, SECRET_KEY, OTHER_REGION])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Failure::while_doing("the neighbour"))?;
    let run = load.measure();
    let ended = neighbour.wait_with_output().map_err(Failure::while_doing("the neighbour"))?;
    let said = String::from_utf8_lossy(&ended.stdout);
    if !ended.status.success() {
        return Err(Failure::new(format!("the neighbour failed: {said}")));
    }
    say(&format!("         the neighbour revoked: {}", said.trim()));
    run
}

fn flooded(load: &Load<'_>) -> Outcome<Run> {
    let folder = load.folder.join(load.server.name);
    let before = written(&folder);
    let run = load.measure()?;
    let grown = written(&folder).saturating_sub(before);
    let bound = FLOOD_BYTES * u64::from(load.shape.seconds);
    say(&format!("         the flood wrote {grown} bytes"));
    if grown > bound {
        return Err(Failure::new(format!("bad credentials wrote {grown} bytes, over the bound of {bound}")));
    }
    Ok(run)
}

/// Bytes on disk of every file below; preallocated ones count in full, so only growth is meaningful.
fn written(folder: &Path) -> u64 {
    let mut left: Vec<PathBuf> = vec![folder.to_owned()];
    let mut bytes = 0;
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => left.push(entry.path()),
                Ok(meta) => bytes += meta.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}
