//! The demo as the README gives it, but built with the profile that all tests share.

use super::Context;
use crate::failure::Outcome;
use crate::shell::step;

pub(super) fn run(context: &Context) -> Outcome {
    step("cargo")
        .args(["run", "--profile", "ci", "--locked", "--", "demo", "--exit"])
        .within(&context.root)
        .run()
}
