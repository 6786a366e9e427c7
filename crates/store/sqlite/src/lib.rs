//! SQLite underneath the record store: SQL only. One writing connection, a few reading ones; WAL, `synchronous=FULL`,
//! `secure_delete`, files 0600. Everything sealed, fenced or counted is `store/record`'s.
#![deny(missing_docs)]

mod backend;
mod copy;
mod error;
mod open;
mod readers;
mod schema;
mod writer;

pub use backend::Sqlite;
pub use copy::{Examined, copy, examine};
pub use writer::SqliteWriter;
