//! AES key wrap with a key of any size, expanded for one direction and wiped. `aws-lc-rs` has no AES-192 here, and
//! leaves the expanded key on the stack.

use std::ffi::{c_int, c_uint};
use std::mem::{MaybeUninit, size_of};
use std::ptr;

use aws_lc_sys::{
    AES_KEY, AES_set_decrypt_key, AES_set_encrypt_key, AES_unwrap_key, AES_unwrap_key_padded, AES_wrap_key,
    AES_wrap_key_padded, OPENSSL_cleanse,
};

/// Wraps without padding: 8 bytes longer. `None` unless the plaintext is a multiple of 8 bytes from 16 on.
pub(crate) fn kw_wrap(key: &[u8], plaintext: &[u8], out: &mut [u8]) -> Option<usize> {
    if out.len() < plaintext.len().checked_add(8)? {
        return None;
    }
    let key = Expanded::to_encrypt(key)?;
    // SAFETY: the key is expanded to encrypt; no initial value is given; `out` holds 8 bytes more than `plaintext`.
    let len = unsafe {
        AES_wrap_key(key.get(), ptr::null(), out.as_mut_ptr(), plaintext.as_ptr(), plaintext.len())
    };
    written(len)
}

/// Unwraps what [`kw_wrap`] made.
pub(crate) fn kw_unwrap(key: &[u8], wrapped: &[u8], out: &mut [u8]) -> Option<usize> {
    if out.len() < wrapped.len().checked_sub(8)? {
        return None;
    }
    let key = Expanded::to_decrypt(key)?;
    // SAFETY: the key is expanded to decrypt; no initial value is given; `out` holds what 8 bytes less need.
    let len =
        unsafe { AES_unwrap_key(key.get(), ptr::null(), out.as_mut_ptr(), wrapped.as_ptr(), wrapped.len()) };
    written(len)
}

/// Wraps with padding: up to 15 bytes longer. `None` for an empty plaintext.
pub(crate) fn kwp_wrap(key: &[u8], plaintext: &[u8], out: &mut [u8]) -> Option<usize> {
    let (key, mut len) = (Expanded::to_encrypt(key)?, 0);
    // SAFETY: the key is expanded to encrypt; the function is told how much `out` holds, and checks it.
    let done = unsafe {
        AES_wrap_key_padded(
            key.get(),
            out.as_mut_ptr(),
            &raw mut len,
            out.len(),
            plaintext.as_ptr(),
            plaintext.len(),
        )
    };
    (done == 1).then_some(len)
}

/// Unwraps what [`kwp_wrap`] made.
pub(crate) fn kwp_unwrap(key: &[u8], wrapped: &[u8], out: &mut [u8]) -> Option<usize> {
    let (key, mut len) = (Expanded::to_decrypt(key)?, 0);
    // SAFETY: the key is expanded to decrypt; the function is told how much `out` holds, and checks it.
    let done = unsafe {
        AES_unwrap_key_padded(
            key.get(),
            out.as_mut_ptr(),
            &raw mut len,
            out.len(),
            wrapped.as_ptr(),
            wrapped.len(),
        )
    };
    (done == 1).then_some(len)
}

fn written(len: c_int) -> Option<usize> {
    usize::try_from(len).ok()
}

/// Round keys. Boxed, so that they stand in one place and are wiped there.
struct Expanded(Box<MaybeUninit<AES_KEY>>);

impl Expanded {
    fn to_encrypt(key: &[u8]) -> Option<Self> {
        let (mut room, bits) = (Box::new(MaybeUninit::zeroed()), bits(key)?);
        // SAFETY: `key` has the bytes that `bits` says; all of `room` is written to or stays zero.
        let done = unsafe { AES_set_encrypt_key(key.as_ptr(), bits, room.as_mut_ptr()) };
        let expanded = Self(room);
        (done == 0).then_some(expanded)
    }

    fn to_decrypt(key: &[u8]) -> Option<Self> {
        let (mut room, bits) = (Box::new(MaybeUninit::zeroed()), bits(key)?);
        // SAFETY: as above.
        let done = unsafe { AES_set_decrypt_key(key.as_ptr(), bits, room.as_mut_ptr()) };
        let expanded = Self(room);
        (done == 0).then_some(expanded)
    }

    fn get(&self) -> *const AES_KEY {
        self.0.as_ptr()
    }
}

impl Drop for Expanded {
    fn drop(&mut self) {
        // SAFETY: the box is ours, as long as the type, and read by nobody afterwards.
        unsafe { OPENSSL_cleanse(self.0.as_mut_ptr().cast(), size_of::<AES_KEY>()) }
    }
}

/// FIPS 197 has three lengths.
fn bits(key: &[u8]) -> Option<c_uint> {
    match key.len() {
        16 => Some(128),
        24 => Some(192),
        32 => Some(256),
        _ => None,
    }
}
