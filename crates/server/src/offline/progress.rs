//! One line on a terminal that says how far a long step is; silent where nobody watches.

use std::io::{IsTerminal, Write, stderr};

/// Shows the progress of one step after the other.
pub(crate) struct Progress {
    shown: bool,
    last: String,
}

impl Progress {
    /// Shows only if standard error is a terminal.
    pub(crate) fn new() -> Self {
        Self { shown: stderr().is_terminal(), last: String::new() }
    }

    /// `done` of `all`, and a word on it.
    pub(crate) fn show(&mut self, step: &str, done: u64, all: u64, note: &str) {
        let percent = done.saturating_mul(100).checked_div(all).unwrap_or(100);
        let line = format!("{step} {percent:>3} %  {note}");
        if self.shown && line != self.last {
            self.write(&format!("\r{line}\x1b[K"));
            self.last = line;
        }
    }

    fn write(&self, text: &str) {
        let mut err = stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if !self.last.is_empty() {
            self.write("\r\x1b[K");
        }
    }
}

/// A number with a comma before every third digit.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut tenths, mut unit) = (bytes.saturating_mul(10), "bytes");
    for next in UNITS {
        if tenths < 10_240 {
            break;
        }
        (tenths, unit) = (tenths / 1024, next);
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{}.{} {unit}", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        let sizes = [0, 1023, 1024, 1536, 10 << 20, 3 << 40].map(size);
        assert_eq!(sizes, ["0 bytes", "1023 bytes", "1.0 KiB", "1.5 KiB", "10.0 MiB", "3.0 TiB"]);
    }
}
