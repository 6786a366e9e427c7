//! Segments of paths: percent-encoding of everything but unreserved characters (RFC 3986 section 2.3), strictly read.

use std::fmt::Write as _;

/// What every path of this API begins with.
pub const ROOT: &str = "/keystead/v1/";

/// A segment that is no percent-encoded UTF-8 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPath;

/// Text as one segment; `/` and `:` are encoded, so that a key's reference never looks like a path or a verb.
#[must_use]
pub fn encode_segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The text of one segment.
///
/// # Errors
/// [`BadPath`] for a broken escape, text that is no UTF-8, or a control character.
pub fn decode_segment(segment: &str) -> Result<String, BadPath> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(high << 4 | low);
    }
    let text = String::from_utf8(bytes).map_err(|_| BadPath)?;
    if text.chars().any(char::is_control) { Err(BadPath) } else { Ok(text) }
}

fn digit(byte: Option<u8>) -> Result<u8, BadPath> {
    match byte {
        Some(b @ b'0'..=b'9') => Ok(b - b'0'),
        Some(b @ b'a'..=b'f') => Ok(b - b'a' + 10),
        Some(b @ b'A'..=b'F') => Ok(b - b'A' + 10),
        _ => Err(BadPath),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn broken_escapes_are_refused() {
        for bad in ["%", "%2", "%zz", "%ff", "%00", "%0a", "a%+1"] {
            assert_eq!(decode_segment(bad), Err(BadPath), "{bad}");
        }
        assert_eq!(decode_segment("a%2Fb"), Ok("a/b".to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(text in "[^\\p{Cc}]{0,40}") {
            let segment = encode_segment(&text);
            prop_assert!(!segment.contains(['/', ':', '?', '#', '&', '=']));
            prop_assert_eq!(decode_segment(&segment), Ok(text));
        }
    }
}
