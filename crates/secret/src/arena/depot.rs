//! The depot: free slots of each class that no thread has at hand, behind one lock a class.

use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::class::{REGION_BYTES, SlabClass};
use super::{ArenaFull, region};

/// The address of a free, zeroed slot of some class. Whoever holds it owns the slot.
pub(super) struct FreeSlot(pub(super) NonNull<u8>);

#[expect(unsafe_code, reason = "a free slot is handed from thread to thread")]
// SAFETY: a free slot is plain memory with exactly one owner and no tie to a thread.
unsafe impl Send for FreeSlot {}

static FREE: [Mutex<Vec<FreeSlot>>; SlabClass::COUNT] = [const { Mutex::new(Vec::new()) }; SlabClass::COUNT];

/// Moves up to `wanted` free slots (at least one) into `into`, mapping a region when there is none.
pub(super) fn draw(class: SlabClass, wanted: usize, into: &mut Vec<FreeSlot>) -> Result<(), ArenaFull> {
    let mut free = locked(class);
    if free.is_empty() {
        grow(class, &mut free)?;
    }
    let rest = free.len().saturating_sub(wanted);
    into.extend(free.drain(rest..));
    Ok(())
}

/// Takes zeroed slots back.
pub(super) fn give_back(class: SlabClass, slots: impl Iterator<Item = FreeSlot>) {
    locked(class).extend(slots);
}

fn locked(class: SlabClass) -> MutexGuard<'static, Vec<FreeSlot>> {
    class.of(&FREE).lock().unwrap_or_else(PoisonError::into_inner)
}

/// Maps one region and cuts it into slots. Regions of slots are kept until the process ends.
#[expect(unsafe_code, reason = "slots are places in a region")]
fn grow(class: SlabClass, free: &mut Vec<FreeSlot>) -> Result<(), ArenaFull> {
    let start = region::map(REGION_BYTES)?;
    let places = (0..REGION_BYTES).step_by(class.slot_bytes());
    // SAFETY: every offset is below the region's length, so the sum stays inside the mapping.
    free.extend(places.map(|offset| FreeSlot(unsafe { start.add(offset) })));
    Ok(())
}
