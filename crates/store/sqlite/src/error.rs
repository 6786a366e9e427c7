//! SQLite's errors and numbers at the seam.

use store_record::BackendError;

pub(crate) fn sql(e: rusqlite::Error) -> BackendError {
    BackendError::new(e)
}

pub(crate) fn io(what: &str, e: &std::io::Error) -> BackendError {
    BackendError::new(format!("{what}: {e}"))
}

/// A counter as SQLite keeps it; one that does not fit is damage, and reads as a revision that never was.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
