//! Fuzz smoke: every target of `fuzz/` for ten seconds, on the stable toolchain.
//!
//! cargo-fuzz asks for nightly because of the address sanitizer. The crates under test hold no unsafe
//! code, so coverage instrumentation is enough, and that is an ordinary code generation option.

use std::fs;
use std::path::Path;

use super::Context;
use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::{say, step};

/// LLVM's coverage pass as libFuzzer reads it: edge counters, their table, and compared values.
const INSTRUMENT: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// What one input and one target may cost (INV-12).
const BOUNDS: [&str; 4] = ["-max_total_time=10", "-timeout=5", "-rss_limit_mb=1024", "-print_final_stats=1"];

pub(super) fn run(context: &Context) -> Outcome {
    let (folder, built) = (context.root.join("fuzz"), install::target(&context.root).join("fuzz"));
    let targets = targets(&folder)?;
    install::debian(step("c++").arg("--version").succeeds(), &["g++"])?;
    let host = host()?;
    step("cargo")
        .args(["build", "--release", "--locked", "--target", &host, "--target-dir"])
        .arg(&built)
        .env("RUSTFLAGS", INSTRUMENT)
        .within(&folder)
        .run()?;
    targets.iter().try_for_each(|target| smoke(&folder, &built, &host, target))
}

/// New inputs grow a corpus among the build products; `fuzz/seeds/TARGET` is only read.
fn smoke(folder: &Path, built: &Path, host: &str, target: &str) -> Outcome {
    let corpus = built.join("corpus").join(target);
    let artifacts = folder.join("artifacts").join(target);
    for made in [&corpus, &artifacts] {
        fs::create_dir_all(made).map_err(Failure::while_doing(made.display()))?;
    }
    let seeds = folder.join("seeds").join(target);
    let log = built.join(format!("{target}.log"));
    step(built.join(host).join("release").join(target))
        .args(BOUNDS)
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(&corpus)
        .args(seeds.exists().then_some(seeds))
        .within(folder)
        .run_logged(&log)?;
    let text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
    match executed(&text) {
        Some(inputs) if inputs > 0 => say(&format!("{target}: {inputs} inputs, nothing found")),
        _ => return Err(Failure::new(format!("fuzz target `{target}` ran no input: see {}", log.display()))),
    }
    Ok(())
}

/// How many inputs ran, from libFuzzer's closing statistics.
fn executed(log: &str) -> Option<u64> {
    let line = log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
    line.trim().parse().ok()
}

/// Every `[[bin]]` of the fuzz workspace.
fn targets(folder: &Path) -> Outcome<Vec<String>> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(Failure::while_doing(path.display()))?;
    let manifest: toml::Table =
        text.parse().map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let bins = manifest.get("bin").and_then(toml::Value::as_array);
    let name = |bin: &toml::Value| bin.get("name").and_then(toml::Value::as_str).map(String::from);
    match bins.into_iter().flatten().filter_map(name).collect::<Vec<_>>() {
        names if names.is_empty() => Err(Failure::new(format!("{} names no target", path.display()))),
        names => Ok(names),
    }
}

/// The machine's own triple: naming it keeps the instrumentation out of build scripts.
fn host() -> Outcome<String> {
    let version = step("rustc").arg("-vV").read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(String::from).ok_or_else(|| Failure::new("`rustc -vV` names no host"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_and_its_absence_is_seen() {
        let log = "Done 7 runs\nstat::number_of_executed_units: 624320\nstat::peak_rss_mb:  30\n";
        assert_eq!(executed(log), Some(624_320));
        assert_eq!(executed("==1== ERROR: libFuzzer: deadly signal"), None);
    }
}
