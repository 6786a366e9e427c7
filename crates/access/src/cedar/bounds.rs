//! Bounds before parsing (INV-12).
//!
//! Cedar's parser, validator and evaluator recurse with the depth of an expression, and where the stack runs short the
//! validator passes what it did not look at. So depth is bounded here, far below what a worker's stack holds: nesting
//! by brackets, and in each policy the operators that build chains.

use std::iter::Peekable;
use std::str::Bytes;

/// Deepest nesting of brackets.
const DEEPEST: usize = 32;
/// Most bytes of operators in one policy: `.`, `[`, `(`, `&&`, `||`, `+`, `-`, `*`, `!`, and `if`.
const MOST_OPERATORS: usize = 256;

#[derive(Default)]
struct Scan {
    depth: usize,
    operators: usize,
    last: u8,
}

/// Whether the document keeps the bounds.
///
/// # Errors
/// Which one it does not.
pub(super) fn bounded(text: &str) -> Result<(), String> {
    let mut scan = Scan::default();
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'/' if bytes.peek() == Some(&b'/') => skip_comment(&mut bytes),
            byte => scan.take(byte)?,
        }
    }
    Ok(())
}

impl Scan {
    fn take(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'(' | b'[' | b'{' => self.depth += 1,
            b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            b';' => self.operators = 0,
            _ => {}
        }
        if b".[(&|+-*!".contains(&byte) || (self.last, byte) == (b'i', b'f') {
            self.operators += 1;
        }
        self.last = byte;
        if self.depth > DEEPEST {
            return Err(format!("brackets nest deeper than {DEEPEST}"));
        }
        if self.operators > MOST_OPERATORS {
            return Err(format!("one policy has more than {MOST_OPERATORS} operators"));
        }
        Ok(())
    }
}

fn skip_string(bytes: &mut Peekable<Bytes<'_>>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return,
            _ => {}
        }
    }
}

fn skip_comment(bytes: &mut Peekable<Bytes<'_>>) {
    while bytes.next_if(|byte| *byte != b'\n').is_some() {}
}

#[cfg(test)]
mod tests {
    use super::bounded;

    #[test]
    fn each_bound_holds_to_the_last() {
        for (open, close) in [("(", ")"), ("[", "]"), ("{", "}")] {
            let nested = |n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
            assert!(bounded(&nested(32)).is_ok(), "{open}");
            assert!(bounded(&nested(33)).is_err(), "{open}");
            assert!(bounded(&nested(32).repeat(8)).is_ok(), "what is closed is shallow again");
        }
        assert!(bounded(&"}".repeat(40)).is_ok(), "the parser's own matter");
        for operator in [".", "&", "|", "+", "-", "*", "!", "if "] {
            assert!(bounded(&operator.repeat(256)).is_ok(), "{operator}");
            assert!(bounded(&operator.repeat(257)).is_err(), "{operator}");
        }
        assert!(bounded(&"(".repeat(33)).is_err() && bounded(&"()".repeat(257)).is_err());
        assert!(bounded(&"[]".repeat(257)).is_err());
        for harmless in ["i f ", "fi ", "x / y ", "x, ", "a == b "] {
            assert!(bounded(&harmless.repeat(300)).is_ok(), "{harmless}");
        }
    }

    #[test]
    fn a_semicolon_in_a_string_or_comment_ends_no_policy() {
        let long = ".a".repeat(200);
        for between in ["\";\"", "\"\\\";\"", "// ;\n", "// \"\n\";\"", "\"//\" \";\""] {
            assert!(bounded(&format!("{long}{between}{long}")).is_err(), "{between}");
        }
        assert!(bounded(&format!("{long};{long};")).is_ok());
        assert!(bounded(&"if ".repeat(257)).is_err());
    }
}
