//! The layers of a test run, cheapest first. A new layer is one file here and one line in [`LAYERS`].

pub(crate) mod clean;
mod clients;
mod crash;
mod demo;
mod fuzz;
mod lint;
mod packaging;
mod postgres;
mod unit;

pub(crate) use clients::bao;

use std::path::PathBuf;
use std::sync::Mutex;

use crate::failure::Outcome;
use crate::tally::Tally;
use crate::tidy;

/// What every layer may use.
pub(crate) struct Context {
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    /// What the test runners counted so far.
    pub(crate) tally: Mutex<Tally>,
    /// Whether git saw no change when the run started.
    pub(crate) was_clean: bool,
}

/// One layer: a name for `--layer`, and what it does.
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// Part of the inner loop (`--fast`).
    pub(crate) fast: bool,
    pub(crate) run: fn(&Context) -> Outcome,
}

const fn inner(name: &'static str, what: &'static str, run: fn(&Context) -> Outcome) -> Layer {
    Layer { name, what, fast: true, run }
}

const fn outer(name: &'static str, what: &'static str, run: fn(&Context) -> Outcome) -> Layer {
    Layer { name, what, fast: false, run }
}

/// In the order in which they run.
pub(crate) const LAYERS: &[Layer] = &[
    inner("fmt", "every file is formatted", lint::fmt),
    inner("tidy", "arrows, habits and invariants (cargo xtask tidy)", |context| tidy::run(&context.root)),
    inner("clippy", "no warning in any crate", lint::clippy),
    inner("unit", "unit, property and conformance tests", unit::tests),
    outer("doc", "examples in the documentation", unit::doc_tests),
    outer("postgres", "the PostgreSQL store on a throw-away cluster", postgres::run),
    outer("clients", "real clients against `keystead dev`", clients::run),
    outer("demo", "the tour that the README promises", demo::run),
    outer("packaging", "the unit's exposure, and what a package holds", packaging::run),
    outer("crash", "kill -9 at random instants, a hundred rounds", crash::run),
    outer("fuzz", "every fuzz target for ten seconds", fuzz::run),
    outer("tree", "the run left no file behind", clean::run),
];
