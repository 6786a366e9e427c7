//! Bodies that no SDK sends. Each is refused through the gate, in the original's code, in bounded time.

use std::time::{Duration, Instant};

use keystead_dialect_aws::OPERATIONS;
use proptest::prelude::*;

use crate::support::{Bench, request};

const KEY: &str = "1234abcd-12ab-4cd3-8123-1234567890ab";
/// The most that the edge lets through.
const MOST: usize = 256 * 1024;

fn code(operation: &str, body: String) -> String {
    Bench::new().refused(operation, body).0
}

fn encrypt(members: &str) -> String {
    format!("{{\"KeyId\":\"{KEY}\",\"Plaintext\":\"aGVsbG8=\",{members}}}")
}

#[test]
fn what_is_no_object_of_the_model_is_a_serialization_error() {
    for operation in OPERATIONS.iter().map(|row| row.name) {
        for body in ["[", "[]", "{", "\"x\"", "null", "{}{}", "\u{0}"] {
            assert_eq!(code(operation, body.to_owned()), "SerializationException", "{operation} {body}");
        }
    }
    for members in [
        "\"KeyId\":\"x\"",
        "\"EncryptionContext\":[]",
        "\"EncryptionContext\":{\"a\":1}",
        "\"EncryptionContext\":{\"a\":null}",
        "\"EncryptionContext\":{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\"}",
        "\"EncryptionAlgorithm\":1",
        "\"GrantTokens\":{}",
        "\"DryRun\":\"true\"",
    ] {
        assert_eq!(code("Encrypt", encrypt(members)), "SerializationException", "{members}");
    }
}

#[test]
fn a_description_is_there_and_has_8192_characters() {
    let body = |text: &str| serde_json::json!({ "KeyId": KEY, "Description": text }).to_string();
    let (code, message) = Bench::new().refused("UpdateKeyDescription", format!("{{\"KeyId\":\"{KEY}\"}}"));
    assert_eq!(code, "ValidationException");
    assert!(message.contains("Value null at 'description'"), "{message}");
    let bench = Bench::new();
    assert_eq!(bench.post("UpdateKeyDescription", body(&"ü".repeat(8192))).status, 500, "reaches the gate");
    let _ = bench.only_command();
    let (code, message) = Bench::new().refused("UpdateKeyDescription", body(&"u".repeat(8193)));
    assert_eq!(code, "ValidationException");
    assert!(message.ends_with("Member must have length less than or equal to 8192"), "{message}");
}

#[test]
fn a_plaintext_is_base64_of_1_to_4096_bytes() {
    let body = |text: &str| format!("{{\"KeyId\":\"{KEY}\",\"Plaintext\":\"{text}\"}}");
    for text in ["@@@@", "aGVsbG8", "aGVs bG8=", "aGVsbG8==", "Zh=="] {
        assert_eq!(code("Encrypt", body(text)), "SerializationException", "{text}");
    }
    let longest = format!("{}AA==", "AAAA".repeat(1365));
    let bench = Bench::new();
    assert_eq!(bench.post("Encrypt", body(&longest)).status, 500, "4096 bytes reach the gate");
    let _ = bench.only_command();
    for text in ["A".repeat(5464), "A".repeat(5468), "A".repeat(200_000)] {
        let (code, message) = Bench::new().refused("Encrypt", body(&text));
        assert_eq!(code, "ValidationException");
        assert_eq!(
            message,
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have \
             length less than or equal to 4096"
        );
    }
}

#[test]
fn violations_are_told_together_and_never_show_a_plaintext() {
    let body = format!(
        "{{\"KeyId\":\"\",\"Plaintext\":\"{}\",\"EncryptionAlgorithm\":\"ROT13\"}}",
        "A".repeat(8000)
    );
    let (code, message) = Bench::new().refused("Encrypt", body);
    assert_eq!(code, "ValidationException");
    assert_eq!(
        message,
        "3 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length \
         greater than or equal to 1; Value at 'plaintext' failed to satisfy constraint: Member must have length less \
         than or equal to 4096; Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must \
         satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]"
    );
    let long = "\u{e9}".repeat(60_000);
    let (_, message) = Bench::new().refused("CreateKey", format!("{{\"KeyUsage\":\"{long}\"}}"));
    assert!(message.len() < 2048, "an error repeats a bounded part of its cause: {}", message.len());
}

fn within(limit: Duration, act: impl FnOnce()) {
    let began = Instant::now();
    act();
    assert!(began.elapsed() < limit, "took {:?}", began.elapsed());
}

