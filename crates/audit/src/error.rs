//! Why a log does not open, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why [`Log::open`](crate::Log::open) refuses.
#[derive(Debug)]
pub enum OpenError {
    /// The configuration is not usable.
    Config(String),
    /// Another process has the log open.
    InUse(PathBuf),
    /// The file system refuses.
    Io {
        /// What was being done.
        doing: String,
        /// What it answered.
        error: io::Error,
    },
    /// The files are not what this log wrote. Nothing was changed.
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// The audit key is missing or does not work.
    Key(String),
}

impl OpenError {
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |error| Self::Io { doing, error }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(why) => write!(f, "audit log configuration: {why}"),
            Self::InUse(dir) => write!(f, "the audit log in `{}` is open in another process", dir.display()),
            Self::Io { doing, error } => write!(f, "audit log: {doing}: {error}"),
            Self::Damaged { file, why } => write!(f, "audit log: `{}`: {why}", file.display()),
            Self::Key(why) => write!(f, "audit key: {why}"),
        }
    }
}

impl std::error::Error for OpenError {}
