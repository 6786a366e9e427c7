//! Sealed rows: everything a record store owes the house except the database itself.
//!
//! [`SealedStore`] turns records, material and counters into sealed rows, keeps the revision ledger over them
//! (INV-4), fences and orders commits (INV-5, INV-10), and hands each commit to the audit log before it is
//! acknowledged. Underneath stands a [`Backend`], which only moves rows: `store/sqlite`, `store/postgres`.
#![deny(missing_docs)]

mod backend;
mod buckets;
mod counter;
mod envelope;
mod error;
mod head;
mod heart;
mod inspect;
mod keks;
mod ledger;
mod location;
mod pin;
mod plan;
mod reader;
mod recover;
mod rows;
mod stage;
mod store;
mod vault;
mod writer;

pub use backend::{
    Backend, BackendError, BackendResult, BoxedError, CommitFailure, IndexRange, IndexRow, Lookup, MATERIAL,
    Member, Row, RowKey, Snapshot, Writer,
};
pub use error::OpenError;
pub use inspect::{Holdings, Tally, inspect};
pub use ledger::BUCKETS;
pub use pin::{FilePin, MemoryPin, Pin, PinState};
pub use store::{Options, Parts, SealedStore};

/// Most bytes of a record's own text; what is larger does not belong in one row.
pub const MAX_RECORD: usize = 32 * 1024;
/// Most bytes of a record's id.
pub const MAX_ID: usize = 300;
/// Most bytes of an index key.
pub const MAX_INDEX_KEY: usize = 1024;
