//! Text members as they lie in a body: borrowed, and the secret ones decoded on the spot.
//!
//! serde borrows a bare `Cow` only, never one inside an `Option`: there it makes a heap copy of every text. For a
//! plaintext that would be one more copy that nobody wipes, so members have types of their own.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use secret::{DecodeError, SecretBytes};
use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::constraint::Checks;
use crate::wire::WireError;

/// A text member that may be absent.
pub(crate) type Text<'a> = Option<Str<'a>>;

/// A text, borrowed from the body unless escapes had to be resolved.
#[derive(Debug, Default)]
pub(crate) struct Str<'a>(Cow<'a, str>);

impl Str<'_> {
    pub(crate) fn into_owned(self) -> String {
        self.0.into_owned()
    }
}

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_str(Borrowing).map(Self)
    }
}

struct Borrowing;

impl<'de> Visitor<'de> for Borrowing {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Most bytes that a secret member of this slice may hold (Encrypt's plaintext).
const MOST: usize = 4096;
/// Characters that so many bytes take in base64.
const MOST_CHARS: usize = MOST.div_ceil(3) * 4;

/// A blob whose bytes are secret: base64 in the body, decoded straight into locked memory. What is longer than any
/// bound is measured and not decoded. (Only a text with escapes, which no SDK writes, passes through serde's buffer.)
pub(crate) enum SecretBlob {
    /// The bytes.
    Decoded(SecretBytes),
    /// At least so many bytes, left where they were.
    TooLong(usize),
    /// No base64.
    Garbled,
    /// Locked memory is used up.
    NoMemory,
}

impl SecretBlob {
    fn decode(text: &str) -> Self {
        if text.len() > MOST_CHARS {
            return Self::TooLong(text.len() / 4 * 3);
        }
        match SecretBytes::from_base64_std(text) {
            Ok(bytes) => Self::Decoded(bytes),
            Err(DecodeError::Length | DecodeError::Alphabet | DecodeError::StrayBits) => Self::Garbled,
            Err(DecodeError::Arena(_)) => Self::NoMemory,
        }
    }

    /// The bytes of a member that must be there. `None` where its length or absence now stands among `checks`.
    pub(crate) fn required(
        blob: Option<Self>,
        member: &str,
        checks: &mut Checks,
    ) -> Result<Option<SecretBytes>, WireError> {
        checks.required(member, blob.as_ref());
        match blob {
            None => Ok(None),
            Some(Self::Decoded(bytes)) => {
                checks.blob(member, Some(bytes.len()), 1, MOST);
                Ok(Some(bytes))
            }
            Some(Self::TooLong(length)) => {
                checks.blob(member, Some(length), 1, MOST);
                Ok(None)
            }
            Some(Self::Garbled) => Err(WireError::bad_base64()),
            Some(Self::NoMemory) => Err(WireError::internal()),
        }
    }
}

impl<'de> Deserialize<'de> for SecretBlob {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_str(Decoding)
    }
}

struct Decoding;

impl Visitor<'_> for Decoding {
    type Value = SecretBlob;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretBlob, E> {
        Ok(SecretBlob::decode(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        plain: Text<'a>,
        #[serde(borrow)]
        escaped: Text<'a>,
        absent: Option<Str<'a>>,
    }

    #[test]
    fn a_text_is_borrowed_unless_it_has_escapes() {
        let body: Body<'_> =
            serde_json::from_str(r#"{"plain":"abc","escaped":"a\/b","absent":null}"#).unwrap();
        assert!(matches!(body.plain, Some(Str(Cow::Borrowed("abc")))));
        assert!(matches!(body.escaped, Some(Str(Cow::Owned(text))) if text == "a/b"));
        assert!(body.absent.is_none());
    }

    fn secret(text: &str) -> SecretBlob {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    #[test]
    fn a_secret_is_decoded_measured_or_refused() {
        let length = |blob| match blob {
            SecretBlob::Decoded(bytes) => Some(bytes.len()),
            SecretBlob::TooLong(_) | SecretBlob::Garbled | SecretBlob::NoMemory => None,
        };
        assert_eq!(length(secret("aGVsbG8=")), Some(5));
        assert_eq!(length(secret("a\\/8=")), Some(2));
        assert_eq!(length(secret(&"A".repeat(MOST_CHARS))), Some(4098));
        assert!(matches!(secret(&"A".repeat(MOST_CHARS + 4)), SecretBlob::TooLong(4101)));
        assert!(matches!(secret("@@@@"), SecretBlob::Garbled));
        assert!(matches!(secret("aGVsbG8"), SecretBlob::Garbled));
    }
}
