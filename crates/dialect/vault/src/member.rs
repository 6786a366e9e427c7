//! Members as clients really send them: numbers as texts, texts as numbers, base64 cut into lines. Whatever is read
//! here is read before anybody is authenticated, so nothing grows beyond its bound.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use secret::{DecodeError, Exposure, SecretBytes};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, SeqAccess, Visitor};

/// A text member.
pub(crate) type Text<'a> = Option<Chars<'a>>;

/// A text, borrowed from the body wherever it stands there without escapes: a plaintext is not copied to the heap.
/// Numbers and booleans are taken as the text they are written as, booleans as 1 and 0.
#[derive(Debug)]
pub(crate) struct Chars<'a>(Cow<'a, str>);

impl Deref for Chars<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Chars<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(CharsVisitor).map(Chars)
    }
}

struct CharsVisitor;

impl<'de> Visitor<'de> for CharsVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(n.to_string()))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(n.to_string()))
    }

    fn visit_bool<E>(self, on: bool) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(if on { "1" } else { "0" }))
    }
}

/// A whole number, written as a number or as a text; the empty text is 0.
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
        if text.is_empty() { Ok(Whole(0)) } else { text.parse().map(Whole).map_err(E::custom) }
    }
}

/// Whether a setting asks for something: anything but a spelling of false, nothing or no time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Setting(pub(crate) bool);

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self(d.deserialize_any(SettingVisitor)?))
    }
}

struct SettingVisitor;

impl Visitor<'_> for SettingVisitor {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting")
    }

    fn visit_bool<E>(self, on: bool) -> Result<bool, E> {
        Ok(on)
    }

    fn visit_i64<E>(self, n: i64) -> Result<bool, E> {
        Ok(n != 0)
    }

    fn visit_u64<E>(self, n: u64) -> Result<bool, E> {
        Ok(n != 0)
    }

    fn visit_f64<E>(self, n: f64) -> Result<bool, E> {
        Ok(n != 0.0)
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        Ok(!matches!(text, "" | "0" | "0s" | "f" | "F" | "false" | "False" | "FALSE"))
    }
}

/// The items of a batch: at most `MOST` are kept, the rest is only counted as too many.
#[derive(Debug)]
pub(crate) struct Batch<T, const MOST: usize> {
    /// In the order given.
    pub(crate) items: Vec<T>,
    /// Whether there were more.
    pub(crate) too_many: bool,
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Batch<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_seq(BatchVisitor(PhantomData))
    }
}

struct BatchVisitor<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for BatchVisitor<T, MOST> {
    type Value = Batch<T, MOST>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut batch = Batch { items: Vec::new(), too_many: false };
        while batch.items.len() < MOST {
            match seq.next_element()? {
                Some(item) => batch.items.push(item),
                None => return Ok(batch),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {
            batch.too_many = true;
        }
        Ok(batch)
    }
}

/// A secret in base64, straight into locked memory; the error is the original's. Line ends are passed over, as the
/// original does: many tools cut base64 into lines.
pub(crate) fn secret(text: &str) -> Result<SecretBytes, String> {
    let decoded = if has_line_ends(text) { joined(text) } else { SecretBytes::from_base64_std(text) };
    decoded.map_err(|e| match e {
        DecodeError::Arena(full) => full.to_string(),
        DecodeError::Length | DecodeError::Alphabet | DecodeError::StrayBits => illegal(text),
    })
}

/// Decodes what is cut into lines; the joined text is as secret as what it encodes.
fn joined(text: &str) -> Result<SecretBytes, DecodeError> {
    let kept = || text.bytes().filter(|b| !is_line_end(*b));
    let (one_line, ()) = SecretBytes::try_build(kept().count(), |to| {
        to.iter_mut().zip(kept()).for_each(|(to, from)| *to = from);
    })?;
    SecretBytes::from_base64_std(one_line.expose(Exposure::HandToProvider))
}

/// Bytes in base64 that are no secret: associated data and ciphertexts. Line ends are passed over.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>, String> {
    use base64::Engine as _;
    let joined: Cow<'_, str> =
        if has_line_ends(text) { text.replace(['\r', '\n'], "").into() } else { text.into() };
    base64::engine::general_purpose::STANDARD.decode(joined.as_bytes()).map_err(|_| illegal(text))
}

