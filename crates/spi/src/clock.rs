//! Time and randomness, the only two doors to either (INV-11).

use domain::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Wall-clock time.
    fn now(&self) -> Timestamp;
    /// Microseconds since some fixed instant; never goes back. For durations only.
    fn monotonic_micros(&self) -> u64;
}

/// Gives unpredictable bytes from an approved generator.
pub trait Entropy: Send + Sync {
    /// Fills the buffer. A generator that fails must abort the process rather than return weak bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// An array of random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
