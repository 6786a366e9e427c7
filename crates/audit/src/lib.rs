//! The audit log: an append-only Merkle tree of records in plain files, and the fence that every use passes
//! (ARCHITECTURE §6 and §7, INV-5, INV-10).
//!
//! A directory of preallocated segments of JSON lines holds the records; [`Log`] appends to it with group commit and
//! signs checkpoints over what is durable. Whoever has the files and the public key can check them without us:
//! [`verify`], [`prove`] and [`tail`] need nothing else.

mod config;
mod error;
mod files;
mod key;
mod line;
mod log;
mod meter;
mod note;
mod prove;
mod reader;
mod search;
mod segment;
mod tree;
mod uses;
mod util;
mod verify;

pub use config::{CheckpointEvery, Durability, LogConfig, UseLimits};
pub use error::OpenError;
pub use files::{Disk, Files, LogFile};
pub use line::Entry;
pub use log::{Log, Status};
pub use meter::{AuthFailureMeter, FailureSummary, MeterLimits, Verdict};
pub use note::{BadNote, Checkpoint, Countersigner, VerifierKey};
pub use prove::{ConsistencyProof, InclusionProof, ProveError, prove, prove_consistency};
pub use search::{Tail, position_of, search, tail};
pub use tree::{Hash, verify_consistency, verify_inclusion};
pub use verify::{Finding, Report, verify};
