//! AWS's percent encoding: RFC 3986 unreserved characters stand, all else becomes `%XX` in upper case.

use crate::error::SigV4Error;
use std::borrow::Cow;

const BAD_ESCAPE: SigV4Error =
    SigV4Error::Malformed { what: "incomplete or illegal escape % sequence in the query" };

/// Appends one byte, encoded.
pub(crate) fn push_byte(byte: u8, out: &mut Vec<u8>) {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        out.push(byte);
    } else {
        out.extend_from_slice(&[b'%', upper_hex(byte >> 4), upper_hex(byte & 0x0f)]);
    }
}

/// Appends `raw`, every byte encoded.
pub(crate) fn push_encoded(raw: &[u8], out: &mut Vec<u8>) {
    for byte in raw {
        push_byte(*byte, out);
    }
}

/// Appends a component of a query in canonical spelling: decoded, then encoded.
///
/// `+` means a space, as the form decoding of AWS's front ends has it.
pub(crate) fn push_recoded(raw: &[u8], out: &mut Vec<u8>) -> Result<(), SigV4Error> {
    for byte in Decoder(raw.iter()) {
        push_byte(byte?, out);
    }
    Ok(())
}

/// A component of a query, decoded; borrowed if there is nothing to decode.
pub(crate) fn decoded(raw: &[u8]) -> Result<Cow<'_, [u8]>, SigV4Error> {
    if raw.iter().any(|b| matches!(b, b'%' | b'+')) {
        Decoder(raw.iter()).collect::<Result<Vec<u8>, _>>().map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(raw))
    }
}

struct Decoder<'a>(std::slice::Iter<'a, u8>);

impl Iterator for Decoder<'_> {
    type Item = Result<u8, SigV4Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match *self.0.next()? {
            b'%' => Some(self.escape().ok_or(BAD_ESCAPE)),
            b'+' => Some(Ok(b' ')),
            plain => Some(Ok(plain)),
        }
    }
}

impl Decoder<'_> {
    fn escape(&mut self) -> Option<u8> {
        let high = nibble(*self.0.next()?)?;
        let low = nibble(*self.0.next()?)?;
        Some((high << 4) | low)
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn upper_hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + (nibble & 0x0f) - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recoded(raw: &str) -> Result<String, SigV4Error> {
        let mut out = Vec::new();
        push_recoded(raw.as_bytes(), &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn unreserved_stands_and_all_else_is_encoded_in_upper_case() {
        assert_eq!(recoded("aZ09-._~").unwrap(), "aZ09-._~");
        assert_eq!(recoded("%41%e1%2f/ *\u{1234}").unwrap(), "A%E1%2F%2F%20%2A%E1%88%B4");
        assert_eq!(recoded("a+b%2Bc").unwrap(), "a%20b%2Bc");
    }

    #[test]
    fn broken_escapes_are_refused() {
        for raw in ["%", "%4", "%zz", "a%4", "%-1", "%4g"] {
            assert_eq!(recoded(raw), Err(BAD_ESCAPE), "{raw}");
            assert!(decoded(raw.as_bytes()).is_err(), "{raw}");
        }
    }

    #[test]
    fn decoding_borrows_what_needs_none() {
        assert!(matches!(decoded(b"plain").unwrap(), Cow::Borrowed(b"plain")));
        assert_eq!(*decoded(b"a%2Fb").unwrap(), *b"a/b");
    }
}
