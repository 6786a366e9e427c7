//! Derivation of keys from keys: NIST SP 800-108r1 §4.1, counter mode, PRF HMAC-SHA-256.

use aws_lc_rs::kdf::{KbkdfCtrHmacAlgorithmId, get_kbkdf_ctr_hmac_algorithm, kbkdf_ctr_hmac};
use spi::ProviderError;

/// Fills `out` with `K(1) ‖ K(2) ‖ …`, where `K(i) = HMAC-SHA-256(key, [i] ‖ label ‖ 0x00 ‖ context ‖ [L])`.
///
/// `[i]` is the counter and `[L]` the length of `out` in bits, each 32 bits, big-endian. A label has no zero byte, so
/// that it ends where it ends.
pub(crate) fn derive(key: &[u8], label: &str, context: &[u8], out: &mut [u8]) -> Result<(), ProviderError> {
    let bits = out.len().checked_mul(8).and_then(|bits| u32::try_from(bits).ok());
    let bits = bits.ok_or(ProviderError::Malformed)?.to_be_bytes();
    let info = [label.as_bytes(), &[0], context, &bits].concat();
    let hmac_sha256 =
        get_kbkdf_ctr_hmac_algorithm(KbkdfCtrHmacAlgorithmId::Sha256).ok_or(ProviderError::Unsupported)?;
    kbkdf_ctr_hmac(hmac_sha256, key, &info, out).map_err(|_| ProviderError::Unavailable)
}
