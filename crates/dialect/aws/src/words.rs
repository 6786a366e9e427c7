//! The API's words for kinds of key, uses and algorithms, both ways: one table each (AWS KMS API Reference, key spec
//! reference of the Developer Guide).

use domain::{
    Algorithm, HashAlgorithm, KeyFamily, KeySpec, MessageForm, SignatureAlgorithm, Usage, UsageSet,
};

use HashAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};

/// Words and what each means.
pub(crate) type Words<T> = &'static [(&'static str, T)];

/// `KeySpec`, in the model's order for its error text. `SM2` is a word of the model that other Regions than China's refuse.
pub(crate) const SPECS: Words<Option<KeySpec>> = &[
    ("RSA_2048", Some(KeySpec::Rsa2048)),
    ("RSA_3072", Some(KeySpec::Rsa3072)),
    ("RSA_4096", Some(KeySpec::Rsa4096)),
    ("ECC_NIST_P256", Some(KeySpec::EcP256)),
    ("ECC_NIST_P384", Some(KeySpec::EcP384)),
    ("ECC_NIST_P521", Some(KeySpec::EcP521)),
    ("ECC_SECG_P256K1", Some(KeySpec::EcSecp256k1)),
    ("SYMMETRIC_DEFAULT", Some(KeySpec::Aes256)),
    ("HMAC_224", Some(KeySpec::HmacSha224)),
    ("HMAC_256", Some(KeySpec::HmacSha256)),
    ("HMAC_384", Some(KeySpec::HmacSha384)),
    ("HMAC_512", Some(KeySpec::HmacSha512)),
    ("SM2", None),
    ("ML_DSA_44", Some(KeySpec::MlDsa44)),
    ("ML_DSA_65", Some(KeySpec::MlDsa65)),
    ("ML_DSA_87", Some(KeySpec::MlDsa87)),
    ("ECC_NIST_EDWARDS25519", Some(KeySpec::Ed25519)),
    ("ML_KEM_512", Some(KeySpec::MlKem512)),
    ("ML_KEM_768", Some(KeySpec::MlKem768)),
    ("ML_KEM_1024", Some(KeySpec::MlKem1024)),
];
/// How many of them the deprecated `CustomerMasterKeySpec` has, from the first.
const OLD_SPECS: usize = 13;

/// `KeyUsageType`.
pub(crate) const USAGES: Words<UsageSet> = &[
    ("SIGN_VERIFY", UsageSet::SIGN_VERIFY),
    ("ENCRYPT_DECRYPT", UsageSet::ENCRYPT_DECRYPT),
    ("GENERATE_VERIFY_MAC", UsageSet::MAC),
    ("KEY_AGREEMENT", UsageSet::AGREE_KEY),
    ("ENCAPSULATE_DECAPSULATE", UsageSet::ENCAPSULATE),
];

/// `DataKeyPairSpec`.
pub(crate) const PAIRS: &[&str] = &[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SM2",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
];

/// `SigningAlgorithmSpec`.
pub(crate) const SIGNING: Words<Option<SignatureAlgorithm>> = &[
    ("RSASSA_PSS_SHA_256", Some(SignatureAlgorithm::RsaPss(Sha256))),
    ("RSASSA_PSS_SHA_384", Some(SignatureAlgorithm::RsaPss(Sha384))),
    ("RSASSA_PSS_SHA_512", Some(SignatureAlgorithm::RsaPss(Sha512))),
    ("RSASSA_PKCS1_V1_5_SHA_256", Some(SignatureAlgorithm::RsaPkcs1v15(Sha256))),
    ("RSASSA_PKCS1_V1_5_SHA_384", Some(SignatureAlgorithm::RsaPkcs1v15(Sha384))),
    ("RSASSA_PKCS1_V1_5_SHA_512", Some(SignatureAlgorithm::RsaPkcs1v15(Sha512))),
    ("ECDSA_SHA_256", Some(SignatureAlgorithm::Ecdsa(Sha256))),
    ("ECDSA_SHA_384", Some(SignatureAlgorithm::Ecdsa(Sha384))),
    ("ECDSA_SHA_512", Some(SignatureAlgorithm::Ecdsa(Sha512))),
    ("SM2DSA", None),
    ("ML_DSA_SHAKE_256", Some(SignatureAlgorithm::MlDsa)),
    ("ED25519_SHA_512", Some(SignatureAlgorithm::Ed25519)),
    ("ED25519_PH_SHA_512", Some(SignatureAlgorithm::Ed25519Ph)),
];

