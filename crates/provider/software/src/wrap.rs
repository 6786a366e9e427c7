//! AES key wrap (NIST SP 800-38F): KW of §6.2 and KWP of §6.3, deterministic both.

use secret::SecretBytes;
use spi::{KeyWrap, ProviderError};

use crate::{ffi, out_of_memory};

/// Bytes that a wrapped key is longer than its plaintext, at most.
const LONGER: usize = 15;

/// The library refuses the lengths that a form does not take.
pub(crate) fn wrap(key: &[u8], form: KeyWrap, plaintext: &[u8]) -> Result<Vec<u8>, ProviderError> {
    let mut out = vec![0; plaintext.len().saturating_add(LONGER)];
    let len = match form {
        KeyWrap::Kw => ffi::kw_wrap(key, plaintext, &mut out),
        KeyWrap::Kwp => ffi::kwp_wrap(key, plaintext, &mut out),
    };
    out.truncate(len.ok_or(ProviderError::Malformed)?);
    Ok(out)
}

/// Opens into the arena.
pub(crate) fn unwrap(key: &[u8], form: KeyWrap, wrapped: &[u8]) -> Result<SecretBytes, ProviderError> {
    let open = |out: &mut [u8]| match form {
        KeyWrap::Kw => ffi::kw_unwrap(key, wrapped, out),
        KeyWrap::Kwp => ffi::kwp_unwrap(key, wrapped, out),
    };
    let (mut text, opened) = SecretBytes::try_build(wrapped.len(), open).map_err(out_of_memory)?;
    text.truncate(opened.ok_or(ProviderError::Rejected)?);
    Ok(text)
}
