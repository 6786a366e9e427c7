//! How a log is kept.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::OpenError;
use crate::files::{Disk, Files};

/// What an acknowledged use has survived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// `fdatasync`: survives power loss.
    #[default]
    Fsync,
    /// `write`: survives the process, not the machine; synced in the background within a bounded time. Committed
    /// changes and checkpoints wait for `fdatasync` all the same.
    Os,
}

/// When a checkpoint is due: whichever comes first, and at close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointEvery {
    /// Records since the last one.
    pub records: u64,
    /// Seconds since the last one, if anything was recorded.
    pub seconds: u64,
}

impl Default for CheckpointEvery {
    fn default() -> Self {
        Self { records: 10_000, seconds: 10 }
    }
}

/// Bounds of what is remembered of last uses (`uses.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseLimits {
    /// Keys remembered; beyond that, those used longest ago are forgotten.
    pub keys: usize,
    /// Credentials remembered, likewise.
    pub credentials: usize,
    /// Most records that are read back at start.
    pub scan_records: u64,
    /// The longest that reading back may take, in µs.
    pub scan_micros: u64,
    /// Least seconds between two writings of the side file; one more is written at close.
    pub save_seconds: u64,
}

impl Default for UseLimits {
    fn default() -> Self {
        Self {
            keys: 1 << 17,
            credentials: 1 << 15,
            scan_records: 5_000_000,
            scan_micros: 60_000_000,
            save_seconds: 60,
        }
    }
}

/// Everything a log needs to know.
#[derive(Clone)]
pub struct LogConfig {
    /// Where it lives; made with mode 0700 if absent.
    pub dir: PathBuf,
    /// The log's name in checkpoints: printable ASCII without white space and `+`, for example
    /// `keystead.example/node-1`.
    pub origin: String,
    /// What an acknowledged use has survived.
    pub durability: Durability,
    /// Bytes of one segment file.
    pub segment_bytes: u64,
    /// When checkpoints are due.
    pub checkpoint_every: CheckpointEvery,
    /// Milliseconds between attempts to make space after the file system refused.
    pub retry_millis: u64,
    /// Bounds of what is remembered of last uses.
    pub uses: UseLimits,
    /// The file system; faults are put in here by tests.
    pub files: Arc<dyn Files>,
}

/// Room for the header line of a segment.
pub(crate) const HEADER_MAX: u64 = 4096;
const SEGMENT_MIN: u64 = 16 << 10;
const SEGMENT_MAX: u64 = 1 << 30;

impl LogConfig {
    /// The defaults: durable by `fsync`, segments of 64 MiB.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, origin: impl Into<String>) -> Self {
        Self {
            dir: dir.into(),
            origin: origin.into(),
            durability: Durability::default(),
            segment_bytes: 64 << 20,
            checkpoint_every: CheckpointEvery::default(),
            retry_millis: 500,
            uses: UseLimits::default(),
            files: Arc::new(Disk),
        }
    }

    /// The longest line, which is also the space that tickets may not take: what the end of a segment may waste.
    pub(crate) fn line_max(&self) -> u64 {
        (self.segment_bytes / 4).min(1 << 20)
    }

    /// The longest JSON of a record: a line less its own members (index, commit, hashes) with room to spare.
    pub(crate) fn record_max(&self) -> u64 {
        self.line_max().saturating_sub(1024)
    }

    pub(crate) fn check(&self) -> Result<(), OpenError> {
        if !(SEGMENT_MIN..=SEGMENT_MAX).contains(&self.segment_bytes) {
            return Err(OpenError::Config(format!(
                "segment size {} is not between {SEGMENT_MIN} and {SEGMENT_MAX} bytes",
                self.segment_bytes
            )));
        }
        if !is_origin(&self.origin) {
            return Err(OpenError::Config(format!(
                "origin `{}` must be 1 to 128 printable ASCII characters without spaces and `+`",
                self.origin
            )));
        }
        Ok(())
    }
}

/// Whether a text can name a log in a signed note (C2SP signed-note: no spaces, no plus).
pub(crate) fn is_origin(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'+')
}