/// `EncryptionAlgorithmSpec`.
pub(crate) const ENCRYPTION: Words<Option<Algorithm>> = &[
    ("SYMMETRIC_DEFAULT", Some(Algorithm::AesGcm)),
    ("RSAES_OAEP_SHA_1", Some(Algorithm::RsaOaep(Sha1))),
    ("RSAES_OAEP_SHA_256", Some(Algorithm::RsaOaep(Sha256))),
    ("SM2PKE", None),
];

/// `MacAlgorithmSpec`.
pub(crate) const MACS: Words<HashAlgorithm> =
    &[("HMAC_SHA_224", Sha224), ("HMAC_SHA_256", Sha256), ("HMAC_SHA_384", Sha384), ("HMAC_SHA_512", Sha512)];

/// `MessageType`.
pub(crate) const FORMS: Words<MessageForm> =
    &[("RAW", MessageForm::Raw), ("DIGEST", MessageForm::Digest), ("EXTERNAL_MU", MessageForm::ExternalMu)];

fn means<T: Copy>(words: Words<T>, word: &str) -> Option<T> {
    words.iter().find(|(own, _)| *own == word).map(|(_, meaning)| *meaning)
}

fn called<T: PartialEq>(words: Words<T>, meaning: &T) -> Option<&'static str> {
    words.iter().find(|(_, own)| own == meaning).map(|(word, _)| *word)
}

/// The words of `CustomerMasterKeySpec`.
pub(crate) const fn old_specs() -> Words<Option<KeySpec>> {
    SPECS.split_at(OLD_SPECS).0
}

/// A kind of key by its word; `None` for what this server has not.
pub(crate) fn spec(word: &str) -> Option<KeySpec> {
    means(SPECS, word).flatten()
}

/// A kind's word. The API has none for what only other dialects make; AES of another length goes by the word of the
/// symmetric encryption key that it is.
pub(crate) fn spec_word(spec: KeySpec) -> Option<&'static str> {
    match spec.family() {
        KeyFamily::Aes => Some("SYMMETRIC_DEFAULT"),
        _ => called(SPECS, &Some(spec)),
    }
}

/// Uses by their word.
pub(crate) fn usage(word: &str) -> Option<UsageSet> {
    means(USAGES, word)
}

/// The word of what a key is for; a key of another dialect that is for more goes by the first that fits.
pub(crate) fn usage_word(usage: UsageSet) -> &'static str {
    let by_first = |(word, of): &(&'static str, Usage)| usage.allows(*of).then_some(*word);
    let firsts = [
        ("ENCRYPT_DECRYPT", Usage::Encrypt),
        ("ENCRYPT_DECRYPT", Usage::Decrypt),
        ("SIGN_VERIFY", Usage::Sign),
        ("SIGN_VERIFY", Usage::Verify),
        ("GENERATE_VERIFY_MAC", Usage::GenerateMac),
        ("GENERATE_VERIFY_MAC", Usage::VerifyMac),
        ("KEY_AGREEMENT", Usage::AgreeKey),
        ("ENCAPSULATE_DECAPSULATE", Usage::Encapsulate),
        ("ENCAPSULATE_DECAPSULATE", Usage::Decapsulate),
    ];
    firsts.iter().find_map(by_first).unwrap_or("ENCRYPT_DECRYPT")
}

