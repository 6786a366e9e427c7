//! Formatting and clippy.

use super::Context;
use crate::failure::Outcome;
use crate::shell::step;

pub(super) fn fmt(context: &Context) -> Outcome {
    step("cargo").args(["fmt", "--all", "--check"]).within(&context.root).run()
}

pub(super) fn clippy(context: &Context) -> Outcome {
    let words =
        ["clippy", "--profile", "ci", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    step("cargo").args(words).within(&context.root).run()
}
