//! Regions: mapped memory between guard pages, with every protection the kernel offers.

use std::collections::BTreeMap;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags};

use super::{ArenaFull, Locking, policy};

/// Every region, by the address of its first usable byte.
static REGIONS: Mutex<BTreeMap<usize, Region>> = Mutex::new(BTreeMap::new());

/// One region's usable bytes and the protections that hold for them.
#[derive(Clone, Copy)]
struct Region {
    len: usize,
    locked: bool,
    undumped: bool,
    fork_wiped: bool,
}

impl Region {
    fn protected(self) -> bool {
        self.locked && self.undumped && self.fork_wiped
    }
}

/// Sums over all regions, in bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Held {
    pub(super) regions: usize,
    pub(super) bytes_reserved: usize,
    pub(super) bytes_unlocked: usize,
    pub(super) bytes_unprotected: usize,
}

/// Whether an address lies in the arena. For the canary test, which looks for key bytes in memory.
#[doc(hidden)]
#[must_use]
pub fn is_arena_address(address: *const u8) -> bool {
    let address = address.addr();
    let regions = registry();
    regions.range(..=address).next_back().is_some_and(|(start, region)| address - start < region.len)
}

/// Sums over the regions, taken while `act` runs and no region comes or goes.
pub(super) fn while_none_is_mapped<R>(act: impl FnOnce(Held) -> R) -> R {
    let regions = registry();
    act(regions.values().fold(Held::default(), |sum, region| Held {
        regions: sum.regions + 1,
        bytes_reserved: sum.bytes_reserved + region.len,
        bytes_unlocked: sum.bytes_unlocked + if region.locked { 0 } else { region.len },
        bytes_unprotected: sum.bytes_unprotected + if region.protected() { 0 } else { region.len },
    }))
}

/// Maps `len` zeroed bytes (a positive multiple of the page size, at most `MAX_LEN`) with guards around.
pub(super) fn map(len: usize) -> Result<NonNull<u8>, ArenaFull> {
    let start = map_between_guards(len)?;
    let region = protect(start, len);
    let mut regions = registry();
    if !region.protected() && policy::current() == Locking::Required {
        unmap_with_guards(start, len);
        return Err(ArenaFull::LockRefused);
    }
    regions.insert(start.addr().get(), region);
    Ok(start)
}

/// Gives a region back to the system. `start` came from [`map`] and nothing refers into the region.
pub(super) fn unmap(start: NonNull<u8>) {
    let mut regions = registry();
    if let Some(region) = regions.remove(&start.addr().get()) {
        unmap_with_guards(start, region.len);
    }
}

fn registry() -> MutexGuard<'static, BTreeMap<usize, Region>> {
    REGIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reserves guard, data, guard with no access, then opens the middle.
#[expect(unsafe_code, reason = "secrets need memory of their own, apart from the heap")]
fn map_between_guards(len: usize) -> Result<NonNull<u8>, ArenaFull> {
    let page = rustix::param::page_size();
    let whole = len + 2 * page;
    // SAFETY: a fresh private anonymous mapping at an address of the kernel's choice touches no memory
    // that anything refers to.
    let base =
        unsafe { rustix::mm::mmap_anonymous(ptr::null_mut(), whole, ProtFlags::empty(), MapFlags::PRIVATE) };
    let base = base.map_err(|_| ArenaFull::MapRefused)?;
    // SAFETY: `base + page` lies inside the mapping just made, which has `len + 2 * page` bytes.
    let start = unsafe { base.add(page) };
    let opened = NonNull::new(start.cast::<u8>()).filter(|_| {
        // SAFETY: the range is the middle of our own mapping, to which no reference exists yet.
        unsafe { rustix::mm::mprotect(start, len, MprotectFlags::READ | MprotectFlags::WRITE) }.is_ok()
    });
    opened.ok_or_else(|| {
        // SAFETY: the whole of our own mapping, to which no reference exists.
        let _ = unsafe { rustix::mm::munmap(base, whole) };
        ArenaFull::MapRefused
    })
}

/// Asks for every protection and notes which were given.
#[expect(unsafe_code, reason = "protections are asked for by address")]
fn protect(start: NonNull<u8>, len: usize) -> Region {
    let at = start.as_ptr().cast();
    // SAFETY: the range is one of our own mappings and neither advice nor lock changes its contents in
    // this process (wipe-on-fork acts in a child only).
    let (undumped, fork_wiped, locked) = unsafe {
        (
            rustix::mm::madvise(at, len, Advice::LinuxDontDump).is_ok(),
            rustix::mm::madvise(at, len, Advice::LinuxWipeOnFork).is_ok(),
            rustix::mm::mlock(at, len).is_ok(),
        )
    };
    Region { len, locked, undumped, fork_wiped }
}

#[expect(unsafe_code, reason = "the counterpart of map_between_guards")]
fn unmap_with_guards(start: NonNull<u8>, len: usize) {
    let page = rustix::param::page_size();
    // SAFETY: `start` was made by `map_between_guards` with this `len`, so a guard page stands before it
    // and the mapping has `len + 2 * page` bytes; the caller vouches that nothing refers into it.
    let unmapped = unsafe { rustix::mm::munmap(start.as_ptr().sub(page).cast(), len + 2 * page) };
    debug_assert!(unmapped.is_ok(), "our own mapping can be unmapped");
}