/// Whether CreateKey takes the two together (its page, `KeyUsage`).
pub(crate) fn go_together(spec: KeySpec, usage: UsageSet) -> bool {
    let fits: &[UsageSet] = match spec {
        KeySpec::EcSecp256k1 => &[UsageSet::SIGN_VERIFY],
        _ => match spec.family() {
            KeyFamily::Aes => &[UsageSet::ENCRYPT_DECRYPT],
            KeyFamily::Hmac => &[UsageSet::MAC],
            KeyFamily::Rsa => &[UsageSet::ENCRYPT_DECRYPT, UsageSet::SIGN_VERIFY],
            KeyFamily::Ecdsa => &[UsageSet::SIGN_VERIFY, UsageSet::AGREE_KEY],
            KeyFamily::Eddsa | KeyFamily::MlDsa => &[UsageSet::SIGN_VERIFY],
            KeyFamily::Xdh => &[UsageSet::AGREE_KEY],
            KeyFamily::MlKem => &[UsageSet::ENCAPSULATE],
        },
    };
    fits.contains(&usage)
}

/// A signing algorithm by its word; `None` for what this server has not.
pub(crate) fn signing(word: &str) -> Option<SignatureAlgorithm> {
    means(SIGNING, word).flatten()
}

/// An encryption algorithm by its word; `None` for what this server has not.
pub(crate) fn encryption(word: &str) -> Option<Algorithm> {
    means(ENCRYPTION, word).flatten()
}

/// A MAC algorithm by its word.
pub(crate) fn mac(word: &str) -> Option<HashAlgorithm> {
    means(MACS, word)
}

/// A message type by its word.
pub(crate) fn form(word: &str) -> Option<MessageForm> {
    means(FORMS, word)
}

/// The word of a message type.
pub(crate) fn form_word(form: MessageForm) -> &'static str {
    called(FORMS, &form).unwrap_or("RAW")
}

/// The word of any algorithm that a request of this API may name.
pub(crate) fn algorithm_word(algorithm: Algorithm) -> &'static str {
    let word = match algorithm {
        Algorithm::AesGcm | Algorithm::RsaOaep(_) => called(ENCRYPTION, &Some(algorithm)),
        Algorithm::Signature(scheme) => called(SIGNING, &Some(scheme)),
        Algorithm::Hmac(hash) => called(MACS, &hash),
        Algorithm::Ecdh => Some("ECDH"),
        Algorithm::MlKem => Some("ML_KEM"),
    };
    word.unwrap_or("UNKNOWN")
}

/// `SigningAlgorithms` of a kind of key: ECDSA only with the hash that goes with the curve; in alphabetical order.
pub(crate) fn signing_algorithms_of(spec: KeySpec) -> Vec<&'static str> {
    let fits = |scheme: SignatureAlgorithm| match scheme {
        SignatureAlgorithm::Ecdsa(hash) => scheme.fits(spec) && spec.own_hash() == Some(hash),
        _ => scheme.fits(spec),
    };
    let of_kind = SIGNING.iter().filter(|(_, scheme)| scheme.is_some_and(fits));
    let mut words: Vec<_> = of_kind.map(|(word, _)| *word).collect();
    words.sort_unstable();
    words
}

/// `EncryptionAlgorithms` of a kind of key.
pub(crate) fn encryption_algorithms_of(spec: KeySpec) -> Vec<&'static str> {
    let fits = |algorithm: Algorithm| algorithm.fits(spec);
    ENCRYPTION.iter().filter(|(_, own)| own.is_some_and(fits)).map(|(word, _)| *word).collect()
}

