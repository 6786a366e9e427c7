//! Exit codes: stable, and documented in `--help`.

use client::ClientError;
use codec_native::Class;

/// For the end of the binary's `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  keystead itself failed, or a check found something wrong
  2  the command or the request is wrong
  3  not known, or not allowed
  4  what was asked for is not there
  5  what was asked for is not in a state for it
  6  not reached, sealed or busy: try again later";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok,
    /// A failure of ours, here or in the server.
    Failure,
    /// The command or the request is wrong in itself.
    Usage,
    /// Not known, or not allowed.
    Denied,
    /// What was asked for is not there.
    NotFound,
    /// What was asked for is not in a state for it.
    State,
    /// Not reached, sealed, or busy: later it may work.
    Unavailable,
}

impl Exit {
    /// The process's exit status.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Denied => 3,
            Self::NotFound => 4,
            Self::State => 5,
            Self::Unavailable => 6,
        }
    }
}

impl From<Class> for Exit {
    fn from(class: Class) -> Self {
        match class {
            Class::Request => Self::Usage,
            Class::Denied => Self::Denied,
            Class::NotFound => Self::NotFound,
            Class::State => Self::State,
            Class::Unavailable => Self::Unavailable,
            Class::Failure => Self::Failure,
        }
    }
}

impl From<&ClientError> for Exit {
    fn from(error: &ClientError) -> Self {
        match error {
            ClientError::Said(said) => {
                said.code.map_or_else(|| by_status(said.status), |code| code.class().into())
            }
            ClientError::Unreachable { .. } | ClientError::Broken { .. } => Self::Unavailable,
            ClientError::Strange { .. } | ClientError::Memory => Self::Failure,
            ClientError::Token | ClientError::Authority(_) => Self::Usage,
        }
    }
}

/// For a code that a newer server made up.
const fn by_status(status: u16) -> Exit {
    match status {
        401 | 403 => Exit::Denied,
        404 => Exit::NotFound,
        409 => Exit::State,
        429 | 503 => Exit::Unavailable,
        400..500 => Exit::Usage,
        _ => Exit::Failure,
    }
}
