//! What authentication needs: signatures of requests are HMACs, tokens at rest are hashes.

use aws_lc_rs::{constant_time, digest, hmac};
use spi::AuthCrypto;

use crate::{Software, or_abort};

impl AuthCrypto for Software {
    fn hmac_sha256(&self, key: &[u8], data: &[u8]) -> [u8; 32] {
        hmac_of(key, &[data])
    }

    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        sha256_of(&[data])
    }

    fn equal(&self, a: &[u8], b: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(a, b).is_ok()
    }
}

/// HMAC-SHA-256 (FIPS 198-1) of the parts, one after the other.
pub(crate) fn hmac_of(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    // In one call where it can be: a context is an allocation and a copy.
    let tag = match parts {
        [whole] => hmac::sign(&key, whole),
        _ => {
            let mut context = hmac::Context::with_key(&key);
            parts.iter().for_each(|part| context.update(part));
            context.sign()
        }
    };
    or_abort(tag.as_ref().try_into())
}

/// SHA-256 (FIPS 180-4) of the parts, one after the other.
pub(crate) fn sha256_of(parts: &[&[u8]]) -> [u8; 32] {
    let hash = match parts {
        [whole] => digest::digest(&digest::SHA256, whole),
        _ => {
            let mut context = digest::Context::new(&digest::SHA256);
            parts.iter().for_each(|part| context.update(part));
            context.finish()
        }
    };
    or_abort(hash.as_ref().try_into())
}
