//! Secrets on the wire: decoded straight into the arena, encoded straight out of it.
//!
//! JSON text that is written without escapes is borrowed from the body; whoever holds the body wipes it.

use std::fmt;

use secret::{Exposure, SecretBytes};
use serde::de::Visitor;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most bytes of a [`SecretText`].
const MAX_TEXT: usize = 4096;

/// Secret bytes as padded standard base64 (RFC 4648 section 4).
#[derive(Debug)]
pub struct SecretBase64(pub SecretBytes);

/// A secret that is text by itself: a token, a custodian's share.
#[derive(Debug)]
pub struct SecretText(pub SecretBytes);

impl Serialize for SecretBase64 {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let text = self.0.encode_base64_std(Exposure::ReturnToAuthorisedCaller).map_err(S::Error::custom)?;
        s.serialize_str(text.as_str())
    }
}

impl<'de> Deserialize<'de> for SecretBase64 {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = SecretBase64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64 text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SecretBase64, E> {
                let bytes = SecretBytes::from_base64_std(text);
                bytes.map(SecretBase64).map_err(|_| E::custom("the text is no padded standard base64"))
            }
        }
        d.deserialize_str(Text)
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let text = std::str::from_utf8(self.0.expose(Exposure::ReturnToAuthorisedCaller));
        s.serialize_str(text.map_err(|_| S::Error::custom("a secret that is no text"))?)
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = SecretText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SecretText, E> {
                if text.len() > MAX_TEXT {
                    return Err(E::custom("the text is too long"));
                }
                let (secret, ()) =
                    SecretBytes::try_build(text.len(), |bytes| bytes.copy_from_slice(text.as_bytes()))
                        .map_err(|_| E::custom("no memory for a secret"))?;
                Ok(SecretText(secret))
            }
        }
        d.deserialize_str(Text)
    }
}
