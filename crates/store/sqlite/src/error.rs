//! SQLite's errors and numbers at the seam.

use rusqlite::ffi;
use store_record::BackendError;

pub(crate) fn sql(e: rusqlite::Error) -> BackendError {
    BackendError::new(e)
}

pub(crate) fn io(what: &str, e: &std::io::Error) -> BackendError {
    BackendError::new(format!("{what}: {e}"))
}

/// Whether a failed COMMIT left no whole commit behind, so that rolling back undoes it for good.
///
/// In WAL mode a transaction is committed by its last frame, which is the last thing written. Without space, or when a
/// write itself fails, that frame is short and its checksum does not fit, so neither readers nor recovery take it. A
/// sync that failed is another matter: the frame is whole, and nobody knows whether it reached the disk.
pub(crate) fn refused_before_its_end(e: &rusqlite::Error) -> bool {
    let Some(code) = e.sqlite_error().map(|e| e.extended_code) else { return false };
    matches!(code, ffi::SQLITE_FULL | ffi::SQLITE_IOERR_WRITE) || code & 0xff == ffi::SQLITE_BUSY
}

/// A counter as SQLite keeps it; one that does not fit is damage, and reads as a revision that never was.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ended_before_the_last_frame_is_known_to_be_undone() {
        let failed =
            |code| refused_before_its_end(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_BUSY, ffi::SQLITE_BUSY_SNAPSHOT] {
            assert!(failed(code), "{code}");
        }
        for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR, ffi::SQLITE_CORRUPT, ffi::SQLITE_IOERR_READ]
        {
            assert!(!failed(code), "{code}");
        }
    }
}
