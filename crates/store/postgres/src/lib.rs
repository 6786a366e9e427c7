//! PostgreSQL underneath the record store: SQL only, and the same rows as in SQLite.
//!
//! Every commit locks the head row first, so commits of all nodes come one after the other, each in one transaction;
//! group commit makes up for it. What this first store does not do yet: pipelining, TLS to the server, reading back an
//! unknown outcome by batch id, and erasing old row versions from heap and WAL (see `docs/threats.md`).
#![deny(missing_docs)]

mod backend;
mod schema;
mod writer;

pub use backend::Postgres;
pub use tokio_postgres::Config;
pub use writer::PostgresWriter;

use store_record::BackendError;

/// With the server's own words, which `Display` alone leaves out.
pub(crate) fn sql(e: tokio_postgres::Error) -> BackendError {
    match e.as_db_error() {
        Some(said) => BackendError::new(format!("{}: {}", said.code().code(), said.message())),
        None => BackendError::new(e),
    }
}

/// A counter as the database keeps it; one that does not fit is damage, and reads as a revision that never was.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
