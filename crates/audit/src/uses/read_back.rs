//! Reads the newest records back after a start, beside the log that goes on, as far as its bounds allow.

use std::io;
use std::sync::atomic::Ordering;

use domain::Timestamp;
use tracing::{info, warn};

use super::file::Kept;
use super::{Marked, Marks};
use crate::log::Shared;
use crate::search::{backwards, whole};

/// What is not known yet when the log is open.
pub(crate) struct Unread {
    /// Records when it was opened: those from here on are noted as they come.
    pub(crate) end: u64,
    /// What was written down, of the records below some other.
    pub(crate) kept: Option<Kept>,
}

/// How reading back went.
#[derive(Default)]
struct Progress {
    records: u64,
    /// The oldest record that was read: its place and time.
    oldest: Option<(u64, Timestamp)>,
}

impl Unread {
    pub(crate) fn read_back(self, shared: &Shared) {
        let mut progress = Progress::default();
        if let Err(e) = self.read(shared, &mut progress) {
            warn!("audit log: last uses are read back no further than where it does not read: {e}");
        }
        if shared.ending.load(Ordering::Acquire) {
            // Whether it was done is not known: the next start begins where this one did.
            return;
        }
        let Progress { records, oldest } = progress;
        let reached = oldest.map_or(self.end, |(n, _)| n);
        match self.kept.filter(|kept| reached <= kept.size) {
            Some(kept) => shared.uses.know(&kept),
            // Without any record read it stays at what is known since the start.
            None => shared.uses.know_since(oldest.map_or_else(|| shared.uses.keys.since(), |(_, at)| at)),
        }
        info!("audit log: last uses were read back from {records} records");
    }

    fn read(&self, shared: &Shared, progress: &mut Progress) -> io::Result<()> {
        let (config, from) = (&shared.config, self.kept.as_ref().map_or(0, |kept| kept.size));
        let start = shared.clock.monotonic_micros();
        backwards(&config.dir, shared.crypto.as_ref(), self.end, |n, entry| {
            let late = shared.clock.monotonic_micros().saturating_sub(start) > config.uses.scan_micros;
            let enough = n < from || late || progress.records >= config.uses.scan_records;
            if enough || shared.ending.load(Ordering::Acquire) {
                return Ok(false);
            }
            let record = whole(n, entry)?.record;
            progress.records += 1;
            progress.oldest = Some((n, record.at));
            shared.uses.note(&Marked { n, marks: Marks::of(&record) });
            Ok(n > from)
        })
    }
}
