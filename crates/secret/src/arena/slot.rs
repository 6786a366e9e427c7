//! A slot in use: the owner of one secret's bytes.

use std::ptr::NonNull;

use super::class::Class;
use super::depot::FreeSlot;
use super::{ArenaFull, magazine, region, stats};

/// Exclusive ownership of `len` bytes of the arena, wiped when dropped.
pub(crate) struct Slot {
    start: NonNull<u8>,
    len: usize,
    class: Class,
}

#[expect(unsafe_code, reason = "a secret may move between threads")]
// SAFETY: a slot is plain memory owned by this value alone, with no tie to a thread.
unsafe impl Send for Slot {}
#[expect(unsafe_code, reason = "a secret may be read by several threads")]
// SAFETY: shared access (`bytes`) only reads; writing asks `&mut self`.
unsafe impl Sync for Slot {}

impl Slot {
    /// A slot of `len` zero bytes.
    pub(crate) fn zeroed(len: usize) -> Result<Self, ArenaFull> {
        let class = Class::holding(len)?;
        let start = match class {
            Class::Slab(class) => magazine::take(class)?.0,
            Class::Direct(bytes) => {
                let start = region::map(bytes)?;
                stats::Shard::LAST.add_one();
                start
            }
        };
        Ok(Self { start, len, class })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[expect(unsafe_code, reason = "the one place where secret bytes are read")]
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: this value owns `len` initialised bytes at `start` (a fresh mapping or a wiped slot is
        // zero), for as long as it lives.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    #[expect(unsafe_code, reason = "the one place where secret bytes are written")]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and `&mut self` makes the access exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// Shortens to `len` bytes and wipes the rest; a larger `len` changes nothing.
    pub(crate) fn truncate(&mut self, len: usize) {
        if let Some(rest) = self.bytes_mut().get_mut(len..) {
            zeroize::Zeroize::zeroize(rest);
            self.len = len;
        }
    }

    /// Writes zeros over the bytes, eight at a time.
    #[expect(unsafe_code, reason = "volatile writes, so that the optimiser keeps them")]
    fn wipe(&mut self) {
        let words = self.start.as_ptr().cast::<u64>();
        for word in 0..self.len.div_ceil(8) {
            // SAFETY: slots begin at a multiple of 32 in a page and their size is a multiple of 8, so
            // each word that begins below `len` is aligned and wholly inside the slot that we own.
            unsafe { words.add(word).write_volatile(0) };
        }
        std::sync::atomic::compiler_fence(std::sync::atomic::Ordering::SeqCst);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.wipe();
        match self.class {
            Class::Slab(class) => magazine::give(class, FreeSlot(self.start)),
            Class::Direct(_) => {
                region::unmap(self.start);
                stats::Shard::LAST.sub_one();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arena_stats, is_arena_address};

    /// Reads a slot's memory after its owner is gone. The slot stands in this thread's magazine, and
    /// regions of slots are never unmapped.
    #[expect(unsafe_code, reason = "the test looks at what a dropped secret leaves behind")]
    fn left_behind(start: *const u8, len: usize) -> Vec<u8> {
        assert!(is_arena_address(start) && is_arena_address(start.wrapping_add(len - 1)));
        // SAFETY: inside a mapped region (asserted), and no thread writes to a slot of our magazine.
        (0..len).map(|at| unsafe { start.add(at).read_volatile() }).collect()
    }

    #[test]
    fn dropping_wipes_the_slot_in_every_slab_class() {
        for len in [1, 31, 32, 33, 64, 100, 129, 500, 1000, 2000, 4000, 8192] {
            let mut slot = Slot::zeroed(len).unwrap();
            slot.bytes_mut().fill(0xa5);
            let start = slot.start.as_ptr().cast_const();
            assert_eq!(left_behind(start, len), vec![0xa5; len], "positive control");
            drop(slot);
            assert_eq!(left_behind(start, len), vec![0; len]);
        }
    }

    #[test]
    fn truncating_wipes_the_rest_and_the_slot_goes_back_to_its_own_class() {
        let mut slot = Slot::zeroed(100).unwrap();
        slot.bytes_mut().fill(0xa5);
        let start = slot.start.as_ptr().cast_const();
        slot.truncate(200);
        assert_eq!(slot.len(), 100);
        slot.truncate(3);
        assert_eq!(slot.bytes(), [0xa5; 3]);
        assert_eq!(left_behind(start.wrapping_add(3), 97), vec![0; 97]);
        drop(slot);
        assert_eq!(Slot::zeroed(100).unwrap().start.as_ptr().cast_const(), start, "reused by its class");
    }

    #[test]
    fn a_reused_slot_starts_as_zeros() {
        for round in 0..200 {
            let mut slot = Slot::zeroed(48).unwrap();
            assert!(slot.bytes().iter().all(|b| *b == 0), "round {round}");
            slot.bytes_mut().fill(0xff);
        }
    }

    #[test]
    fn live_slots_never_overlap() {
        let mut slots: Vec<_> = (0..5000).map(|_| Slot::zeroed(32).unwrap()).collect();
        for (n, slot) in slots.iter_mut().enumerate() {
            slot.bytes_mut()[..8].copy_from_slice(&n.to_le_bytes());
        }
        for (n, slot) in slots.iter().enumerate() {
            assert_eq!(slot.bytes()[..8], n.to_le_bytes());
        }
    }

    #[test]
    fn a_large_secret_has_a_mapping_of_its_own_and_returns_it() {
        let before = arena_stats();
        let slot = Slot::zeroed(100_000).unwrap();
        let start = slot.start.as_ptr().cast_const();
        assert!(is_arena_address(start) && is_arena_address(start.wrapping_add(99_999)));
        assert!(!is_arena_address(start.wrapping_sub(1)), "a guard page is before");
        let held = arena_stats();
        assert_eq!(held.slots_in_use, before.slots_in_use + 1);
        assert!(held.bytes_reserved >= before.bytes_reserved + 100_000);
        drop(slot);
        assert!(!is_arena_address(start));
        assert_eq!(arena_stats(), before);
    }
}
