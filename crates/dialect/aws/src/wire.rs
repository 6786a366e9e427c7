//! Errors as they stand on the wire, and strict reading of bodies.

use std::borrow::Cow;

use serde::Deserialize;

/// An error: code, text, and which letter its text's member begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WireError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
}

impl WireError {
    /// A client's error: awsJson KMS answers every one of them with 400.
    pub(crate) fn client(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: 400, code, message: message.into() }
    }

    /// Our failure, which SDKs try again.
    pub(crate) fn server(status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(crate) fn validation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::client("ValidationException", message)
    }

    pub(crate) fn serialization(message: impl Into<Cow<'static, str>>) -> Self {
        Self::client("SerializationException", message)
    }

    pub(crate) fn bad_base64() -> Self {
        Self::serialization("A blob is not valid base64.")
    }

    pub(crate) fn unsupported(message: impl Into<Cow<'static, str>>) -> Self {
        Self::client("UnsupportedOperationException", message)
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::client("UnknownOperationException", "")
    }

    pub(crate) fn internal() -> Self {
        Self::server(
            500,
            "KMSInternalException",
            "The request could not be completed because of an internal error.",
        )
    }

    pub(crate) fn is_missing_token(&self) -> bool {
        self.code == "MissingAuthenticationTokenException"
    }
}

/// Reads a body as one JSON object: bounded depth, no member twice, no member of a wrong type. Members that the model
/// does not name are passed over, as AWS does, so that newer clients keep working.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, WireError> {
    if body.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(WireError::serialization("Start of structure or map found where not expected."));
    }
    serde_json::from_slice(body).map_err(|e| {
        let text = if e.is_data() {
            "A member of the request has a wrong type or stands twice."
        } else {
            "The request is not well-formed JSON."
        };
        WireError::serialization(text)
    })
}
