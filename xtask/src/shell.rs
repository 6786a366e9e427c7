//! Running other programs: each is echoed, its failure names it, and test runners are counted.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::{io, thread};

use crate::failure::{Failure, Outcome};
use crate::tally::Tally;

/// One program to run, echoed before it starts.
pub(crate) struct Step {
    command: Command,
    line: String,
}

/// Names the program of a step.
pub(crate) fn step(program: impl AsRef<OsStr>) -> Step {
    let line = program.as_ref().to_string_lossy().into_owned();
    Step { command: Command::new(program), line }
}

impl Step {
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = A>) -> Self {
        for word in words {
            self = self.arg(word);
        }
        self
    }

    pub(crate) fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        let _ = write!(self.line, " {}", word.as_ref().to_string_lossy());
        self.command.arg(word);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it with the terminal's own output.
    pub(crate) fn run(mut self) -> Outcome {
        say(&format!("$ {}", self.line));
        let status = self.command.stdin(Stdio::null()).status();
        self.judge(status)
    }

    /// Runs it, passes its output on and adds its closing lines to `tally`.
    pub(crate) fn run_counted(mut self, tally: &Mutex<Tally>) -> Outcome {
        say(&format!("$ {}", self.line));
        self.command.env("CARGO_TERM_COLOR", "never").stdin(Stdio::null());
        let child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(Failure::while_doing(&self.line))?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            scope.spawn(|| pass_on(out, tally));
            scope.spawn(|| pass_on(err, tally));
        });
        let status = child.wait();
        self.judge(status)
    }

    /// Runs it with all output in the file `log`, of which only a failure shows the end.
    pub(crate) fn run_logged(mut self, log: &Path) -> Outcome {
        say(&format!("$ {}", self.line));
        let file = File::create(log).map_err(Failure::while_doing(log.display()))?;
        let again = file.try_clone().map_err(Failure::while_doing(log.display()))?;
        let status = self.command.stdin(Stdio::null()).stdout(file).stderr(again).status();
        self.judge(status).inspect_err(|_| say(&end_of(log)))
    }

    /// Runs it in silence and gives its standard output.
    pub(crate) fn read(mut self) -> Outcome<String> {
        let output = self.command.stdin(Stdio::null()).output().map_err(Failure::while_doing(&self.line))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Failure::new(format!("`{}` ended with {}\n{reason}", self.line, output.status)))
    }

    /// Whether it can be started and succeeds; its output goes nowhere.
    pub(crate) fn succeeds(mut self) -> bool {
        let command = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn judge(self, status: io::Result<ExitStatus>) -> Outcome {
        let status = status.map_err(Failure::while_doing(&self.line))?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::new(format!("`{}` ended with {status}", self.line)))
    }
}

/// Copies a child's output line by line; it may be bytes that are no UTF-8.
fn pass_on(from: Option<impl Read>, tally: &Mutex<Tally>) {
    let Some(from) = from else { return };
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        say(&line);
        if let Ok(mut tally) = tally.lock() {
            tally.read(&line);
        }
    }
}

/// The last lines of a log that may hold bytes that are no UTF-8.
fn end_of(log: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(60)).copied().collect::<Vec<_>>().join("\n")
}

/// A line for the person at the terminal.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// A line on standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Step {
        step("sh").args(["-c", script])
    }

    #[test]
    fn a_failing_program_is_named_with_its_status() {
        let failure = sh("exit 7").run().unwrap_err().to_string();
        assert!(failure.contains("sh -c exit 7") && failure.contains('7'), "{failure}");
    }

    #[test]
    fn closing_lines_are_counted_on_both_streams() {
        let tally = Mutex::new(Tally::default());
        let script = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; echo '    Summary [ 0.1s] 3 tests run: 3 passed, 0 skipped' >&2";
        sh(script).run_counted(&tally).unwrap();
        assert_eq!(tally.into_inner().unwrap(), Tally { passed: 5, failed: 0 });
    }

    #[test]
    fn a_counted_program_that_fails_is_a_failure() {
        assert!(sh("exit 1").run_counted(&Mutex::new(Tally::default())).is_err());
    }

    #[test]
    fn reading_gives_output_or_the_reason() {
        assert_eq!(sh("printf out").read().unwrap(), "out");
        assert!(sh("echo why >&2; exit 1").read().unwrap_err().to_string().contains("why"));
    }
}
