//! Why a command stops.

use std::io;

use client::ClientError;
use codec_native::Code;

use crate::Exit;

/// What to do without a token.
const TOKENS: &str =
    "give one by `KEYSTEAD_TOKEN_FILE`, `KEYSTEAD_TOKEN` or the file `~/.config/keystead/token`";

/// Why a command stops before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The request was shown instead of sent.
    Explained,
    /// Nobody reads the answer any more, as when `head` has had enough: nothing is left to say.
    Unread,
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
            ClientError::Said(said) if said.code == Some(Code::ProofMissing) => format!("; {TOKENS}"),
            ClientError::Said(said) => format!("; see {}", said.detail.doc),
            _ => String::new(),
        };
        Self::Failed { exit: Exit::from(&error), text: format!("{error}{doc}") }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Unread;
        }
        Self::Failed { exit: Exit::Failure, text: format!("cannot write the answer: {error}") }
    }
}
