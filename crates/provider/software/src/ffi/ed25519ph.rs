//! Ed25519ph with an empty context (RFC 8032 §5.1), over the SHA-512 of the message.

use std::ptr;

use aws_lc_sys::{ED25519ph_sign_digest, ED25519ph_verify_digest};

/// Signs with `seed ‖ public`.
pub(crate) fn ed25519ph_sign(key: &[u8; 64], digest: &[u8; 64]) -> Option<[u8; 64]> {
    let mut signature = [0; 64];
    // SAFETY: the function reads 64 bytes of digest and of key, writes 64 of signature, and reads no context of
    // length 0.
    let done = unsafe {
        ED25519ph_sign_digest(signature.as_mut_ptr(), digest.as_ptr(), key.as_ptr(), ptr::null(), 0)
    };
    (done == 1).then_some(signature)
}

pub(crate) fn ed25519ph_verify(public: &[u8; 32], digest: &[u8; 64], signature: &[u8; 64]) -> bool {
    // SAFETY: the function reads 64 bytes of digest and of signature, 32 of public key, and no context of length 0.
    let verified = unsafe {
        ED25519ph_verify_digest(digest.as_ptr(), signature.as_ptr(), public.as_ptr(), ptr::null(), 0)
    };
    verified == 1
}
