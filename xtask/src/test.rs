//! `cargo xtask test`: the layers in order, each timed, the first failure stops the run.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::layer::{Context, LAYERS, clean};
use crate::options::Options;
use crate::shell::say;
use crate::tally::Tally;

/// A layer that ran, for the closing table.
struct Timed {
    name: &'static str,
    took: Duration,
    passed: bool,
}

/// Runs the layers that `options` want and closes with minutes per layer and the count of tests.
pub(crate) fn run(root: PathBuf, options: &Options) -> Outcome {
    let was_clean = clean::is_clean(&root);
    let context = Context { root, tally: Mutex::new(Tally::default()), was_clean };
    let mut timed = Vec::new();
    let outcome = each(&context, options, &mut timed);
    close(&context, &timed);
    outcome
}

fn each(context: &Context, options: &Options, timed: &mut Vec<Timed>) -> Outcome {
    for layer in LAYERS.iter().filter(|layer| options.wants(layer.name, layer.fast)) {
        say(&format!("\n== {}: {}", layer.name, layer.what));
        let start = Instant::now();
        let outcome = (layer.run)(context);
        timed.push(Timed { name: layer.name, took: start.elapsed(), passed: outcome.is_ok() });
        outcome.map_err(|why| Failure::new(format!("layer `{}` failed: {why}", layer.name)))?;
    }
    Ok(())
}

fn close(context: &Context, timed: &[Timed]) {
    say("");
    say(&table(timed));
    let tally = context.tally.lock().map(|tally| *tally).unwrap_or_default();
    if tally != Tally::default() {
        say(&tally.to_string());
    }
}

fn table(timed: &[Timed]) -> String {
    let mut lines = vec![format!("{:<10} {:>8}", "layer", "minutes")];
    let row = |name: &str, took: Duration, mark: &str| {
        format!("{name:<10} {:>8.2}{mark}", took.as_secs_f64() / 60.0)
    };
    for layer in timed {
        lines.push(row(layer.name, layer.took, if layer.passed { "" } else { "  failed" }));
    }
    lines.push(row("all", timed.iter().map(|layer| layer.took).sum(), ""));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_gives_minutes_and_marks_the_failure() {
        let timed = [
            Timed { name: "fmt", took: Duration::from_secs(3), passed: true },
            Timed { name: "unit", took: Duration::from_secs(90), passed: false },
        ];
        let expected =
            "layer       minutes\nfmt            0.05\nunit           1.50  failed\nall            1.55";
        assert_eq!(table(&timed), expected);
    }
}
