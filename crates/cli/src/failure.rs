//! Why a command stops.

use std::io;

use client::ClientError;

use crate::Exit;

/// Why a command stops before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The request was shown instead of sent.
    Explained,
    /// It failed.
    Failed {
        /// How the process ends.
        exit: Exit,
        /// What is said about it.
        text: String,
    },
}

impl Stop {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Failed { exit: Exit::Usage, text: text.into() }
    }
}

impl From<ClientError> for Stop {
    fn from(error: ClientError) -> Self {
        let doc = match &error {
            ClientError::Said(said) => format!("; see {}", said.detail.doc),
            _ => String::new(),
        };
        Self::Failed { exit: Exit::from(&error), text: format!("{error}{doc}") }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed { exit: Exit::Failure, text: format!("cannot write the answer: {error}") }
    }
}
