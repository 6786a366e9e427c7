//! Secrets in memory: what must not be swapped, dumped, inherited by a fork, cloned or printed.
//!
//! A [`Secret`] keeps its bytes in the *slab arena*: mmap-ed regions between guard pages, locked
//! (`mlock`), left out of core images (`MADV_DONTDUMP`), wiped in a forked child (`MADV_WIPEONFORK`),
//! and wiped slot by slot when a secret is dropped. It has no `Clone`, `Serialize`, `Display` or
//! `PartialEq` (INV-2); reading asks an [`Exposure`] reason, so `grep Exposure::` is the audit list.
//!
//! This is one of the rooms that may hold `unsafe` (INV-11); it stands in `arena` alone.

mod arena;
mod encode;
mod exposure;
mod harden;
mod redact;
mod secret;
mod wiped;

pub use arena::{
    ArenaFull, ArenaStats, Locking, LockingError, MAX_LEN, arena_stats, is_arena_address, set_locking,
};
pub use encode::DecodeError;
pub use exposure::Exposure;
pub use harden::{HardeningReport, harden_process};
pub use redact::{LogSafe, Redacted};
pub use secret::{Secret, SecretBytes, SecretPair, Shape, WrongLength};
pub use wiped::WipedString;
