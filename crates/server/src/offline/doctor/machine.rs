//! What the machine gives: disk, locked memory, core files, time.

use std::io;
use std::path::Path;

use domain::Timestamp;
use provider_software::Software;
use rustix::fs::statvfs;
use rustix::process::{Resource, getrlimit};
use spi::Clock;

use super::Check;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::offline::progress::size;

/// No clock is right that is before this program was written: 2026-11-01.
const WRITTEN: Timestamp = Timestamp::from_millis(1_793_491_200_000);
/// Locked memory that a busy server uses: sixteen shards of every size of slab, and as much again for long values.
const MEMLOCK: u64 = 32 << 20;
/// Free space below which a warning is due, and below which nothing works for long.
const DISK_LOW: u64 = 1 << 30;
const DISK_OUT: u64 = 64 << 20;

/// The machine as the checks see it.
pub(super) struct Machine {
    pub(super) now: Timestamp,
    /// Most bytes that a process may lock, `None` for no limit.
    pub(super) memlock: Option<u64>,
    /// Largest core file, `None` for no limit.
    pub(super) core: Option<u64>,
    /// Bytes free for this user in the file system of a path.
    pub(super) free: fn(&Path) -> io::Result<u64>,
}

impl Machine {
    /// This one.
    pub(super) fn here() -> Self {
        Self {
            now: SystemClock::default().now(),
            // The server raises its soft limit to the hard one.
            memlock: getrlimit(Resource::Memlock).maximum,
            core: getrlimit(Resource::Core).current,
            free: |path| {
                let about = statvfs(path)?;
                Ok(about.f_bavail.saturating_mul(about.f_frsize))
            },
        }
    }

    pub(super) fn disk(&self, config: &Config) -> Check {
        const NAME: &str = "free disk";
        let hint = "make space, or move the data folder to a larger file system";
        match (self.free)(&config.data_dir) {
            Err(e) => {
                Check::fail(NAME, format!("{}: {e}", config.data_dir.display()), "look at its file system")
            }
            Ok(free) if free < DISK_OUT => Check::fail(NAME, format!("{} left", size(free)), hint),
            Ok(free) if free < DISK_LOW => Check::warn(NAME, format!("{} left", size(free)), hint),
            Ok(free) => Check::ok(NAME, format!("{} left", size(free))),
        }
    }

    pub(super) fn memlock(&self, config: &Config) -> Check {
        const NAME: &str = "locked memory";
        let hint = "set LimitMEMLOCK=infinity in the server's unit, or raise `ulimit -l`";
        match self.memlock {
            None => Check::ok(NAME, "without limit"),
            Some(limit) if limit >= MEMLOCK => Check::ok(NAME, format!("{} may be locked", size(limit))),
            Some(limit) => {
                let found = format!(
                    "{} may be locked, {} are wanted: secrets could reach swap",
                    size(limit),
                    size(MEMLOCK)
                );
                if config.lock_required {
                    Check::fail(NAME, found, hint)
                } else {
                    Check::warn(NAME, found, hint)
                }
            }
        }
    }

    pub(super) fn core(&self) -> Check {
        match self.core {
            Some(0) => Check::ok("core files", "off"),
            _ => Check::warn(
                "core files",
                "on for this user; the server turns them off for itself",
                "set LimitCORE=0 in the server's unit, so that they are off from its first instruction",
            ),
        }
    }

    /// Time must not be before the program nor before the last record.
    pub(super) fn clock(&self, config: &Config) -> Check {
        const NAME: &str = "clock";
        let hint = "set the clock and keep it by NTP: signatures are refused when it is 5 minutes off";
        let now = self.now.rfc3339();
        if self.now < WRITTEN {
            return Check::fail(NAME, format!("{now} is before this program was written"), hint);
        }
        match last_record(&config.data_dir.join("audit")) {
            Some(last) if self.now < last => {
                Check::fail(NAME, format!("{now} is before the last audit record, {}", last.rfc3339()), hint)
            }
            Some(_) => Check::ok(NAME, format!("{now}, after the last audit record")),
            None => Check::ok(NAME, now),
        }
    }
}

/// When the newest readable record was taken up.
fn last_record(dir: &Path) -> Option<Timestamp> {
    let tail = audit::tail(dir, &Software::new(), None, 1).ok()?;
    tail.entries.last().map(|(_, entry)| entry.record.at)
}
