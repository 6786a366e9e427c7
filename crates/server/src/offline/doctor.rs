//! `doctor`: what an operator would look at one thing after the other, each with a verdict and what to do about it.
//! It changes nothing, makes no file, and may run beside the server.

mod certificate;
mod folder;
mod machine;
mod state;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use cli::Format;
use serde::Serialize;

use crate::config::Config;
use crate::demo::say;
use crate::system::StartError;
use machine::Machine;

/// Options of `doctor`
#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// The data folder; without it the configured one
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    /// What was found.
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Ok, found: found.into(), hint: None }
    }

    fn warn(name: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Warn, found: found.into(), hint: Some(hint.into()) }
    }

    fn fail(name: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, ..Self::warn(name, found, hint) }
    }
}

/// Examines, says what was found, and fails if any check does.
pub(crate) fn run(config: Config, args: &DoctorArgs, output: Format) -> Result<String, StartError> {
    let config = match &args.data_dir {
        Some(dir) => at(config, dir.clone()),
        None => config,
    };
    let machine = Machine::here();
    // The keyfile is read; what the machine gives was noted before.
    secret::harden_process();
    let checks = examine(&config, &machine);
    let text = match output {
        Format::Table => table(&checks),
        Format::Json => serde_json::to_string_pretty(&answer(&checks))
            .map(|text| text + "\n")
            .map_err(StartError::while_doing("doctor"))?,
        Format::Yaml => {
            serde_norway::to_string(&answer(&checks)).map_err(StartError::while_doing("doctor"))?
        }
    };
    match count(&checks, Verdict::Fail) {
        0 => Ok(text),
        failed => {
            say(&text)?;
            Err(StartError(format!("{failed} of {} checks failed", checks.len())))
        }
    }
}

/// The same configuration over another folder; the keyfile moves along if it was there.
fn at(mut config: Config, dir: PathBuf) -> Config {
    if config.keyfile == config.data_dir.join("root.key") {
        config.keyfile = dir.join("root.key");
    }
    config.data_dir = dir;
    config
}

fn examine(config: &Config, machine: &Machine) -> Vec<Check> {
    vec![
        folder::data_folder(config),
        folder::private_files(config),
        folder::first_token(config),
        folder::keyfile(config),
        state::root(config),
        state::database(config),
        state::pin(config),
        state::audit_log(config),
        state::audit_folder(config, machine),
        machine.disk(config),
        machine.memlock(config),
        machine.core(),
        machine.clock(config),
        certificate::expiry(config, machine.now),
    ]
}

fn count(checks: &[Check], verdict: Verdict) -> usize {
    checks.iter().filter(|check| check.verdict == verdict).count()
}

fn table(checks: &[Check]) -> String {
    let mut text = String::new();
    for Check { name, verdict, found, hint } in checks {
        let word = match verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "WARN",
            Verdict::Fail => "FAIL",
        };
        let _ = writeln!(text, "{word:<5} {name:<14} {found}");
        if let Some(hint) = hint {
            let _ = writeln!(text, "{:<21}→ {hint}", "");
        }
    }
    let [ok, warn, fail] = [Verdict::Ok, Verdict::Warn, Verdict::Fail].map(|v| count(checks, v));
    let _ = writeln!(text, "\n{ok} ok, {warn} to look at, {fail} failed");
    text
}

/// For programs.
fn answer(checks: &[Check]) -> serde_json::Value {
    serde_json::json!({ "healthy": count(checks, Verdict::Fail) == 0, "checks": checks })
}
