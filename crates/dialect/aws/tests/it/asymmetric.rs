//! Bodies about asymmetric and MAC keys that are refused before the gate is asked, in the original's code and text.

use serde_json::{Value, json};

use crate::support::Bench;

const KEY: &str = "1234abcd-12ab-4cd3-8123-1234567890ab";

fn refused(operation: &str, body: &Value) -> (String, String) {
    Bench::new().refused(operation, body.to_string())
}

/// The body reaches the gate, which has no answer ready.
fn reaches(operation: &str, body: &Value) {
    let bench = Bench::new();
    assert_eq!(bench.post(operation, body.to_string()).status, 500, "{operation} {body}");
    let _ = bench.only_command();
}

/// A well-formed body of each new operation.
fn bodies() -> Vec<(&'static str, Value)> {
    let signing = json!({ "KeyId": KEY, "Message": "aGVsbG8=", "SigningAlgorithm": "ECDSA_SHA_256" });
    let verifying = with(&signing, "Signature", json!("/+7dzA=="));
    let mac = json!({ "KeyId": KEY, "Message": "aGVsbG8=", "MacAlgorithm": "HMAC_SHA_256" });
    let verifying_mac = with(&mac, "Mac", json!("/+7dzA=="));
    let pair = json!({ "KeyId": KEY, "KeyPairSpec": "RSA_2048" });
    vec![
        ("Sign", signing),
        ("Verify", verifying),
        ("GenerateMac", mac),
        ("VerifyMac", verifying_mac),
        ("GetPublicKey", json!({ "KeyId": KEY })),
        ("GenerateDataKeyPair", pair.clone()),
        ("GenerateDataKeyPairWithoutPlaintext", pair),
        ("DeriveSharedSecret", json!({ "KeyId": KEY, "KeyAgreementAlgorithm": "ECDH", "PublicKey": "MAA=" })),
        ("Encapsulate", json!({ "KeyId": KEY, "EncapsulationAlgorithm": "ML_KEM" })),
        (
            "Decapsulate",
            json!({ "KeyId": KEY, "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": "MAA=" }),
        ),
    ]
}

fn with(body: &Value, member: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[member] = value;
    body
}

#[test]
fn every_required_member_is_missed_by_its_name() {
    for (operation, body) in bodies() {
        reaches(operation, &body);
        for member in body.as_object().unwrap().keys() {
            let mut less = body.clone();
            less.as_object_mut().unwrap().remove(member);
            let (code, message) = refused(operation, &less);
            assert_eq!(code, "ValidationException", "{operation} {member}");
            let lower = member[..1].to_lowercase() + &member[1..];
            assert_eq!(
                message,
                format!(
                    "1 validation error detected: Value null at '{lower}' failed to satisfy constraint: Member must not \
                     be null"
                )
            );
        }
    }
}

#[test]
fn every_word_and_blob_has_its_bounds() {
    for (operation, body) in bodies() {
        for (member, value) in body.as_object().unwrap() {
            let bad = match member.as_str() {
                "KeyId" => vec![json!("")],
                "Message" => vec![json!(""), json!("AAAA".repeat(1366))],
                "Signature" | "Mac" | "SharedSecretCiphertextBlob" => {
                    vec![json!(""), json!("AAAA".repeat(2049))]
                }
                "PublicKey" => vec![json!(""), json!("AAAA".repeat(2731))],
                _ => vec![json!(""), json!("ROT13"), json!(value.as_str().unwrap().to_lowercase())],
            };
            for bad in bad {
                let (code, message) = refused(operation, &with(&body, member, bad.clone()));
                assert_eq!(code, "ValidationException", "{operation} {member} {bad}");
                assert!(message.starts_with("1 validation error detected: Value"), "{message}");
            }
            for bad in [json!(1), json!({}), json!(["x"])] {
                let (code, _) = refused(operation, &with(&body, member, bad));
                assert_eq!(code, "SerializationException", "{operation} {member}");
            }
            if matches!(member.as_str(), "Message" | "Signature" | "Mac" | "PublicKey") {
                let (code, _) = refused(operation, &with(&body, member, json!("@@@@")));
                assert_eq!(code, "SerializationException", "{operation} {member}");
            }
        }
    }
}

#[test]
fn longest_members_reach_the_gate() {
    for (operation, body) in bodies() {
        for (member, longest) in [
            ("Message", format!("{}AA==", "AAAA".repeat(1365))),
            ("Signature", "AAAA".repeat(2048)),
            ("Mac", "AAAA".repeat(2048)),
            ("SharedSecretCiphertextBlob", "AAAA".repeat(2048)),
            ("PublicKey", format!("{}AAA=", "AAAA".repeat(2730))),
        ] {
            if body.get(member).is_some() {
                reaches(operation, &with(&body, member, json!(longest)));
            }
        }
    }
}

/// Every operation of these that has the member asks the gate for a rehearsal.
#[test]
fn a_dry_run_is_asked_of_the_gate() {
    for (operation, body) in bodies().into_iter().filter(|(operation, _)| *operation != "GetPublicKey") {
        for asked in [true, false] {
            let bench = Bench::new();
            let _ = bench.post(operation, with(&body, "DryRun", json!(asked)).to_string());
            assert_eq!(bench.only_call().context.dry_run, asked, "{operation}");
        }
    }
}

