//! `audit verify` and `audit prove`: files and a public key, nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use audit::VerifierKey;
use provider_software::Software;

use crate::args::{ProveArgs, VerifyArgs};
use crate::system::StartError;

/// Checks a whole log; an `Err` when anything is found, so that the exit code tells.
pub(crate) fn verify(args: &VerifyArgs) -> Result<String, StartError> {
    let key = key(&args.dir, args.key.as_ref())?;
    let checkpoint = match &args.checkpoint {
        Some(path) => Some(std::fs::read_to_string(path).map_err(StartError::while_doing(path.display()))?),
        None => None,
    };
    let report = audit::verify(&args.dir, &key, checkpoint.as_deref(), &Software::new());
    let report = report.map_err(StartError::while_doing(args.dir.display()))?;
    let mut text = format!(
        "{} records, {} of them under {} signed checkpoints; root {}\n",
        report.size,
        report.signed,
        report.checkpoints,
        hex::encode(report.root)
    );
    if report.unsigned_tail > 0 {
        let _ = writeln!(
            text,
            "unsigned: nobody has signed for the last {} records yet; they follow each other, but an end that was cut \
             off would not show",
            report.unsigned_tail
        );
    }
    if report.unfinished {
        text.push_str("unfinished: a write stands at the end that nobody was answered for\n");
    }
    if report.findings.is_empty() {
        text.push_str("nothing was altered\n");
        return Ok(text);
    }
    for finding in &report.findings {
        let record = finding.record.map_or_else(String::new, |n| format!(" at record {n}"));
        let _ = writeln!(text, "FOUND in {}{record}: {}", finding.file, finding.what);
    }
    Err(StartError(text))
}

/// An inclusion proof as JSON.
pub(crate) fn prove(args: &ProveArgs) -> Result<String, StartError> {
    let key = key(&args.dir, args.key.as_ref())?;
    let proof = audit::prove(&args.dir, args.index, &key, &Software::new())
        .map_err(StartError::while_doing("proof"))?;
    serde_json::to_string_pretty(&proof).map(|text| text + "\n").map_err(StartError::while_doing("proof"))
}

fn key(dir: &Path, given: Option<&PathBuf>) -> Result<VerifierKey, StartError> {
    let path = given.cloned().unwrap_or_else(|| dir.join("audit.pub"));
    let text = std::fs::read_to_string(&path).map_err(StartError::while_doing(path.display()))?;
    VerifierKey::parse(text.trim(), &Software::new()).map_err(StartError::while_doing(path.display()))
}
