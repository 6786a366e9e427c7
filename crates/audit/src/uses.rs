//! Last uses of keys and credentials: a counter derived from the log, in memory, and nowhere on the way of a use.
//!
//! What counts as a use is `domain`'s to say. A requester's own thread reads that off its record while it makes the
//! line; the threads of the log note it when the record is acknowledged, in one shard of a table, and nobody else
//! writes (INV-9). The newest record wins, by its place in the log and not by its time: so it does not matter in which
//! order records are noted or how often, nor that a clock was set back.
//!
//! What is promised: a use whose caller was answered is known, and one whose record was refused is not. Both tables
//! are bounded and forget what was used longest ago; an answer says since when it is complete ([`LastUse::since`]), and
//! that moves forward with what is forgotten. The times are those at which requests were taken up, so `since` is sharp
//! but for the length of a request.
//!
//! After a start: a side file, written now and then at a checkpoint and at close, says what was known up to some record;
//! the records after it are read back from the log, newest first, by a thread of their own. Until that is done, an
//! answer is complete only since the start. If it takes longer than its bounds, or the file is missing, damaged or of
//! another log, then what the file says is left out, for a newer use may stand between: answers are complete since
//! the oldest record that was read. After a kill -9 a use that is in the log is therefore counted again from the log.
//!
//! What is not promised: the side file is no evidence. It is not signed, and it is not looked at by `audit verify`; the
//! log alone is, and the record that is named with each last use stands there.

mod file;
mod read_back;
mod table;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::{AuditRecord, CredentialId, KeyId, LastUse, Timestamp, Use, Used};
use tracing::warn;

use crate::config::{LogConfig, UseLimits};
use file::Kept;
pub(crate) use read_back::Unread;
use table::{Spot, Table};

/// What one record tells of uses.
pub(crate) struct Marks {
    keys: Option<(Vec<KeyId>, Use)>,
    credential: Option<(CredentialId, Use)>,
}

impl Marks {
    pub(crate) fn of(record: &AuditRecord) -> Self {
        Self {
            keys: record.key_use().map(|it| (record.keys_used().collect(), it)),
            credential: record.credential_use().map(|(credential, it)| (credential.clone(), it)),
        }
    }
}

/// The same, of a record that has its place.
pub(crate) struct Marked {
    pub(crate) n: u64,
    pub(crate) marks: Marks,
}

/// What is known.
pub(crate) struct Uses {
    keys: Table<KeyId>,
    credentials: Table<CredentialId>,
    /// Whether what there was before the start has been read, as far as it will be.
    complete: AtomicBool,
    /// Up to which record the side file spoke at the start.
    kept_size: AtomicU64,
}

impl Uses {
    /// Knows nothing, and is complete since `now`.
    pub(crate) fn new(limits: UseLimits, now: Timestamp) -> Self {
        Self {
            keys: Table::new(limits.keys, now),
            credentials: Table::new(limits.credentials, now),
            complete: AtomicBool::new(false),
            kept_size: AtomicU64::new(0),
        }
    }

    pub(crate) fn last(&self, of: Used<'_>) -> LastUse {
        match of {
            Used::Key(id) => self.keys.last(&id),
            Used::Credential(id) => self.credentials.last(id),
        }
    }

    pub(crate) fn note(&self, Marked { n, marks }: &Marked) {
        if let Some((keys, it)) = &marks.keys {
            keys.iter().for_each(|key| self.keys.note(key, Spot { n: *n, it: *it }));
        }
        if let Some((credential, it)) = &marks.credential {
            self.credentials.note(credential, Spot { n: *n, it: *it });
        }
    }

    /// The log goes on from here: records that were acknowledged without `fdatasync` and lost are known still, but
    /// others take their places.
    pub(crate) fn go_back(&self, size: u64) {
        self.keys.go_back(size);
        self.credentials.go_back(size);
    }

    /// Takes up what was written down, if that is all there is in a log of `size` records; else tells what is to be
    /// read back.
    pub(crate) fn recall(&self, config: &LogConfig, size: u64) -> Option<Unread> {
        if size == 0 {
            self.complete.store(true, Ordering::Release);
            return None;
        }
        let kept = file::read(config, size).unwrap_or_else(|why| {
            warn!("audit log: last uses are read from the log: {why}");
            None
        });
        match kept {
            Some(kept) if kept.size == size => {
                self.kept_size.store(size, Ordering::Release);
                self.know(&kept);
                None
            }
            kept => Some(Unread { end: size, kept }),
        }
    }

    /// Everything after what was written down is noted: so that counts too.
    fn know(&self, kept: &Kept) {
        kept.keys.iter().for_each(|(id, spot)| self.keys.note(id, *spot));
        kept.credentials.iter().for_each(|(id, spot)| self.credentials.note(id, *spot));
        self.keys.complete_since(kept.keys_since);
        self.credentials.complete_since(kept.credentials_since);
        self.complete.store(true, Ordering::Release);
    }

    /// Only what was read from the log counts.
    fn know_since(&self, at: Timestamp) {
        self.keys.complete_since(at);
        self.credentials.complete_since(at);
        self.complete.store(true, Ordering::Release);
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    pub(crate) fn kept_size(&self) -> u64 {
        self.kept_size.load(Ordering::Acquire)
    }

    /// Writes down what is known, which holds every record below `size`.
    pub(crate) fn keep(&self, config: &LogConfig, size: u64) -> io::Result<()> {
        // Since when it is complete is asked last: entries forgotten meanwhile are missing, and it says so.
        let (keys, credentials) = (self.keys.all(), self.credentials.all());
        let (keys_since, credentials_since) = (self.keys.since(), self.credentials.since());
        file::write(config, &Kept { size, keys_since, credentials_since, keys, credentials })
    }
}
