//! Canonical values as words on the wire: those of the domain, with hyphens throughout.

use codec_native::{Document, Pairs};
use domain::{Cursor, Language, PolicyDocument, Timestamp};
use serde::Serialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use api::ops::AssociatedData;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use codec_native::Base64;

use crate::refused::Refused;

/// Most characters of a cursor.
const MAX_CURSOR: usize = 2048;

/// The value of a word.
pub(crate) fn read<T: DeserializeOwned>(field: &str, word: &str) -> Result<T, Refused> {
    let as_is: StrDeserializer<'_, Error> = word.into_deserializer();
    let underscored = word.replace('-', "_");
    T::deserialize(as_is)
        .or_else(|_| T::deserialize(IntoDeserializer::<Error>::into_deserializer(underscored.as_str())))
        .map_err(|e| {
            let why = codec_native::explain(&e.to_string()).replace('_', "-");
            Refused::malformed(format!("in `{field}`: {why}")).with("field", field)
        })
}

/// The word of a value that has no data.
pub(crate) fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word.replace('_', "-"),
        _ => "unknown".to_owned(),
    }
}

/// An instant in RFC 3339.
pub(crate) fn instant(field: &str, text: &str) -> Result<Timestamp, Refused> {
    let instant: Option<jiff::Timestamp> = if text.len() <= 64 { text.parse().ok() } else { None };
    let wrong = || Refused::malformed(format!("`{field}` is no instant like 2026-01-31T12:00:00Z"));
    Ok(Timestamp::from_millis(instant.ok_or_else(wrong)?.as_millisecond()))
}

/// A document of a policy.
pub(crate) fn document(document: Document) -> Result<PolicyDocument, Refused> {
    let language: Language = read("language", &document.language)?;
    Ok(PolicyDocument { language, text: document.text })
}

/// The same, the other way.
pub(crate) fn document_view(document: PolicyDocument) -> Document {
    Document { language: word(document.language), text: document.text }
}

/// What is bound to a ciphertext: pairs or bytes.
pub(crate) fn bound(context: Pairs, bytes: Option<Base64>) -> Result<AssociatedData, Refused> {
    match (context.is_empty(), bytes) {
        (false, Some(_)) => Err(Refused::malformed("give either `context` or `associated_data`, not both")),
        (false, None) => Ok(AssociatedData::Pairs(context.0.into_iter().collect())),
        (true, Some(bytes)) => Ok(AssociatedData::Bytes(bytes.0)),
        (true, None) => Ok(AssociatedData::None),
    }
}

/// A cursor as text.
pub(crate) fn cursor_view(cursor: Option<Cursor>) -> Option<String> {
    cursor.map(|cursor| URL_SAFE_NO_PAD.encode(cursor.0))
}

/// The cursor of a text.
pub(crate) fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Refused> {
    let Some(text) = text else { return Ok(None) };
    let bytes = if text.len() <= MAX_CURSOR { URL_SAFE_NO_PAD.decode(text).ok() } else { None };
    let wrong = || Refused::malformed("`after` is no cursor that a list gave");
    bytes.map(|bytes| Some(Cursor(bytes))).ok_or_else(wrong)
}

/// Items on a page: 100 unless said otherwise.
pub(crate) fn limit(text: Option<&str>) -> Result<usize, Refused> {
    let Some(text) = text else { return Ok(100) };
    let limit = text.parse().ok().filter(|limit| (1..=1000).contains(limit));
    limit.ok_or_else(|| Refused::malformed("`limit` must be between 1 and 1000"))
}

#[cfg(test)]
mod tests {
    use domain::{CredentialKind, KeySpec, Role, Usage};

    use super::*;

    #[test]
    fn words_have_hyphens_and_lead_back() {
        assert_eq!(word(Role::KeyCustodian), "key-custodian");
        assert_eq!(read::<Role>("role", "key-custodian").unwrap(), Role::KeyCustodian);
        assert_eq!(word(CredentialKind::BearerToken), "bearer-token");
        assert_eq!(read::<KeySpec>("spec", &word(KeySpec::HmacSha256)).unwrap(), KeySpec::HmacSha256);
        assert_eq!(read::<Usage>("usage", "verify-mac").unwrap(), Usage::VerifyMac);
        for role in Role::ALL {
            assert_eq!(word(role), role.word());
        }
    }

    #[test]
    fn a_slip_is_answered_with_what_was_meant() {
        let refused = read::<KeySpec>("spec", "aes-256").unwrap_err();
        assert_eq!(refused.message, "in `spec`: the word `aes-256` is unknown; did you mean `aes256`?");
        let refused = read::<Role>("role", "crypto-usr").unwrap_err();
        assert_eq!(
            refused.message,
            "in `role`: the word `crypto-usr` is unknown; did you mean `crypto-user`?"
        );
    }

    #[test]
    fn cursors_and_instants_are_strict() {
        let given = Some(Cursor(vec![0, 255, 7]));
        assert_eq!(cursor(cursor_view(given.clone()).as_deref()).unwrap(), given);
        assert!(cursor(Some("*")).is_err());
        assert!(cursor(Some(&"A".repeat(2052))).is_err());
        assert_eq!(instant("x", "1970-01-01T00:00:01Z").unwrap(), Timestamp::from_millis(1000));
        assert!(instant("x", "yesterday").is_err());
        assert!(limit(Some("0")).is_err());
    }
}
