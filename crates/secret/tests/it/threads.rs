//! Many threads make, pass on and drop secrets: none overlaps another, none is lost, and it is quick.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use secret::{Exposure, SecretBytes, arena_stats};

const WHY: Exposure = Exposure::HandToProvider;
const SIZES: [usize; 6] = [16, 48, 100, 600, 3000, 9000];

/// A secret whose every byte is `mark`.
fn marked(mark: u8, len: usize) -> SecretBytes {
    SecretBytes::build(len, |bytes| bytes.fill(mark)).0
}

fn holds(secret: &SecretBytes, mark: u8) -> bool {
    secret.expose(WHY).iter().all(|byte| *byte == mark)
}

#[test]
fn threads_never_share_a_slot() {
    thread::scope(|scope| {
        for mark in 1..=8_u8 {
            scope.spawn(move || {
                let mut kept = Vec::new();
                for round in 0..2000_usize {
                    kept.push(marked(mark, SIZES[round % SIZES.len()]));
                    if kept.len() > 60 {
                        assert!(holds(&kept.swap_remove(round % 60), mark));
                    }
                }
                assert!(kept.iter().all(|secret| holds(secret, mark)));
            });
        }
    });
    assert_eq!(arena_stats().slots_in_use, 0, "every slot came back");
}

#[test]
fn slots_made_here_and_dropped_there_are_used_again() {
    let (sender, receiver) = mpsc::sync_channel::<SecretBytes>(64);
    let dropper = thread::spawn(move || receiver.iter().all(|secret| holds(&secret, 5)));
    for _ in 0..50_000 {
        sender.send(marked(5, 200)).unwrap();
    }
    drop(sender);
    assert!(dropper.join().unwrap());
    let stats = arena_stats();
    assert_eq!(stats.slots_in_use, 0);
    assert!(stats.bytes_reserved <= 256 * 1024, "50,000 secrets of 200 bytes used {stats:?}");
}

#[test]
fn a_secret_kept_past_its_threads_magazine_is_dropped_in_order() {
    thread_local!(static KEPT: std::cell::RefCell<Vec<SecretBytes>> = const { std::cell::RefCell::new(Vec::new()) });
    let ended = thread::spawn(|| {
        KEPT.with_borrow_mut(|kept| kept.push(marked(1, 32)));
    });
    ended.join().unwrap();
    assert_eq!(arena_stats().slots_in_use, 0);
}

#[test]
fn a_thread_that_ends_leaves_its_free_slots_to_others() {
    for _ in 0..100 {
        thread::spawn(|| drop(marked(1, 8192))).join().unwrap();
    }
    let stats = arena_stats();
    assert_eq!(stats.bytes_reserved, 64 * 1024, "one region serves all, one after the other: {stats:?}");
}

/// The bar is 200 ns optimised; this profile is hardly optimised, and the best of many rounds is taken
/// because other work shares the machine.
#[test]
fn taking_and_dropping_a_slot_is_quick() {
    let best = (0..200).map(|_| round_of_1000()).min().unwrap() / 1000;
    assert!(best < Duration::from_micros(2), "{best:?}");
}

fn round_of_1000() -> Duration {
    let start = Instant::now();
    for mark in (0..=u8::MAX).cycle().take(1000) {
        std::hint::black_box(SecretBytes::build(32, |bytes| bytes.fill(mark)));
    }
    start.elapsed()
}
