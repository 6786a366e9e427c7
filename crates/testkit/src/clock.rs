//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::Timestamp;
use spi::Clock;

/// Wall-clock and monotonic time, moved by hand and shared by reference.
#[derive(Debug)]
pub struct MovingClock {
    millis: AtomicI64,
    micros: AtomicU64,
}

impl MovingClock {
    /// A clock that shows this many milliseconds since 1970; its monotonic side begins at 0.
    #[must_use]
    pub const fn at_millis(millis: i64) -> Self {
        Self { millis: AtomicI64::new(millis), micros: AtomicU64::new(0) }
    }

    /// Time passes: both sides move.
    pub fn advance_millis(&self, millis: u32) {
        self.millis.fetch_add(millis.into(), Ordering::SeqCst);
        self.micros.fetch_add(u64::from(millis) * 1000, Ordering::SeqCst);
    }

    /// As [`Self::advance_millis`], in seconds.
    pub fn advance_seconds(&self, seconds: u32) {
        self.millis.fetch_add(i64::from(seconds) * 1000, Ordering::SeqCst);
        self.micros.fetch_add(u64::from(seconds) * 1_000_000, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock, perhaps back; the monotonic side does not notice.
    pub fn set_millis(&self, millis: i64) {
        self.millis.store(millis, Ordering::SeqCst);
    }
}

impl Default for MovingClock {
    /// 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at_millis(1_767_225_600_000)
    }
}

impl Clock for MovingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(Ordering::SeqCst))
    }

    fn monotonic_micros(&self) -> u64 {
        self.micros.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_when_told_and_a_set_clock_keeps_monotonic_time() {
        let clock = MovingClock::default();
        assert_eq!(clock.now().rfc3339(), "2026-01-01T00:00:00.000Z");
        clock.advance_seconds(2);
        clock.advance_millis(5);
        assert_eq!(clock.now().rfc3339(), "2026-01-01T00:00:02.005Z");
        clock.set_millis(0);
        assert_eq!((clock.now().millis(), clock.monotonic_micros()), (0, 2_005_000));
    }
}