#[test]
fn depth_and_breadth_cost_what_their_bytes_cost() {
    let deep =
        |open: &str, close: &str, n: usize| format!("{{\"Deep\":{}{}", open.repeat(n), close.repeat(n));
    // Quadratic work over so many names takes a second and more here, linear work a hundredth.
    let mut pairs: Vec<String> = (0..).map(|n| format!("\"{n:x}\":\"\"")).take(MOST / 10).collect();
    let wide = |pairs: &[String]| encrypt(&format!("\"EncryptionContext\":{{{}}}", pairs.join(",")));
    within(Duration::from_secs(1), || {
        assert_eq!(Bench::new().post("Encrypt", wide(&pairs)).status, 500, "reaches the gate");
        pairs.push("\"0\":\"\"".to_owned());
        assert_eq!(code("Encrypt", wide(&pairs)), "SerializationException");
        assert_eq!(code("ListKeys", deep("[", "", 100_000)), "SerializationException");
        assert_eq!(code("ListKeys", deep("{\"a\":", "", 50_000)), "SerializationException");
        let known = format!("{{\"EncryptionContext\":{}", "{\"a\":".repeat(40_000));
        assert_eq!(code("Encrypt", known), "SerializationException");
    });
    // A member that the model does not name is passed over whatever is in it, without recursion.
    let unknown = format!("{}}}", deep("[", "]", 100_000));
    within(Duration::from_secs(1), || assert_eq!(Bench::new().post("ListKeys", unknown).status, 500));
}

