//! Members as clients really send them: numbers as texts, texts as numbers.

use std::borrow::Cow;
use std::fmt;

use secret::SecretBytes;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

/// A text member.
pub(crate) type Text<'a> = Option<Cow<'a, str>>;

/// A whole number, written as a number or as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(WholeVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Whole, E> {
        Ok(Whole(n))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Whole, E> {
        i64::try_from(n).map(Whole).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Whole, E> {
        text.parse().map(Whole).map_err(E::custom)
    }
}

/// A secret in base64, straight into locked memory; the error is the original's.
pub(crate) fn secret(text: &str) -> Result<SecretBytes, String> {
    SecretBytes::from_base64_std(text)
        .map_err(|_| format!("illegal base64 data at input byte {}", bad_byte(text)))
}

/// Associated data in base64, which is no secret.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>, String> {
    use base64::Engine as _;
    let decoded = base64::engine::general_purpose::STANDARD.decode(text);
    decoded.map_err(|_| format!("illegal base64 data at input byte {}", bad_byte(text)))
}

/// Where a text stops being base64.
fn bad_byte(text: &str) -> usize {
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    text.bytes().position(|b| !alphabet(b)).unwrap_or(text.len() / 4 * 4)
}

/// An explicit version; 0 and nothing mean the latest.
pub(crate) fn version(given: Option<Whole>) -> Result<Option<u32>, String> {
    match given {
        None | Some(Whole(0)) => Ok(None),
        Some(Whole(n)) => {
            u32::try_from(n).map(Some).map_err(|_| "cannot encrypt with a negative key version".to_owned())
        }
    }
}
