//! From a body to a request: bounded before it is parsed, and answered in words that show no value back, because a
//! value may be a secret.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::suggest::closest;

/// A body that is no request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadBody(String);

impl fmt::Display for BadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadBody {}

/// The body of a request that needs none: empty, or `{}`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Reads a body of at most `max` bytes; an empty one is `{}`. Nesting is bounded by the parser (128).
///
/// # Errors
/// [`BadBody`] says what is wrong and where, never with a value of the body.
pub fn decode<'a, T: Deserialize<'a>>(body: &'a [u8], max: usize) -> Result<T, BadBody> {
    if body.len() > max {
        return Err(BadBody(format!("the body has more than {max} bytes")));
    }
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| BadBody(worded(&e)))
}

fn worded(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Io | Category::Syntax => {
            format!("the body is not valid json, nested at most 128 deep, at line {line} column {column}")
        }
        Category::Eof => format!("the body ends too early, at line {line} column {column}"),
        Category::Data => {
            let text = error.to_string();
            let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
            format!("{} (line {line} column {column})", explain(text))
        }
    }
}

/// Puts an error of serde in our words: what was unknown and what was meant, but no value of another kind.
#[must_use]
pub fn explain(text: &str) -> String {
    if let Some(rest) = text.strip_prefix("unknown field `") {
        return unknown("field", rest);
    }
    if let Some(rest) = text.strip_prefix("unknown variant `") {
        return unknown("word", rest);
    }
    let shows_a_value = ["invalid type: ", "invalid value: ", "invalid length "];
    if shows_a_value.iter().any(|start| text.starts_with(start)) {
        let wanted = text.rsplit_once(", expected ").map_or("another value", |(_, wanted)| wanted);
        return format!("a value has the wrong form; expected {wanted}");
    }
    text.to_owned()
}

/// ``x`, expected one of `a`, `b``: the unknown word, and the known ones.
fn unknown(kind: &str, rest: &str) -> String {
    let (given, known) = rest.rsplit_once("`, expected ").unwrap_or((rest, ""));
    let given: String = given.chars().filter(|c| !c.is_control()).take(64).collect();
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    match closest(&given, known.iter().copied()) {
        Some(near) => format!("the {kind} `{given}` is unknown; did you mean `{near}`?"),
        None if known.is_empty() => format!("the {kind} `{given}` is unknown"),
        None => format!("the {kind} `{given}` is unknown; known are `{}`", known.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EncryptRequest;

    #[track_caller]
    fn check(body: &str, text: &str) {
        let error = decode::<EncryptRequest>(body.as_bytes(), 1000).unwrap_err().to_string();
        assert_eq!(error, text);
    }

    #[test]
    fn what_is_wrong_is_said_without_showing_values() {
        check(
            "{\"plaintxt\": 1}",
            "the field `plaintxt` is unknown; did you mean `plaintext`? (line 1 column 11)",
        );
        check("{}", "missing field `plaintext` (line 1 column 2)");
        check(
            "{\"plaintext\": 12345}",
            "a value has the wrong form; expected base64 text (line 1 column 19)",
        );
        check("{\"plaintext\": \"c2VjcmV0!\"}", "the text is no padded standard base64 (line 1 column 25)");
        check("{\"plaintext\": \"\", \"plaintext\": \"\"}", "duplicate field `plaintext` (line 1 column 29)");
        check("{\"plaintext\"", "the body ends too early, at line 1 column 12");
        check("{} x", "missing field `plaintext` (line 1 column 2)");
        check(
            "{\"plaintext\": \"\"} x",
            "the body is not valid json, nested at most 128 deep, at line 1 column 19",
        );
        check(
            "{\"plaintext\": \"\", \"context\": {\"a\": \"1\", \"a\": \"2\"}}",
            "the key `a` stands twice (line 1 column 43)",
        );
        check(&"x".repeat(1001), "the body has more than 1000 bytes");
    }

    #[test]
    fn deep_nesting_is_refused_without_depth_of_stack() {
        let deep = "[".repeat(100_000);
        assert!(decode::<serde_json::Value>(deep.as_bytes(), 200_000).is_err());
        assert!(decode::<EncryptRequest>(format!("{{\"context\": {deep}").as_bytes(), 200_000).is_err());
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        assert!(decode::<Nothing>(b"", 10).is_ok());
        assert!(decode::<Nothing>(b"{\"a\":1}", 10).is_err());
    }
}