fn is_line_end(b: u8) -> bool {
    matches!(b, b'\r' | b'\n')
}

fn has_line_ends(text: &str) -> bool {
    text.bytes().any(is_line_end)
}

fn illegal(text: &str) -> String {
    format!("illegal base64 data at input byte {}", bad_byte(text.as_bytes()))
}

/// Where a text stops being base64, counted as the original counts.
fn bad_byte(text: &[u8]) -> usize {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/' || is_line_end(b);
    let Some(at) = text.iter().position(|b| !fits(*b)) else { return text.len() / 4 * 4 };
    match text.get(at..) {
        Some([b'=', b'=', ..]) if at % 4 == 2 => at + 2,
        Some([b'=', ..]) if at % 4 == 3 => at + 1,
        _ => at,
    }
}

/// An explicit version; 0 and nothing mean the latest.
pub(crate) fn version(given: Option<Whole>) -> Result<Option<u32>, String> {
    match given {
        None | Some(Whole(0)) => Ok(None),
        Some(Whole(..0)) => Err("requested version for encryption is negative".to_owned()),
        // No key ever has so many versions: the gate finds this one too high.
        Some(Whole(n)) => Ok(Some(u32::try_from(n).unwrap_or(u32::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_judged_as_the_original_does() {
        for (text, at) in [("@@", 0), ("YQ", 0), ("YWJ\n@", 4), ("YWJjZ===", 5), ("YWJjZ", 4)] {
            assert_eq!(
                secret(text).unwrap_err(),
                format!("illegal base64 data at input byte {at}"),
                "{text:?}"
            );
        }
        for (text, at) in [("YWJjZGY=Z", 8), ("YW=j", 2), ("YWJjYW@j", 6)] {
            assert_eq!(
                bytes(text).unwrap_err(),
                format!("illegal base64 data at input byte {at}"),
                "{text:?}"
            );
        }
        for text in ["YW\nJj", "YWJj\r\n", "\nYWJj"] {
            assert_eq!(secret(text).unwrap().expose(Exposure::ReturnToAuthorisedCaller), b"abc", "{text:?}");
            assert_eq!(bytes(text).unwrap(), b"abc", "{text:?}");
        }
        assert!(secret("YW\nJ\u{e9}").is_err());
    }

    #[test]
    fn a_batch_keeps_no_more_than_its_bound() {
        let read = |text| serde_json::from_str::<Batch<Whole, 2>>(text).map(|b| (b.items.len(), b.too_many));
        assert_eq!(read("[1,2]").unwrap(), (2, false));
        assert_eq!(read("[1,2,3,4]").unwrap(), (2, true));
        assert_eq!(read("[]").unwrap(), (0, false));
        assert!(read("[1,2").is_err());
        assert!(read("{}").is_err());
    }

    #[test]
    fn texts_stay_where_they_are() {
        let text = |json| serde_json::from_str::<Chars<'_>>(json);
        assert!(matches!(text("\"abc\"").unwrap(), Chars(Cow::Borrowed("abc"))));
        assert_eq!(&*text(r#""a\/b""#).unwrap(), "a/b");
        assert_eq!((&*text("12").unwrap(), &*text("true").unwrap()), ("12", "1"));
        assert!(text("[]").is_err());
    }

    #[test]
    fn versions_are_whole_and_not_negative() {
        assert_eq!(version(Some(Whole(0))), Ok(None));
        assert_eq!(version(Some(Whole(3))), Ok(Some(3)));
        assert_eq!(version(Some(Whole(i64::MAX))), Ok(Some(u32::MAX)));
        assert!(version(Some(Whole(-1))).is_err());
        assert_eq!(serde_json::from_str::<Whole>("\"\"").unwrap(), Whole(0));
        assert!(serde_json::from_str::<Whole>("1.5").is_err());
    }
}
