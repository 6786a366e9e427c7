//! Beside symmetric encryption keys: how the others are made, described and used.

use api::Output;
use api::ops::{
    CiphertextForm, DataKeyPair, Decrypted, Encapsulated, Mac, PublicKey, SharedSecret, Signed, Verified,
};
use domain::{Algorithm, HashAlgorithm, KeySpec, SignatureAlgorithm, UsageSet};
use secret::SecretBytes;

use super::{MATERIAL, ciphertext, encrypted, id, key_of, number, secret, view};

fn decrypted(form: CiphertextForm) -> Output {
    let (key, account, items) = (id(), number(), vec![Ok(secret())]);
    Output::Decrypt(Decrypted { key, account, form, items, material: Some(MATERIAL) })
}

fn pair(private: Option<SecretBytes>) -> Output {
    let (key, account, public) = (id(), number(), vec![0x30, 0x00]);
    let pair = KeySpec::EcP256;
    let made = DataKeyPair { key, account, pair, wrapped: ciphertext(), private, public };
    Output::GenerateDataKeyPair(made)
}

fn verified(algorithm: Algorithm) -> Verified {
    Verified { key: id(), account: number(), version: 1, algorithm }
}

/// What there is beside symmetric encryption keys: how they are made, described and used.
pub(super) fn cases() -> Vec<(&'static str, &'static str, Output)> {
    let described = |spec, usage| Output::DescribeKey(view(key_of(spec, usage)));
    let public =
        |spec, usage| PublicKey { view: view(key_of(spec, usage)), version: 1, der: vec![0x30, 0x00] };
    let shared = |spec, usage| SharedSecret { view: view(key_of(spec, usage)), version: 1, secret: secret() };
    let (sha1, sha256) = (HashAlgorithm::Sha1, HashAlgorithm::Sha256);
    let pss = SignatureAlgorithm::RsaPss(sha256);
    let signed = |algorithm| {
        let (key, account, signature) = (id(), number(), vec![0xff, 0xee]);
        Output::Sign(Signed { key, account, version: 1, algorithm, signature })
    };
    let on_key = r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab"}"#;
    vec![
        (
            "CreateKey",
            r#"{"KeySpec":"RSA_3072","KeyUsage":"SIGN_VERIFY"}"#,
            Output::CreateKey(view(key_of(KeySpec::Rsa3072, UsageSet::SIGN_VERIFY))),
        ),
        (
            "CreateKey",
            r#"{"CustomerMasterKeySpec":"ECC_NIST_P384","KeyUsage":"KEY_AGREEMENT"}"#,
            Output::CreateKey(view(key_of(KeySpec::EcP384, UsageSet::AGREE_KEY))),
        ),
        (
            "CreateKey",
            r#"{"KeySpec":"HMAC_384","KeyUsage":"GENERATE_VERIFY_MAC"}"#,
            Output::CreateKey(view(key_of(KeySpec::HmacSha384, UsageSet::MAC))),
        ),
        (
            "CreateKey",
            r#"{"KeySpec":"ML_KEM_768","KeyUsage":"ENCAPSULATE_DECAPSULATE"}"#,
            Output::CreateKey(view(key_of(KeySpec::MlKem768, UsageSet::ENCAPSULATE))),
        ),
        ("DescribeKey", on_key, described(KeySpec::Rsa2048, UsageSet::ENCRYPT_DECRYPT)),
        ("DescribeKey", on_key, described(KeySpec::Ed25519, UsageSet::SIGN_VERIFY)),
        ("DescribeKey", on_key, described(KeySpec::MlDsa44, UsageSet::SIGN_VERIFY)),
        ("DescribeKey", on_key, described(KeySpec::EcSecp256k1, UsageSet::SIGN_VERIFY)),
        ("DescribeKey", on_key, described(KeySpec::Aes128, UsageSet::ENCRYPT_DECRYPT)),
        ("DescribeKey", on_key, described(KeySpec::X25519, UsageSet::AGREE_KEY)),
        (
            "Encrypt",
            r#"{"KeyId":"alias/app","Plaintext":"aGVsbG8=","EncryptionAlgorithm":"RSAES_OAEP_SHA_1"}"#,
            Output::Encrypt(encrypted(CiphertextForm::Oaep(sha1))),
        ),
        (
            "Decrypt",
            r#"{"KeyId":"alias/app","CiphertextBlob":"/+7dzA==","EncryptionAlgorithm":"RSAES_OAEP_SHA_256"}"#,
            decrypted(CiphertextForm::Oaep(sha256)),
        ),
        (
            "GenerateDataKeyPair",
            r#"{"KeyId":"alias/app","KeyPairSpec":"ECC_NIST_P256","EncryptionContext":{"a":"1"}}"#,
            pair(Some(secret())),
        ),
        (
            "GenerateDataKeyPairWithoutPlaintext",
            r#"{"KeyId":"alias/app","KeyPairSpec":"ECC_NIST_P256"}"#,
            pair(None),
        ),
        (
            "Sign",
            r#"{"KeyId":"alias/app","Message":"aGVsbG8=","SigningAlgorithm":"RSASSA_PSS_SHA_256"}"#,
            signed(pss),
        ),
        (
            "Sign",
            r#"{"KeyId":"alias/app","Message":"aGVsbG8=","MessageType":"EXTERNAL_MU","SigningAlgorithm":"ML_DSA_SHAKE_256"}"#,
            signed(SignatureAlgorithm::MlDsa),
        ),
        (
            "Verify",
            r#"{"KeyId":"alias/app","Message":"aGVsbG8=","MessageType":"DIGEST","Signature":"/+7dzA==","SigningAlgorithm":"ECDSA_SHA_384"}"#,
            Output::Verify(verified(Algorithm::Signature(SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384)))),
        ),
        (
            "GenerateMac",
            r#"{"KeyId":"alias/app","Message":"aGVsbG8=","MacAlgorithm":"HMAC_SHA_256"}"#,
            Output::GenerateMac(Mac {
                key: id(),
                account: number(),
                version: 1,
                hash: sha256,
                mac: vec![0xff],
            }),
        ),
        (
            "VerifyMac",
            r#"{"KeyId":"alias/app","Message":"aGVsbG8=","Mac":"/+7dzA==","MacAlgorithm":"HMAC_SHA_256"}"#,
            Output::VerifyMac(verified(Algorithm::Hmac(sha256))),
        ),
        (
            "GetPublicKey",
            r#"{"KeyId":"alias/app"}"#,
            Output::GetPublicKey(public(KeySpec::Rsa2048, UsageSet::SIGN_VERIFY)),
        ),
        (
            "GetPublicKey",
            r#"{"KeyId":"alias/app"}"#,
            Output::GetPublicKey(public(KeySpec::MlKem512, UsageSet::ENCAPSULATE)),
        ),
        (
            "DeriveSharedSecret",
            r#"{"KeyId":"alias/app","KeyAgreementAlgorithm":"ECDH","PublicKey":"MAA="}"#,
            Output::AgreeKey(shared(KeySpec::EcP256, UsageSet::AGREE_KEY)),
        ),
        (
            "Encapsulate",
            r#"{"KeyId":"alias/app","EncapsulationAlgorithm":"ML_KEM"}"#,
            Output::Encapsulate(Encapsulated {
                key: id(),
                account: number(),
                version: 1,
                ciphertext: vec![0xff, 0xee],
                secret: secret(),
            }),
        ),
        (
            "Decapsulate",
            r#"{"KeyId":"alias/app","SharedSecretCiphertextBlob":"/+7dzA==","EncapsulationAlgorithm":"ML_KEM"}"#,
            Output::Decapsulate(shared(KeySpec::MlKem768, UsageSet::ENCAPSULATE)),
        ),
    ]
}
