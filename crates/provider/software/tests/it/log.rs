//! The audit log's Ed25519: known answers, and keys that are none.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use keystead_provider_software::Software;
use secret::{Exposure, SecretBytes};
use spi::{LogCrypto, ProviderError};

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

/// RFC 8032 §7.1, tests 1 and 2.
#[test]
fn ed25519_signs_as_published() {
    let provider = Software::new();
    let cases = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    for (seed, public, message, signature) in cases {
        let der = ["3051020101300506032b657004220420", seed, "812100", public].concat();
        let pkcs8 = SecretBytes::from_hex(der).unwrap();
        assert_eq!(provider.public_key(&pkcs8).unwrap().to_vec(), bytes(public));
        assert_eq!(provider.sign(&pkcs8, &bytes(message)).unwrap().to_vec(), bytes(signature));
    }
}

#[test]
fn signing_keys_sign_and_nothing_else_verifies() {
    let provider = Software::new();
    let pair = provider.new_signing_key().unwrap();
    assert_eq!(provider.public_key(&pair.pkcs8).unwrap(), pair.public);
    let mut signature = provider.sign(&pair.pkcs8, b"checkpoint").unwrap();
    assert!(provider.verify(&pair.public, b"checkpoint", &signature));
    assert!(!provider.verify(&pair.public, b"checkpoin", &signature));
    assert!(!provider.verify(&provider.new_signing_key().unwrap().public, b"checkpoint", &signature));
    assert!(!provider.verify(&pair.public, b"checkpoint", &signature[..63]));
    signature[0] ^= 1;
    assert!(!provider.verify(&pair.public, b"checkpoint", &signature));
}

#[test]
fn a_private_key_whose_halves_do_not_match_is_malformed() {
    let provider = Software::new();
    let pair = provider.new_signing_key().unwrap();
    let mut other = pair.pkcs8.expose(Exposure::HandToProvider).to_vec();
    other[20] ^= 1;
    let swapped = SecretBytes::take_vec(other);
    assert_eq!(provider.public_key(&swapped).unwrap_err(), ProviderError::Malformed);
    let short = SecretBytes::take(&mut [0x30, 0x51]);
    assert_eq!(provider.sign(&short, b"").unwrap_err(), ProviderError::Malformed);
}
