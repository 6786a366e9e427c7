//! A refusal on its way out: code, text, data.

use std::collections::BTreeMap;

use codec_native::{BadBody, BadQuery, Code};

/// What is answered instead of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) details: BTreeMap<String, String>,
    /// Milliseconds after which to try again.
    pub(crate) retry_after: Option<u32>,
    /// Methods that the path has.
    pub(crate) allow: Option<String>,
}

impl Refused {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: BTreeMap::new(), retry_after: None, allow: None }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(Code::Malformed, message)
    }

    pub(crate) fn internal() -> Self {
        Self::new(Code::Internal, "something broke on our side; report it with the request id")
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.details.insert(name.to_owned(), value.to_string());
        self
    }

    pub(crate) fn after(self, millis: u32) -> Self {
        Self { retry_after: Some(millis), ..self }
    }
}

impl From<BadBody> for Refused {
    fn from(bad: BadBody) -> Self {
        Self::malformed(bad.to_string())
    }
}

impl From<BadQuery> for Refused {
    fn from(bad: BadQuery) -> Self {
        Self::malformed(bad.to_string())
    }
}
