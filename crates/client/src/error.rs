//! What can go wrong between asking and having an answer.

use std::fmt;

use codec_native::{Code, ErrorDetail};

/// A failed call.
#[derive(Debug)]
pub enum ClientError {
    /// The server said no.
    Said(Box<Said>),
    /// It could not be reached; nothing was sent.
    Unreachable {
        /// Which address.
        address: String,
        /// Why, in the system's words.
        why: String,
    },
    /// The connection broke, or the time ran out, after the request was sent: it may have been done.
    Broken {
        /// Why.
        why: String,
    },
    /// The answer is none of this API.
    Strange {
        /// The HTTP status.
        status: u16,
        /// The request's id, if one came with it.
        request_id: Option<String>,
    },
    /// The token is no text that a header can hold.
    Token,
    /// The authority's certificates cannot be read, or are missing where https needs them.
    Authority(&'static str),
    /// No memory for secrets.
    Memory,
}

/// The server's own error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its code, if this client knows it.
    pub code: Option<Code>,
    /// The HTTP status.
    pub status: u16,
    /// As it was said.
    pub detail: ErrorDetail,
    /// Seconds after which to try again.
    pub retry_after: Option<u64>,
}

impl ClientError {
    /// The code that the server gave.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Said(said) => said.code,
            _ => None,
        }
    }

    /// The request's id, where there was an answer.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Said(said) => Some(&said.detail.request_id),
            Self::Strange { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Whether nothing was done and the same call may be sent again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Said(said) => said.code.is_some_and(Code::is_retryable),
            Self::Unreachable { .. } => true,
            _ => false,
        }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(said) => {
                let ErrorDetail { code, message, request_id, .. } = &said.detail;
                write!(f, "{message} ({code}, request {request_id})")
            }
            Self::Unreachable { address, why } => write!(f, "cannot reach {address}: {why}"),
            Self::Broken { why } => {
                write!(f, "the connection broke before the answer, so it may have been done: {why}")
            }
            Self::Strange { status, request_id } => {
                let id = request_id.as_deref().unwrap_or("unknown");
                write!(f, "the answer is none of keystead's (status {status}, request {id})")
            }
            Self::Token => f.write_str("the token is not one line of plain characters"),
            Self::Authority(why) => f.write_str(why),
            Self::Memory => f.write_str("no memory for secrets"),
        }
    }
}

impl std::error::Error for ClientError {}
