//! The slab arena: where the bytes of every secret live.
//!
//! *Regions* (`region`) are mapped memory with its protections. A region is cut into *slots* of one size
//! class (`class`), or is one slot by itself when a secret is larger than the largest class. Free slots
//! stand in a store per class (`depot`), and in front of it every thread keeps a few (`magazine`), so that
//! taking and giving back a slot costs no lock on the hot path. All bookkeeping lives outside the regions:
//! a forked child sees them zeroed and the lists still true.
//!
//! Invariant: a slot that is free, and every byte of a slot beyond its secret's length, is zero.

mod class;
mod depot;
mod error;
mod magazine;
mod policy;
mod region;
mod slot;
mod stats;

pub use class::MAX_LEN;
pub use error::ArenaFull;
pub use policy::{Locking, LockingError, set_locking};
pub use region::is_arena_address;
pub(crate) use slot::Slot;
pub use stats::{ArenaStats, arena_stats};
