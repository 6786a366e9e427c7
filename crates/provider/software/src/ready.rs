//! RSA keys made ahead of their need, since finding two primes takes tenths of a second to seconds.
//!
//! A size that was never asked for is not stocked, so that a process that makes no RSA keys pays nothing. The first
//! key of a size is made while its asker waits; from then on one thread at the lowest claim to a processor makes the
//! next few, and ends when the shelves are full: an idle process has no thread, no timer, and a few kilobytes of locked
//! memory. Whoever finds a shelf empty makes a key by itself, so that the stock never is a queue; how many may do so at
//! a time is bounded by the caller (`access`).
//!
//! A ready key is nobody's yet and has no name. It stands in the arena as all material does, goes to one asker, and is
//! wiped with the provider.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use domain::KeySpec;
use secret::SecretBytes;
use spi::ProviderError;

/// What makes a key.
type Make = fn(KeySpec) -> Result<SecretBytes, ProviderError>;

/// Keys in stock, for each size that is stocked at all.
const STOCKED: [(KeySpec, usize); 3] = [(KeySpec::Rsa2048, 4), (KeySpec::Rsa3072, 2), (KeySpec::Rsa4096, 2)];

/// How far the making of keys stands back: the kernel's nicest (`nice(2)`).
const NICENESS: i32 = 19;

/// The stock.
pub(crate) struct ReadyKeys {
    make: Make,
    state: Mutex<State>,
}

struct State {
    shelves: [Shelf; 3],
    /// Whether the one thread that makes keys is at work.
    stocking: bool,
}

/// The keys of one size.
struct Shelf {
    spec: KeySpec,
    full: usize,
    /// Once somebody asked for one.
    wanted: bool,
    keys: Vec<SecretBytes>,
}

impl ReadyKeys {
    pub(crate) fn new(make: Make) -> Arc<Self> {
        let shelf = |(spec, full)| Shelf { spec, full, wanted: false, keys: Vec::new() };
        let state = State { shelves: STOCKED.map(shelf), stocking: false };
        Arc::new(Self { make, state: Mutex::new(state) })
    }

    /// A key from stock, or one made now; the stock is filled up behind it.
    pub(crate) fn take(self: &Arc<Self>, spec: KeySpec) -> Result<SecretBytes, ProviderError> {
        let ready = self.state().want(spec);
        let key = match ready {
            Some(key) => Ok(key),
            None => (self.make)(spec),
        };
        self.fill_up();
        key
    }

    /// Starts the thread, if it is not at work and something lacks. A thread that cannot be had is tried for again at
    /// the next key.
    fn fill_up(self: &Arc<Self>) {
        let mut state = self.state();
        if !state.stocking && state.lacking().is_some() {
            let keys = Arc::downgrade(self);
            let started = thread::Builder::new().name("rsa-ready".into()).spawn(move || stock(&keys));
            state.stocking = started.is_ok();
        }
    }

    /// A state is whole between any two of its changes, whatever a panic came after.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn want(&mut self, spec: KeySpec) -> Option<SecretBytes> {
        let shelf = self.shelves.iter_mut().find(|shelf| shelf.spec == spec)?;
        shelf.wanted = true;
        shelf.keys.pop()
    }

    /// The size to make next: the emptiest shelf's.
    fn lacking(&self) -> Option<KeySpec> {
        let short = self.shelves.iter().filter(|shelf| shelf.wanted && shelf.keys.len() < shelf.full);
        short.min_by_key(|shelf| shelf.keys.len()).map(|shelf| shelf.spec)
    }

    fn put(&mut self, spec: KeySpec, key: SecretBytes) {
        if let Some(shelf) = self.shelves.iter_mut().find(|shelf| shelf.spec == spec) {
            shelf.keys.push(key);
        }
    }
}

