//! Randomness: the module's own generator (NIST SP 800-90A CTR_DRBG).

use spi::Entropy;

use crate::{Software, or_abort};

impl Entropy for Software {
    fn fill(&self, bytes: &mut [u8]) {
        or_abort(aws_lc_rs::rand::fill(bytes));
    }
}
