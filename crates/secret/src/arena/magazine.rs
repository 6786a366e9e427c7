//! Magazines: the few free slots that each thread keeps at hand, so that the hot path takes no lock.

use std::cell::RefCell;

use super::class::SlabClass;
use super::depot::{self, FreeSlot};
use super::{ArenaFull, stats};

/// One thread's free slots by class, and its share of the usage count.
struct Magazines {
    slots: [Vec<FreeSlot>; SlabClass::COUNT],
    shard: stats::Shard,
}

thread_local! {
    static MINE: RefCell<Magazines> = RefCell::new(Magazines {
        slots: [const { Vec::new() }; SlabClass::COUNT],
        shard: stats::Shard::assign(),
    });
}

/// Takes a free, zeroed slot.
pub(super) fn take(class: SlabClass) -> Result<FreeSlot, ArenaFull> {
    MINE.try_with(|mine| mine.borrow_mut().take(class)).unwrap_or_else(|_| take_without_magazine(class))
}

/// Gives a slot back. It is zeroed already.
pub(super) fn give(class: SlabClass, slot: FreeSlot) {
    let mut slot = Some(slot);
    let kept = MINE.try_with(|mine| slot.take().map(|slot| mine.borrow_mut().give(class, slot)));
    if kept.is_err() {
        stats::Shard::LAST.sub_one();
        depot::give_back(class, slot.into_iter());
    }
}

/// For a thread that is ending: its magazines are gone, so the depot serves it directly.
fn take_without_magazine(class: SlabClass) -> Result<FreeSlot, ArenaFull> {
    let mut one = Vec::with_capacity(1);
    depot::draw(class, 1, &mut one)?;
    stats::Shard::LAST.add_one();
    one.pop().ok_or(ArenaFull::MapRefused)
}

impl Magazines {
    fn take(&mut self, class: SlabClass) -> Result<FreeSlot, ArenaFull> {
        let magazine = class.of_mut(&mut self.slots);
        if magazine.is_empty() {
            depot::draw(class, class.magazine_slots().div_ceil(2), magazine)?;
        }
        let slot = magazine.pop().ok_or(ArenaFull::MapRefused)?;
        self.shard.add_one();
        Ok(slot)
    }

    fn give(&mut self, class: SlabClass, slot: FreeSlot) {
        let magazine = class.of_mut(&mut self.slots);
        if magazine.len() >= class.magazine_slots() {
            depot::give_back(class, magazine.drain(class.magazine_slots() / 2..));
        }
        magazine.push(slot);
        self.shard.sub_one();
    }
}

impl Drop for Magazines {
    /// A thread that ends leaves its slots to the others.
    fn drop(&mut self) {
        for class in SlabClass::all() {
            depot::give_back(class, class.of_mut(&mut self.slots).drain(..));
        }
    }
}
