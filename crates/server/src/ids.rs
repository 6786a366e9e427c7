//! Entropy for request ids, drawn for many at once: an id is no secret, and one call of the generator serves 32 of them.

use std::cell::Cell;

use spi::Entropy;

/// Random bytes of one id.
const ID: usize = 10;
/// Bytes drawn at once.
const POOL: usize = 32 * ID;

/// What this thread has drawn, and how much of it is left.
struct Pool {
    bytes: Cell<[u8; POOL]>,
    left: Cell<usize>,
}

thread_local! {
    static DRAWN: Pool = const { Pool { bytes: Cell::new([0; POOL]), left: Cell::new(0) } };
}

/// Random bytes for the next id; none is ever given twice.
pub(crate) fn next(entropy: &dyn Entropy) -> [u8; ID] {
    DRAWN.with(|pool| pool.take(entropy))
}

impl Pool {
    fn take(&self, entropy: &dyn Entropy) -> [u8; ID] {
        if self.left.get() == 0 {
            let mut fresh = [0; POOL];
            entropy.fill(&mut fresh);
            self.bytes.set(fresh);
            self.left.set(POOL);
        }
        let rest = self.left.get().saturating_sub(ID);
        self.left.set(rest);
        let bytes = self.bytes.get();
        bytes.get(rest..).and_then(<[u8]>::first_chunk).copied().unwrap_or_else(|| entropy.bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    /// Counts what is asked of it, and gives other bytes each time.
    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, out: &mut [u8]) {
            let draw = self.0.fetch_add(1, Ordering::Relaxed);
            for (n, byte) in out.iter_mut().enumerate() {
                *byte = draw.wrapping_mul(37).wrapping_add(u8::try_from(n / ID).unwrap());
            }
        }
    }

    #[test]
    fn every_draw_is_spent_before_the_next_and_nothing_comes_twice() {
        let entropy = Counting::default();
        let pool = Pool { bytes: Cell::new([0; POOL]), left: Cell::new(0) };
        let ids: std::collections::HashSet<_> = (0..96).map(|_| pool.take(&entropy)).collect();
        assert_eq!((ids.len(), entropy.0.load(Ordering::Relaxed)), (96, 3));
    }
}
