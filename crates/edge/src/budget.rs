//! A bounded quantity that is taken without waiting and given back on drop: connections, requests, bytes of bodies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// At most `cap` units out at once.
#[derive(Debug)]
pub(crate) struct Budget {
    cap: usize,
    taken: AtomicUsize,
}

impl Budget {
    pub(crate) fn new(cap: usize) -> Arc<Self> {
        Arc::new(Self { cap, taken: AtomicUsize::new(0) })
    }

    /// Takes `units`, or nothing if they are not all there.
    pub(crate) fn take(self: &Arc<Self>, units: usize) -> Option<Taken> {
        self.reserve(units).then(|| Taken { budget: Arc::clone(self), units })
    }

    /// Units out now.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    fn reserve(&self, units: usize) -> bool {
        let before = self.taken.fetch_add(units, Ordering::Relaxed);
        let fits = before.checked_add(units).is_some_and(|sum| sum <= self.cap);
        if !fits {
            self.taken.fetch_sub(units, Ordering::Relaxed);
        }
        fits
    }
}

/// Units taken; dropping gives them back.
#[derive(Debug)]
pub(crate) struct Taken {
    budget: Arc<Budget>,
    units: usize,
}

impl Taken {
    /// Takes `units` more; false if they are not there.
    pub(crate) fn grow(&mut self, units: usize) -> bool {
        let grown = self.budget.reserve(units);
        if grown {
            self.units = self.units.saturating_add(units);
        }
        grown
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.budget.taken.fetch_sub(self.units, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_no_more_than_the_cap_and_takes_back() {
        let budget = Budget::new(3);
        let mut two = budget.take(2).unwrap();
        assert!(budget.take(2).is_none());
        assert!(two.grow(1));
        assert!(!two.grow(1));
        assert_eq!(budget.taken(), 3);
        drop(two);
        assert_eq!(budget.taken(), 0);
        assert!(budget.take(usize::MAX).is_none());
    }
}
