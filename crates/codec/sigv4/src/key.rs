//! The signing key: the plan of its derivation. HMAC is the caller's, and so is the secret.

use crate::TERMINATOR;
use crate::scope::Scope;
use zeroize::Zeroizing;

/// Derives `HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request")`.
///
/// `hmac` takes key, then message, and is HMAC-SHA-256. Every intermediate that passes through here is wiped;
/// the result wipes itself. It changes with the day only: cache it by key, day, region and service.
pub fn signing_key(
    secret: &[u8],
    scope: &Scope<'_>,
    hmac: impl Fn(&[u8], &[u8]) -> [u8; 32],
) -> Zeroizing<[u8; 32]> {
    let mut first = Zeroizing::new(Vec::with_capacity(secret.len().saturating_add(4)));
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(secret);
    let day = Zeroizing::new(hmac(&first, scope.date.as_bytes()));
    let region = Zeroizing::new(hmac(&*day, scope.region.as_bytes()));
    let service = Zeroizing::new(hmac(&*region, scope.service.as_bytes()));
    Zeroizing::new(hmac(&*service, TERMINATOR.as_bytes()))
}
