//! Unit, property and conformance tests by nextest, or by cargo's own runner where that is absent.
//!
//! Both the `unit` and the `postgres` layer build the whole workspace, so that features are unified once
//! and nothing is compiled twice; they differ in the tests that they select.

use super::Context;
use crate::failure::Outcome;
use crate::shell::{Step, step};

/// The crate whose tests need a database and have a layer of their own.
const STORE: &str = "keystead-store-postgres";

pub(super) fn tests(context: &Context) -> Outcome {
    let step = if has_nextest() {
        nextest().arg("-E").arg(format!("not package({STORE})"))
    } else {
        step("cargo").args([
            "test",
            "--profile",
            "ci",
            "--workspace",
            "--locked",
            "--lib",
            "--bins",
            "--tests",
            "--exclude",
            STORE,
        ])
    };
    step.within(&context.root).run_counted(&context.tally)
}

/// The tests of the PostgreSQL store, against the database at `url`.
pub(super) fn store_tests(context: &Context, url: &str) -> Outcome {
    let step = if has_nextest() {
        nextest().arg("-E").arg(format!("package({STORE})"))
    } else {
        step("cargo").args(["test", "--profile", "ci", "--locked", "-p", STORE])
    };
    step.env("KEYSTEAD_TEST_POSTGRES_URL", url).within(&context.root).run_counted(&context.tally)
}

pub(super) fn doc_tests(context: &Context) -> Outcome {
    let words = ["test", "--profile", "ci", "--workspace", "--locked", "--doc"];
    step("cargo").args(words).within(&context.root).run_counted(&context.tally)
}

fn nextest() -> Step {
    step("cargo").args(["nextest", "run", "--cargo-profile", "ci", "--workspace", "--locked"])
}

fn has_nextest() -> bool {
    step("cargo").args(["nextest", "--version"]).succeeds()
}
