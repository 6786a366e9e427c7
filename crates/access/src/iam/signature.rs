//! Signature Version 4: from a credential's secret to the key that signs for one day, region and service
//! (AWS General Reference, "Create a signed AWS API request", step 4).

use domain::SignatureScope;
use secret::{Exposure, Secret, SecretBytes};
use spi::AuthCrypto;

const PREFIX: &[u8] = b"AWS4";
const TERMINATOR: &[u8] = b"aws4_request";

/// The signing key of a scope: four chained HMACs, every link in the arena.
pub(crate) fn signing_key(
    crypto: &dyn AuthCrypto,
    secret: &SecretBytes,
    scope: &SignatureScope,
) -> Secret<[u8; 32]> {
    let (seed, ()) = SecretBytes::build(PREFIX.len() + secret.len(), |seed| {
        let (prefix, rest) = seed.split_at_mut(PREFIX.len());
        prefix.copy_from_slice(PREFIX);
        rest.copy_from_slice(secret.expose(Exposure::DeriveKey));
    });
    let mut link = crypto.hmac_sha256(seed.expose(Exposure::DeriveKey), scope.date.as_bytes());
    let mut key = Secret::<[u8; 32]>::take(&mut link);
    for part in [scope.region.as_bytes(), scope.service.as_bytes(), TERMINATOR] {
        let mut link = crypto.hmac_sha256(key.expose(Exposure::DeriveKey), part);
        key = Secret::<[u8; 32]>::take(&mut link);
    }
    key
}