#[test]
fn what_changes_the_meaning_and_is_absent_is_refused() {
    for (operation, members, code_of) in [
        (
            "Decrypt",
            "\"CiphertextBlob\":\"aGVsbG8=\",\"DryRunModifiers\":[\"IGNORE_CIPHERTEXT\"]",
            "UnsupportedOperationException",
        ),
        ("Encrypt", "\"GrantTokens\":[\"t\"]", "InvalidGrantTokenException"),
        ("Encrypt", "\"EncryptionAlgorithm\":\"SM2PKE\"", "UnsupportedOperationException"),
        ("GenerateRandom", "\"NumberOfBytes\":1,\"Recipient\":{}", "UnsupportedOperationException"),
        (
            "GenerateRandom",
            "\"NumberOfBytes\":1,\"CustomKeyStoreId\":\"cks-1\"",
            "UnsupportedOperationException",
        ),
        ("GenerateRandom", "\"NumberOfBytes\":1,\"CustomKeyStoreId\":\"\"", "ValidationException"),
        ("GenerateRandom", "\"NumberOfBytes\":0", "ValidationException"),
        ("GenerateRandom", "\"NumberOfBytes\":1025", "ValidationException"),
        ("GenerateRandom", "\"NumberOfBytes\":1.5", "SerializationException"),
        ("GenerateRandom", "\"Other\":1", "ValidationException"),
        ("ReEncrypt", "\"CiphertextBlob\":\"aGVsbG8=\"", "ValidationException"),
        ("ReEncrypt", "\"DestinationKeyId\":\"alias/a\"", "ValidationException"),
        ("ReEncrypt", "\"CiphertextBlob\":\"\",\"DestinationKeyId\":\"alias/a\"", "ValidationException"),
        (
            "ReEncrypt",
            "\"CiphertextBlob\":\"aGVsbG8=\",\"DestinationKeyId\":\"nonsense\"",
            "NotFoundException",
        ),
        (
            "ReEncrypt",
            "\"CiphertextBlob\":\"aGVsbG8=\",\"DestinationKeyId\":\"alias/a\",\"GrantTokens\":[\"t\"]",
            "InvalidGrantTokenException",
        ),
        (
            "ReEncrypt",
            "\"CiphertextBlob\":\"aGVsbG8=\",\"DestinationKeyId\":\"alias/a\",\"SourceEncryptionAlgorithm\":\"SM2PKE\"",
            "UnsupportedOperationException",
        ),
        (
            "ReEncrypt",
            "\"CiphertextBlob\":\"aGVsbG8=\",\"DestinationKeyId\":\"alias/a\",\"DestinationEncryptionAlgorithm\":\"ROT13\"",
            "ValidationException",
        ),
        (
            "ReEncrypt",
            "\"CiphertextBlob\":\"aGVsbG8=\",\"DestinationKeyId\":\"alias/a\",\"DryRun\":true,\"DryRunModifiers\":[\"IGNORE_CIPHERTEXT\"]",
            "UnsupportedOperationException",
        ),
        ("ListResourceTags", "\"Limit\":51", "ValidationException"),
        ("ListResourceTags", "\"Limit\":0", "ValidationException"),
        ("ListResourceTags", "\"Marker\":\"nonsense\"", "InvalidMarkerException"),
        ("ListKeyPolicies", "\"Limit\":1001", "ValidationException"),
        ("ListKeyPolicies", "\"Marker\":\"bQECAw\"", "InvalidMarkerException"),
        ("TagResource", "\"Other\":1", "ValidationException"),
        ("TagResource", "\"Tags\":[{}]", "ValidationException"),
        ("TagResource", "\"Tags\":[{\"TagKey\":\"a\"}]", "ValidationException"),
        ("TagResource", "\"Tags\":{}", "SerializationException"),
        ("UntagResource", "\"Other\":1", "ValidationException"),
        ("UntagResource", "\"TagKeys\":[1]", "SerializationException"),
        ("UpdateAlias", "\"AliasName\":\"alias/a\"", "ValidationException"),
        ("UpdateAlias", "\"AliasName\":\"alias/aws/s3\",\"TargetKeyId\":\"x\"", "NotAuthorizedException"),
        ("UpdateAlias", "\"AliasName\":\"alias/a\",\"TargetKeyId\":\"alias/b\"", "NotFoundException"),
        ("DeleteAlias", "\"AliasName\":\"alias/aws/s3\"", "NotAuthorizedException"),
        ("DeleteAlias", "\"AliasName\":\"app\"", "ValidationException"),
        ("DeleteAlias", "\"AliasName\":\"alias/a b\"", "ValidationException"),
        ("DeleteAlias", "\"Other\":1", "ValidationException"),
        ("GenerateDataKey", "\"NumberOfBytes\":1,\"Recipient\":{}", "UnsupportedOperationException"),
        ("GenerateDataKey", "\"NumberOfBytes\":1,\"KeySpec\":\"AES_256\"", "ValidationException"),
        ("GenerateDataKey", "\"NumberOfBytes\":1025", "ValidationException"),
        ("CreateKey", "\"MultiRegion\":true", "UnsupportedOperationException"),
        ("CreateKey", "\"Origin\":\"EXTERNAL\"", "UnsupportedOperationException"),
        ("CreateKey", "\"KeySpec\":\"RSA_2048\"", "ValidationException"),
        ("CreateKey", "\"KeySpec\":\"AES_256\"", "ValidationException"),
        ("CreateKey", "\"CustomKeyStoreId\":\"cks-1\"", "UnsupportedOperationException"),
        ("ListKeys", "\"Limit\":0", "ValidationException"),
        ("ListKeys", "\"Limit\":1001", "ValidationException"),
        ("ListAliases", "\"Marker\":\"nonsense\"", "InvalidMarkerException"),
        ("ScheduleKeyDeletion", "\"PendingWindowInDays\":6", "ValidationException"),
        ("ScheduleKeyDeletion", "\"PendingWindowInDays\":31", "ValidationException"),
        ("EnableKeyRotation", "\"RotationPeriodInDays\":89", "ValidationException"),
        ("EnableKeyRotation", "\"RotationPeriodInDays\":2561", "ValidationException"),
        ("EnableKeyRotation", "\"RotationPeriodInDays\":-1", "ValidationException"),
        ("EnableKeyRotation", "\"RotationPeriodInDays\":90.5", "SerializationException"),
        ("ListKeyRotations", "\"IncludeKeyMaterial\":\"ALL\"", "ValidationException"),
        ("ListKeyRotations", "\"Limit\":1001", "ValidationException"),
        ("ListKeyRotations", "\"Marker\":\"nonsense\"", "InvalidMarkerException"),
        ("GetKeyPolicy", "\"PolicyName\":\"other\"", "NotFoundException"),
        ("CreateAlias", "\"AliasName\":\"alias/aws/s3\",\"TargetKeyId\":\"x\"", "NotAuthorizedException"),
        ("CreateAlias", "\"AliasName\":\"app\",\"TargetKeyId\":\"x\"", "ValidationException"),
        ("CreateAlias", "\"AliasName\":\"alias/\",\"TargetKeyId\":\"x\"", "ValidationException"),
        ("CreateAlias", "\"AliasName\":\"alias/a.b\",\"TargetKeyId\":\"x\"", "ValidationException"),
    ] {
        assert_eq!(code(operation, encrypt(members)), code_of, "{operation} {members}");
    }
}

fn tag_error(tags: &serde_json::Value) -> (String, String) {
    let create = Bench::new().refused("CreateKey", serde_json::json!({ "Tags": tags }).to_string());
    let tag =
        Bench::new().refused("TagResource", serde_json::json!({ "KeyId": KEY, "Tags": tags }).to_string());
    assert_eq!(create, tag, "both take the same tags");
    tag
}

