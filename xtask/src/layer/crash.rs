//! kill -9 at random instants, for minutes: the loop of crates/server/tests/it/crash.rs, whose count is read back.

use std::fs;

use super::Context;
use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::{say, step};

/// Rounds that a run has at least, and seconds that it goes on for if they take less.
const FLOOR: u64 = 100;
const SECONDS: u64 = 120;

/// The test's name in the test binary of the server.
const LOOP: &str = "crash::inv_5_a_hundred_kills_lose_nothing";

/// By cargo's own runner: nextest would end a test that takes minutes. The whole workspace is named so that nothing is
/// built twice; no other room has a test of this name.
pub(super) fn run(context: &Context) -> Outcome {
    let log = install::target(&context.root).join("crash.log");
    step("cargo")
        .args(["test", "--profile", "ci", "--workspace", "--locked", "--test", "it", "--"])
        .args(["--exact", LOOP, "--ignored", "--nocapture"])
        .env("KEYSTEAD_CRASH_ROUNDS", FLOOR.to_string())
        .env("KEYSTEAD_CRASH_SECONDS", SECONDS.to_string())
        .within(&context.root)
        .run_logged(&log)?;
    let text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
    for line in text.lines().filter(|line| line.starts_with("crash ")) {
        say(line);
    }
    match rounds(&text) {
        Some(rounds) if rounds >= FLOOR => Ok(()),
        _ => Err(Failure::new(format!("fewer than {FLOOR} rounds ran: see {}", log.display()))),
    }
}

/// How many rounds ran, from the loop's closing line.
fn rounds(log: &str) -> Option<u64> {
    let line = log.lines().find_map(|line| line.strip_prefix("crash total: "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_and_its_absence_is_seen() {
        let log = "\ncrash seed 7: A=7 repeats\n\ncrash total: 104 rounds, 150 kills\ntest a ... ok\n";
        assert_eq!(rounds(log), Some(104));
        assert_eq!(rounds("test result: ok. 0 passed; 0 failed"), None);
    }
}
