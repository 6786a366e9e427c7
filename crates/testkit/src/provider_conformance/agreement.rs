//! Keys that agree with a peer's.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{KeySpec, Usage};
use spi::{CryptoProvider, KeyHandle, ProviderError};

use super::{altered_each, made, other_lengths, refused, slow, uses};

/// The kinds that this part is about.
#[must_use]
pub fn applies(spec: KeySpec) -> bool {
    uses(spec).allows(Usage::AgreeKey)
}

/// Bytes of a secret: a coordinate.
fn secret_len(spec: KeySpec) -> usize {
    match spec {
        KeySpec::EcP384 => 48,
        KeySpec::EcP521 => 66,
        _ => 32,
    }
}

fn refuses(provider: &dyn CryptoProvider, key: &KeyHandle, peer: &[u8], what: &str) {
    assert_eq!(refused(provider.agree(key, peer)), Some(ProviderError::Malformed), "{what}");
}

/// Both sides come to one secret, and each pair to its own.
pub fn both_sides_agree(provider: &dyn CryptoProvider, spec: KeySpec) {
    let keys = [(); 3].map(|()| made(provider, spec));
    let [ours, theirs, other] = &keys;
    let [our_public, their_public, other_public] =
        keys.each_ref().map(|key| provider.public_key(key).unwrap());
    let secret = provider.agree(ours, &their_public).unwrap();
    assert_eq!(secret.len(), secret_len(spec));
    assert!(secret.ct_eq(&provider.agree(theirs, &our_public).unwrap()));
    assert!(!secret.ct_eq(&provider.agree(ours, &other_public).unwrap()));
    assert!(!secret.ct_eq(&provider.agree(other, &our_public).unwrap()));
}

/// A peer's key is a `SubjectPublicKeyInfo` to the last byte. Of what may be changed in it, only the bytes of an
/// X25519 coordinate make another lawful key.
pub fn malformed_peers_are_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (ours, theirs) = (made(provider, spec), made(provider, spec));
    let peer = provider.public_key(&theirs).unwrap();
    other_lengths(&peer, |peer, what| refuses(provider, &ours, peer, what));
    let fixed = if spec == KeySpec::X25519 { 12 } else { peer.len() };
    let (head, tail) = peer.split_at(fixed);
    altered_each(head, 1, &[1, 0x80], |head, what| {
        refuses(provider, &ours, &[head, tail].concat(), what);
    });
    let point = if spec == KeySpec::X25519 { 32 } else { 2 * secret_len(spec) + 1 };
    let (_, bare) = peer.split_at(peer.len() - point);
    refuses(provider, &ours, bare, "a bare point");
    let (head, _) = peer.split_at(peer.len() - point);
    refuses(provider, &ours, &[head, &peer].concat(), "a whole key where the point stands");
}

/// A key of another kind, though it is whole.
pub fn keys_of_another_kind_are_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let ours = made(provider, spec);
    for other in KeySpec::ALL.iter().copied().filter(|other| *other != spec && !slow(*other)) {
        if provider.supports(other, domain::UsageSet::NONE) && other.symmetric_len().is_none() {
            let peer = provider.public_key(&made(provider, other)).unwrap();
            refuses(provider, &ours, &peer, &format!("{other:?}"));
        }
    }
}

/// Points off the curve, the point at infinity, and X25519's points of low order (RFC 7748 §6.1), which would tell a
/// private key or make a secret that everybody knows.
pub fn points_that_leak_are_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let ours = made(provider, spec);
    let peer = provider.public_key(&made(provider, spec)).unwrap();
    if spec == KeySpec::X25519 {
        let (head, _) = peer.split_at(12);
        for point in low_order() {
            refuses(provider, &ours, &[head, &point].concat(), &format!("{point:?}"));
        }
        return;
    }
    let (head, _) = peer.split_at(peer.len() - 2 * secret_len(spec));
    for byte in [0, 1, 0xff] {
        let point = vec![byte; 2 * secret_len(spec)];
        refuses(provider, &ours, &[head, &point].concat(), &format!("coordinates of {byte}"));
    }
}

/// The points of order 1, 2, 4 and 8 as they can be written, little-endian.
fn low_order() -> Vec<[u8; 32]> {
    let small = |low: u8| {
        let mut point = [0; 32];
        *point.first_mut().unwrap() = low;
        point
    };
    let near_prime = |low: u8| {
        let mut point = [0xff; 32];
        *point.first_mut().unwrap() = low;
        *point.last_mut().unwrap() = 0x7f;
        point
    };
    let order_8 = [
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ];
    let order_8 = order_8.map(|point| {
        let bytes = secret::SecretBytes::from_hex(point).unwrap();
        super::shown(&bytes).try_into().unwrap()
    });
    [small(0), small(1), near_prime(0xec), near_prime(0xed), near_prime(0xee)]
        .into_iter()
        .chain(order_8)
        .collect()
}