#[test]
fn tags_are_few_short_and_each_its_own() {
    let tag = |key: &str, value: &str| serde_json::json!({ "TagKey": key, "TagValue": value });
    let said = |tags: Vec<serde_json::Value>| tag_error(&tags.into());
    let tags = |text: &str| ("TagException".to_owned(), text.to_owned());
    for key in ["aws:", "aws:x", "AWS:cloudformation"] {
        assert_eq!(said(vec![tag("a", ""), tag(key, "")]), tags("Tags beginning with aws: are reserved"));
    }
    assert_eq!(said(vec![tag("a", "1"), tag("a", "2")]), tags("Duplicate tag keys"));
    let many: Vec<_> = (0..51).map(|n| tag(&n.to_string(), "")).collect();
    assert_eq!(said(many.clone()), tags("Too many tags"));
    let (long, longer) =
        (said(vec![tag("", &"v".repeat(257))]), said(vec![tag("a", ""), tag(&"k".repeat(129), "")]));
    let value = "v".repeat(257);
    assert_eq!(
        long.1,
        format!(
            "2 validation errors detected: Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '{value}' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256"
        )
    );
    let key = "k".repeat(129);
    assert_eq!(
        longer.1,
        format!(
            "1 validation error detected: Value '{key}' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128"
        )
    );
    // What is within the bounds reaches the gate: fifty, and the longest.
    for good in [
        many[..50].to_vec(),
        vec![tag(&"ü".repeat(128), &"ü".repeat(256))],
        vec![tag("awsome", "aws:")],
        vec![],
    ] {
        let bench = Bench::new();
        assert_eq!(
            bench.post("TagResource", serde_json::json!({ "KeyId": KEY, "Tags": good }).to_string()).status,
            500
        );
        let _ = bench.only_command();
    }
    let huge: Vec<_> = (0..9000).map(|_| tag("", "")).collect();
    assert_eq!(said(huge), tags("Too many tags"), "in few words");
    let body = serde_json::json!({ "KeyId": KEY, "TagKeys": ["a", key] }).to_string();
    let (code, text) = Bench::new().refused("UntagResource", body);
    assert_eq!(code, "ValidationException");
    assert_eq!(
        text,
        format!(
            "1 validation error detected: Value '[a, {key}]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]"
        )
    );
}

fn operation() -> impl Strategy<Value = &'static str> {
    prop::sample::select(OPERATIONS.iter().map(|row| row.name).collect::<Vec<_>>())
}

/// JSON over the model's own member names, so that many bodies get past the first check.
fn object() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "KeyId",
        "Plaintext",
        "CiphertextBlob",
        "EncryptionContext",
        "EncryptionAlgorithm",
        "GrantTokens",
        "DryRun",
        "Recipient",
        "NumberOfBytes",
        "KeySpec",
        "Limit",
        "Marker",
        "AliasName",
        "TargetKeyId",
        "PendingWindowInDays",
        "RotationPeriodInDays",
        "IncludeKeyMaterial",
        "Policy",
        "PolicyName",
        "Message",
        "MessageType",
        "SigningAlgorithm",
        "Signature",
        "MacAlgorithm",
        "Mac",
        "KeyPairSpec",
        "KeyAgreementAlgorithm",
        "PublicKey",
        "EncapsulationAlgorithm",
        "SharedSecretCiphertextBlob",
        "Tags",
        "TagKeys",
        "SourceKeyId",
        "DestinationKeyId",
        "SourceEncryptionContext",
        "DryRunModifiers",
    ]);
    let texts = prop_oneof![
        Just(KEY.to_owned()),
        "(arn:aws:kms:)?[a-z0-9:/*-]{0,40}",
        "alias/[a-z/]{0,9}",
        "[A-Za-z0-9+/]{0,12}={0,2}",
        any::<String>(),
    ];
    let values = prop_oneof![
        4 => texts.prop_map(|text| serde_json::Value::from(text).to_string()),
        1 => any::<i64>().prop_map(|n| n.to_string()),
        1 => prop::sample::select(vec!["null", "true", "[]", "{}", "{\"a\":\"b\"}", "[1]", "1e999", "-0.5"])
            .prop_map(str::to_owned),
    ];
    let member = (names, values).prop_map(|(name, value)| format!("\"{name}\":{value}"));
    prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_object_is_answered_and_goes_through_the_gate_once(operation in operation(), body in object()) {
        let bench = Bench::new();
        let answer = bench.post(operation, body);
        prop_assert!(matches!(answer.status, 400 | 500));
        prop_assert_eq!(bench.kms.take_calls().len(), 1);
    }

    #[test]
    fn any_bytes_are_answered(operation in operation(), body in prop::collection::vec(any::<u8>(), 0..64)) {
        let bench = Bench::new();
        let answer = bench.post(operation, body);
        prop_assert!(matches!(answer.status, 400 | 500));
        prop_assert_eq!(bench.kms.take_calls().len(), 1);
    }

    #[test]
    fn any_target_and_path_are_answered(target in "[ -~]{0,80}", path in "/[ -~]{0,20}") {
        let bench = Bench::new();
        let request = edge::Request { path, ..request(&target, "{}") };
        prop_assert_eq!(bench.send(request).status, 400);
        prop_assert_eq!(bench.kms.take_calls().len(), 1);
    }
}