/// `MacAlgorithms` of a kind of key.
pub(crate) fn mac_algorithms_of(spec: KeySpec) -> Vec<&'static str> {
    MACS.iter().filter(|(_, hash)| Algorithm::Hmac(*hash).fits(spec)).map(|(word, _)| *word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_to_itself() {
        for (word, meaning) in SPECS {
            assert_eq!(spec(word), *meaning);
            assert!(meaning.is_none_or(|own| spec_word(own) == Some(*word)), "{word}");
        }
        for (word, meaning) in USAGES {
            assert_eq!((usage(word), usage_word(*meaning)), (Some(*meaning), *word));
        }
        for (word, meaning) in SIGNING {
            assert!(meaning.is_none_or(|own| algorithm_word(Algorithm::Signature(own)) == *word), "{word}");
        }
        for (word, meaning) in ENCRYPTION {
            assert!(meaning.is_none_or(|own| algorithm_word(own) == *word), "{word}");
        }
        for (word, meaning) in MACS {
            assert_eq!(algorithm_word(Algorithm::Hmac(*meaning)), *word);
        }
        for word in PAIRS {
            assert!(SPECS.iter().any(|(own, _)| own == word), "{word}");
        }
        assert_eq!(old_specs().last(), Some(&("SM2", None)));
        assert_eq!(spec_word(KeySpec::X25519), None);
    }

    #[test]
    fn kinds_have_the_algorithms_of_the_developer_guide() {
        assert_eq!(
            signing_algorithms_of(KeySpec::Rsa3072),
            [
                "RSASSA_PKCS1_V1_5_SHA_256",
                "RSASSA_PKCS1_V1_5_SHA_384",
                "RSASSA_PKCS1_V1_5_SHA_512",
                "RSASSA_PSS_SHA_256",
                "RSASSA_PSS_SHA_384",
                "RSASSA_PSS_SHA_512",
            ]
        );
        for (spec, words) in [
            (KeySpec::EcP256, vec!["ECDSA_SHA_256"]),
            (KeySpec::EcSecp256k1, vec!["ECDSA_SHA_256"]),
            (KeySpec::EcP384, vec!["ECDSA_SHA_384"]),
            (KeySpec::EcP521, vec!["ECDSA_SHA_512"]),
            (KeySpec::Ed25519, vec!["ED25519_PH_SHA_512", "ED25519_SHA_512"]),
            (KeySpec::MlDsa87, vec!["ML_DSA_SHAKE_256"]),
            (KeySpec::Aes256, vec![]),
        ] {
            assert_eq!(signing_algorithms_of(spec), words, "{spec:?}");
        }
        assert_eq!(encryption_algorithms_of(KeySpec::Rsa2048), ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]);
        assert_eq!(encryption_algorithms_of(KeySpec::Aes128), ["SYMMETRIC_DEFAULT"]);
        assert_eq!(mac_algorithms_of(KeySpec::HmacSha384), ["HMAC_SHA_384"]);
    }

    #[test]
    fn kinds_and_uses_go_together_as_the_page_says() {
        let together: Vec<_> = SPECS
            .iter()
            .filter_map(|(word, spec)| spec.map(|spec| (word, spec)))
            .map(|(word, spec)| {
                let uses = USAGES.iter().filter(|(_, usage)| go_together(spec, *usage));
                (*word, uses.map(|(word, _)| *word).collect::<Vec<_>>())
            })
            .collect();
        for (word, uses) in together {
            let expected: &[&str] = match word {
                "SYMMETRIC_DEFAULT" => &["ENCRYPT_DECRYPT"],
                w if w.starts_with("RSA_") => &["SIGN_VERIFY", "ENCRYPT_DECRYPT"],
                w if w.starts_with("ECC_NIST_P") => &["SIGN_VERIFY", "KEY_AGREEMENT"],
                w if w.starts_with("ECC_") || w.starts_with("ML_DSA") => &["SIGN_VERIFY"],
                w if w.starts_with("HMAC") => &["GENERATE_VERIFY_MAC"],
                _ => &["ENCAPSULATE_DECAPSULATE"],
            };
            assert_eq!(uses, expected, "{word}");
        }
    }
}
