//! Adds up what the test runners said they ran, so that a run closes on one line that counts them all.

use std::fmt;

/// Tests that passed and failed, over every runner of this run.
#[derive(Debug, Default, PartialEq, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Adds `line` if it closes a run of nextest, of cargo's own runner or of pytest.
    pub(crate) fn read(&mut self, line: &str) {
        if !closes_a_run(line) {
            return;
        }
        self.passed = self.passed.saturating_add(count_before(line, "passed"));
        for word in ["failed", "timed", "error", "errors"] {
            self.failed = self.failed.saturating_add(count_before(line, word));
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "total: {} passed, {} failed", self.passed, self.failed)
    }
}

fn closes_a_run(line: &str) -> bool {
    let line = line.trim();
    let nextest = line.starts_with("Summary [");
    let libtest = line.starts_with("test result: ");
    let pytest = line.ends_with('s') || line.ends_with(')') || line.ends_with('=');
    nextest || libtest || (pytest && line.contains(" in ") && counts(line.trim_matches(['=', ' '])))
}

/// Whether a line opens with a number and one of pytest's words.
fn counts(line: &str) -> bool {
    let mut words = line.split([' ', ',']);
    let number = words.next().is_some_and(|word| word.parse::<u64>().is_ok());
    number
        && words.next().is_some_and(|word| ["passed", "failed", "error", "errors", "skipped"].contains(&word))
}

fn count_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ',', ';', ':']).filter(|part| !part.is_empty()).collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    pairs.filter(|(_, next)| **next == word).find_map(|(number, _)| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, passed: u64, failed: u64) {
        let mut tally = Tally::default();
        tally.read(line);
        assert_eq!(tally, Tally { passed, failed }, "{line}");
    }

    #[test]
    fn the_three_runners_are_understood() {
        check("     Summary [   0.018s] 12 tests run: 11 passed (1 slow), 1 failed, 2 skipped", 11, 1);
        check("     Summary [  60.018s] 3 tests run: 1 passed, 1 failed, 1 timed out, 2 skipped", 1, 2);
        check("     Summary [   0.018s] 1 test run: 1 passed, 0 skipped", 1, 0);
        check("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", 3, 0);
        check("========= 2 failed, 5 passed, 1 skipped in 3.21s =========", 5, 2);
        check("63 passed in 41.02s", 63, 0);
        check("63 passed in 71.02s (0:01:11)", 63, 0);
        check("1 error in 0.10s", 0, 1);
    }

    #[test]
    fn other_lines_count_nothing() {
        check("running 3 tests", 0, 0);
        check("the 5 passed in review", 0, 0);
        check("cluster started: 4 passed", 0, 0);
    }

    #[test]
    fn the_closing_line_is_plain() {
        assert_eq!(Tally { passed: 7, failed: 0 }.to_string(), "total: 7 passed, 0 failed");
    }
}
