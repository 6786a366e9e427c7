//! Small helpers that keep arithmetic and locking free of panics.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Length as `u64`; every platform we build for fits.
pub(crate) fn len64(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// A count as `usize`, saturating.
pub(crate) fn size(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Locks; a poisoned lock is taken all the same, for every holder leaves the state whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