/// Fills the shelves, until they are full or the provider is gone.
fn stock(keys: &Weak<ReadyKeys>) {
    // Priorities are per thread on Linux. One that is refused leaves it at the process's own.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
    while let Some(keys) = keys.upgrade() {
        // Found full and said so under one lock: whoever takes a key afterwards starts the next thread.
        let lacking = {
            let mut state = keys.state();
            let lacking = state.lacking();
            state.stocking = lacking.is_some();
            lacking
        };
        let Some(spec) = lacking else { return };
        match (keys.make)(spec) {
            Ok(key) => keys.state().put(spec, key),
            // Locked memory is used up, or the generator failed: askers are told so, and the stock waits for one.
            Err(_) => {
                keys.state().stocking = false;
                return;
            }
        }
    }
}

impl fmt::Debug for ReadyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadyKeys")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use secret::Exposure;

    use super::*;

    fn settled(keys: &Arc<ReadyKeys>) {
        let begun = Instant::now();
        while keys.state().stocking {
            assert!(begun.elapsed() < Duration::from_secs(20), "the stock is never full");
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn in_stock(keys: &Arc<ReadyKeys>) -> [usize; 3] {
        keys.state().shelves.each_ref().map(|shelf| shelf.keys.len())
    }

    /// Numbered keys of the size that was asked for, at once.
    fn numbered(spec: KeySpec) -> Result<SecretBytes, ProviderError> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        Ok(SecretBytes::take_vec(format!("{spec:?} {number}").into_bytes()))
    }

    fn text(key: &SecretBytes) -> String {
        String::from_utf8_lossy(key.expose(Exposure::HandToProvider)).into_owned()
    }

    #[test]
    fn a_size_is_stocked_once_it_was_asked_for_and_the_thread_ends_when_it_is_full() {
        let keys = ReadyKeys::new(numbered);
        assert_eq!((in_stock(&keys), keys.state().stocking), ([0, 0, 0], false), "nothing is made unasked");
        keys.take(KeySpec::Rsa3072).unwrap();
        settled(&keys);
        assert_eq!(in_stock(&keys), [0, 2, 0]);
        keys.take(KeySpec::Rsa2048).unwrap();
        settled(&keys);
        assert_eq!(in_stock(&keys), [4, 2, 0]);
        keys.take(KeySpec::Rsa2048).unwrap();
        settled(&keys);
        assert_eq!(in_stock(&keys), [4, 2, 0], "filled up again");
    }

    #[test]
    fn every_key_goes_out_once_and_in_its_size() {
        let keys = ReadyKeys::new(numbered);
        let asker = |spec: KeySpec| {
            let keys = keys.clone();
            thread::spawn(move || {
                let taken: Vec<_> = (0..50).map(|_| text(&keys.take(spec).unwrap())).collect();
                assert!(taken.iter().all(|key| key.starts_with(&format!("{spec:?} "))));
                taken
            })
        };
        let askers = [KeySpec::Rsa2048, KeySpec::Rsa2048, KeySpec::Rsa4096].map(asker);
        let mut taken: Vec<_> = askers.into_iter().flat_map(|asker| asker.join().unwrap()).collect();
        taken.sort();
        taken.dedup();
        assert_eq!(taken.len(), 150);
    }

    #[test]
    fn a_failure_is_the_askers_and_ends_the_thread() {
        let keys = ReadyKeys::new(|_| Err(ProviderError::OutOfMemory));
        assert_eq!(keys.take(KeySpec::Rsa2048).unwrap_err(), ProviderError::OutOfMemory);
        settled(&keys);
        assert_eq!(in_stock(&keys), [0, 0, 0]);
    }

    #[test]
    fn the_thread_ends_with_the_provider() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let keys = ReadyKeys::new(|_| {
            MADE.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            Ok(SecretBytes::take(&mut [1]))
        });
        keys.take(KeySpec::Rsa2048).unwrap();
        drop(keys);
        thread::sleep(Duration::from_millis(200));
        let made = MADE.load(Ordering::SeqCst);
        assert!(made < 1 + 4, "{made} made");
    }
}
