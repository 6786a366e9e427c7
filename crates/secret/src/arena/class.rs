//! Size classes: which slot holds a secret of a given length.

use super::ArenaFull;

/// The longest secret, in bytes: a bound on what one caller can lock.
pub const MAX_LEN: usize = 64 * 1024 * 1024;

/// Bytes of a slot in each slab class, ascending. Above the last, a secret is mapped by itself.
const SLOT_BYTES: [usize; SlabClass::COUNT] = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

/// Bytes of one region of slots: a multiple of every slot size and of every page size in use.
pub(super) const REGION_BYTES: usize = 64 * 1024;

/// Where a secret of some length lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A slot among others of its size.
    Slab(SlabClass),
    /// A mapping of its own, of this many bytes (a multiple of the page size).
    Direct(usize),
}

impl Class {
    /// The smallest class that holds `len` bytes.
    pub(super) fn holding(len: usize) -> Result<Self, ArenaFull> {
        match SLOT_BYTES.iter().position(|bytes| len <= *bytes) {
            Some(index) => Ok(Self::Slab(SlabClass(index))),
            None if len <= MAX_LEN => Ok(Self::Direct(len.next_multiple_of(rustix::param::page_size()))),
            None => Err(ArenaFull::TooLong),
        }
    }
}

/// An index into [`SLOT_BYTES`], below `COUNT` by construction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SlabClass(usize);

impl SlabClass {
    /// How many slab classes there are.
    pub(super) const COUNT: usize = 9;

    /// Every class, ascending by size.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// Bytes of one slot.
    pub(super) fn slot_bytes(self) -> usize {
        *self.of(&SLOT_BYTES)
    }

    /// Slots that one thread keeps at hand: up to 32 of them, and at most 16 KiB.
    pub(super) fn magazine_slots(self) -> usize {
        (16 * 1024 / self.slot_bytes()).clamp(2, 32)
    }

    /// This class's entry in a table that has one for each.
    #[expect(clippy::indexing_slicing, reason = "a SlabClass is below COUNT by construction")]
    pub(super) fn of<T>(self, table: &[T; Self::COUNT]) -> &T {
        &table[self.0]
    }

    /// As [`SlabClass::of`], mutably.
    #[expect(clippy::indexing_slicing, reason = "a SlabClass is below COUNT by construction")]
    pub(super) fn of_mut<T>(self, table: &mut [T; Self::COUNT]) -> &mut T {
        &mut table[self.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_gets_the_smallest_class_that_holds_it() {
        let mut below = 0;
        for class in SlabClass::all() {
            let bytes = class.slot_bytes();
            assert_eq!(Class::holding(bytes), Ok(Class::Slab(class)));
            assert_eq!(Class::holding(below + usize::from(below > 0)), Ok(Class::Slab(class)));
            assert_eq!(REGION_BYTES % bytes, 0);
            below = bytes;
        }
        assert_eq!(Class::holding(0), Class::holding(1));
    }

    #[test]
    fn longer_secrets_are_mapped_by_the_page_up_to_a_bound() {
        let page = rustix::param::page_size();
        assert_eq!(Class::holding(8193), Ok(Class::Direct(8193_usize.next_multiple_of(page))));
        assert_eq!(Class::holding(MAX_LEN), Ok(Class::Direct(MAX_LEN)));
        assert_eq!(Class::holding(MAX_LEN + 1), Err(ArenaFull::TooLong));
        assert_eq!(Class::holding(usize::MAX), Err(ArenaFull::TooLong));
    }
}
