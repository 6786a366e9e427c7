//! `cargo xtask tidy`: rules of ARCHITECTURE.md that neither compiler nor clippy can keep.
//!
//! A rule is a function from the tree of files to findings; each has a test that makes it fire. Rules
//! that keep an invariant name it (INV-7, INV-11).

mod ambient;
mod arrows;
mod bans;
mod compatibility;
mod form;
mod invariants;
mod manifest;
mod wire_names;

use std::fmt;
use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::shell::{complain, say};
use crate::tree::Tree;

/// Something to mend, or (a warning) to know.
#[derive(Debug, PartialEq)]
pub(crate) struct Finding {
    rule: &'static str,
    place: String,
    text: String,
    warning: bool,
}

impl Finding {
    fn error(rule: &'static str, place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { rule, place: place.into(), text: text.into(), warning: false }
    }

    fn warning(rule: &'static str, place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { warning: true, ..Self::error(rule, place, text) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.warning { "warning" } else { "error" };
        write!(to, "{kind}[{}] {}: {}", self.rule, self.place, self.text)
    }
}

/// The rules that need nothing but the files.
const RULES: &[fn(&Tree) -> Vec<Finding>] = &[
    arrows::arrows,
    manifest::lints,
    manifest::testkit,
    compatibility::present,
    form::module_doc,
    form::length,
    form::allow,
    form::one_test_binary,
    invariants::named,
    wire_names::homes,
    ambient::time_and_randomness,
    ambient::unsafe_homes,
];

/// Checks the workspace at `root`; warnings are printed, errors fail.
pub(crate) fn run(root: &Path) -> Outcome {
    let tree = Tree::read(root)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.extend(bans::reachable(&tree, &bans::graph(root)?));
    for finding in &findings {
        complain(&finding.to_string());
    }
    match findings.iter().filter(|finding| !finding.warning).count() {
        0 => {
            say(&format!("tidy: {} rules hold, {} warnings", RULES.len().saturating_add(1), findings.len()));
            Ok(())
        }
        errors => Err(Failure::new(format!("tidy found {errors} errors"))),
    }
}

#[cfg(test)]
pub(crate) mod check {
    //! One way to state what a rule finds in a small made-up tree.

    use super::*;

    /// Asserts that `rule` finds exactly these places, in this order.
    #[track_caller]
    pub(crate) fn finds(rule: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)], places: &[&str]) {
        let found = rule(&Tree::of(files));
        let found_places: Vec<&str> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(found_places, places, "{found:#?}");
    }
}