#[test]
fn what_changes_the_meaning_and_is_absent_is_refused_everywhere() {
    for (operation, body) in bodies() {
        let (code, _) = refused(operation, &with(&body, "GrantTokens", json!(["t"])));
        assert_eq!(code, "InvalidGrantTokenException", "{operation}");
        if matches!(operation, "GenerateDataKeyPair" | "DeriveSharedSecret") {
            let (code, _) = refused(operation, &with(&body, "Recipient", json!({})));
            assert_eq!(code, "UnsupportedOperationException", "{operation}");
        }
    }
}

#[test]
fn message_types_are_three() {
    for (operation, body) in bodies().into_iter().take(2) {
        for known in ["RAW", "DIGEST", "EXTERNAL_MU"] {
            reaches(operation, &with(&body, "MessageType", json!(known)));
        }
        let (code, message) = refused(operation, &with(&body, "MessageType", json!("HASH")));
        assert_eq!(code, "ValidationException");
        assert!(message.ends_with("enum value set: [RAW, DIGEST, EXTERNAL_MU]"), "{message}");
    }
}

#[test]
fn what_aws_has_in_china_alone_is_refused_clearly() {
    let signing = json!({ "KeyId": KEY, "Message": "aGVsbG8=", "SigningAlgorithm": "SM2DSA" });
    let pair = json!({ "KeyId": KEY, "KeyPairSpec": "SM2" });
    let key = json!({ "KeySpec": "SM2", "KeyUsage": "SIGN_VERIFY" });
    for (operation, body, word) in [
        ("Sign", &signing, "SM2DSA"),
        ("Verify", &with(&signing, "Signature", json!("AAAA")), "SM2DSA"),
        ("GenerateDataKeyPair", &pair, "KeyPairSpec SM2"),
        ("CreateKey", &key, "KeySpec SM2"),
    ] {
        let (code, message) = refused(operation, body);
        assert_eq!(code, "UnsupportedOperationException", "{operation}");
        assert_eq!(message, format!("{word} is not supported in this Region."));
    }
}

#[test]
fn a_key_is_made_for_one_usage_that_fits_it() {
    let make = |spec: &str, usage: &str| json!({ "KeySpec": spec, "KeyUsage": usage });
    for (spec, usage) in [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        ("RSA_4096", "ENCRYPT_DECRYPT"),
        ("RSA_4096", "SIGN_VERIFY"),
        ("ECC_NIST_P521", "SIGN_VERIFY"),
        ("ECC_NIST_P521", "KEY_AGREEMENT"),
        ("ECC_SECG_P256K1", "SIGN_VERIFY"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        ("HMAC_224", "GENERATE_VERIFY_MAC"),
        ("ML_DSA_65", "SIGN_VERIFY"),
        ("ML_KEM_1024", "ENCAPSULATE_DECAPSULATE"),
    ] {
        reaches("CreateKey", &make(spec, usage));
    }
    for (spec, usage) in [
        ("SYMMETRIC_DEFAULT", "SIGN_VERIFY"),
        ("RSA_2048", "KEY_AGREEMENT"),
        ("ECC_NIST_P256", "ENCRYPT_DECRYPT"),
        ("ECC_SECG_P256K1", "KEY_AGREEMENT"),
        ("ECC_NIST_EDWARDS25519", "KEY_AGREEMENT"),
        ("HMAC_256", "SIGN_VERIFY"),
        ("ML_DSA_44", "ENCAPSULATE_DECAPSULATE"),
        ("ML_KEM_512", "KEY_AGREEMENT"),
    ] {
        let (code, message) = refused("CreateKey", &make(spec, usage));
        assert_eq!(code, "ValidationException");
        assert_eq!(message, format!("KeyUsage {usage} is not compatible with KeySpec {spec}"));
    }
    for body in [json!({ "KeySpec": "HMAC_256" }), json!({ "CustomerMasterKeySpec": "RSA_2048" })] {
        let (code, message) = refused("CreateKey", &body);
        assert_eq!(code, "ValidationException");
        assert_eq!(
            message,
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
        );
    }
    // The deprecated member has not the newest words.
    let body = json!({ "CustomerMasterKeySpec": "ML_DSA_44", "KeyUsage": "SIGN_VERIFY" });
    let (code, message) = refused("CreateKey", &body);
    assert_eq!(code, "ValidationException");
    assert!(
        message.contains("at 'customerMasterKeySpec'") && message.ends_with("HMAC_512, SM2]"),
        "{message}"
    );
}

#[test]
fn nothing_is_bound_to_an_asymmetric_ciphertext_and_none_names_its_key() {
    let encrypt =
        json!({ "KeyId": KEY, "Plaintext": "aGVsbG8=", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256" });
    let decrypt =
        json!({ "KeyId": KEY, "CiphertextBlob": "MAA=", "EncryptionAlgorithm": "RSAES_OAEP_SHA_1" });
    for (operation, body) in [("Encrypt", &encrypt), ("Decrypt", &decrypt)] {
        reaches(operation, body);
        reaches(operation, &with(body, "EncryptionContext", json!({})));
        let (code, message) = refused(operation, &with(body, "EncryptionContext", json!({ "a": "b" })));
        assert_eq!(code, "ValidationException", "{operation}");
        assert!(
            message.starts_with("EncryptionContext cannot be used with algorithm RSAES_OAEP"),
            "{message}"
        );
    }
    let mut nameless = decrypt.clone();
    nameless.as_object_mut().unwrap().remove("KeyId");
    let (code, message) = refused("Decrypt", &nameless);
    assert_eq!(code, "ValidationException");
    assert!(message.starts_with("KeyId is required"), "{message}");
}
