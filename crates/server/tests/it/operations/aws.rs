//! AWS: signed `POST /`, the operation in a header, keys by id, alias or ciphertext.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codec_sigv4::sign::Signer;
use codec_sigv4::{RequestHead, Scope, Timestamp, signing_key};
use dialect_aws::{Aws, OPERATIONS};
use http::Method;
use provider_software::Software;
use serde_json::{Value, json};
use spi::{AuthCrypto, LogCrypto};

use super::cast::{Player, REGION};
use super::kin::MESSAGE;
use super::props::Props;
use super::stage::{Row, Stage, Wire, gate};
use crate::house::{ACCOUNT, House};

type Build = fn(&Props) -> Value;

const BODIES: &[(&str, Build)] = &[
    ("CancelKeyDeletion", on_key),
    ("CreateAlias", |p| json!({ "AliasName": format!("alias/{}", p.new_name()), "TargetKeyId": id(p) })),
    ("CreateKey", |_| json!({ "Tags": [{ "TagKey": "team", "TagValue": "pay" }] })),
    (
        "Decapsulate",
        |p| json!({ "KeyId": p.kin.kem.to_string(), "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": STANDARD.encode([7; 768]) }),
    ),
    ("Decrypt", |p| json!({ "CiphertextBlob": STANDARD.encode(&p.key.envelope) })),
    ("DeleteAlias", |p| json!({ "AliasName": alias(p) })),
    (
        "DeriveSharedSecret",
        |p| json!({ "KeyId": p.kin.agreer.to_string(), "KeyAgreementAlgorithm": "ECDH", "PublicKey": STANDARD.encode(&p.kin.peer) }),
    ),
    ("DescribeKey", |p| json!({ "KeyId": alias(p) })),
    ("DisableKey", on_key),
    ("DisableKeyRotation", on_key),
    ("EnableKey", on_key),
    ("EnableKeyRotation", on_key),
    ("Encapsulate", |p| json!({ "KeyId": p.kin.kem.to_string(), "EncapsulationAlgorithm": "ML_KEM" })),
    ("Encrypt", |p| json!({ "KeyId": alias(p), "Plaintext": "aGVsbG8=" })),
    ("GenerateDataKey", |p| json!({ "KeyId": alias(p), "KeySpec": "AES_256" })),
    ("GenerateDataKeyPair", |p| json!({ "KeyId": alias(p), "KeyPairSpec": "ECC_NIST_P256" })),
    ("GenerateDataKeyPairWithoutPlaintext", |p| json!({ "KeyId": id(p), "KeyPairSpec": "ML_KEM_512" })),
    ("GenerateDataKeyWithoutPlaintext", |p| json!({ "KeyId": id(p), "KeySpec": "AES_256" })),
    (
        "GenerateMac",
        |p| json!({ "KeyId": p.kin.mac_key.to_string(), "Message": message(), "MacAlgorithm": "HMAC_SHA_256" }),
    ),
    ("GenerateRandom", |_| json!({ "NumberOfBytes": 32 })),
    ("GetKeyLastUsage", on_key),
    ("GetKeyPolicy", on_key),
    ("GetKeyRotationStatus", on_key),
    ("GetPublicKey", |p| json!({ "KeyId": p.kin.signer.to_string() })),
    ("ListAliases", |_| json!({})),
    ("ListKeyPolicies", on_key),
    ("ListKeyRotations", on_key),
    ("ListKeys", |_| json!({})),
    ("ListResourceTags", on_key),
    ("PutKeyPolicy", |p| json!({ "KeyId": id(p), "PolicyName": "default", "Policy": key_policy() })),
    (
        "ReEncrypt",
        |p| json!({ "CiphertextBlob": STANDARD.encode(&p.key.envelope), "DestinationKeyId": id(p) }),
    ),
    ("RotateKeyOnDemand", on_key),
    ("ScheduleKeyDeletion", |p| json!({ "KeyId": id(p), "PendingWindowInDays": 7 })),
    (
        "Sign",
        |p| json!({ "KeyId": p.kin.signer.to_string(), "Message": message(), "SigningAlgorithm": "ECDSA_SHA_256" }),
    ),
    ("TagResource", |p| json!({ "KeyId": id(p), "Tags": [{ "TagKey": "team", "TagValue": "pay" }] })),
    ("UntagResource", |p| json!({ "KeyId": id(p), "TagKeys": ["team"] })),
    ("UpdateAlias", |p| json!({ "AliasName": alias(p), "TargetKeyId": id(p) })),
    ("UpdateKeyDescription", |p| json!({ "KeyId": id(p), "Description": "new" })),
    (
        "Verify",
        |p| json!({ "KeyId": p.kin.signer.to_string(), "Message": message(), "SigningAlgorithm": "ECDSA_SHA_256", "Signature": STANDARD.encode(&p.kin.signature) }),
    ),
    (
        "VerifyMac",
        |p| json!({ "KeyId": p.kin.mac_key.to_string(), "Message": message(), "MacAlgorithm": "HMAC_SHA_256", "Mac": STANDARD.encode(&p.kin.mac) }),
    ),
];

pub(super) fn stage(house: &House) -> Stage {
    let rows = OPERATIONS.iter().map(|row| Row {
        name: row.name,
        asks: row.asks.iter().map(|(action, on)| (*action, format!("{on:?}"))).collect(),
    });
    Stage {
        word: "aws",
        rows: rows.collect(),
        built: BODIES.iter().map(|(name, _)| *name).collect(),
        build,
        sign: |wire, player| sign_for(wire, player, "kms"),
        error: |body| body["__type"].as_str().unwrap().trim_end_matches("Exception").to_owned(),
        denied: (400, "AccessDenied"),
        unproven: (400, "MissingAuthenticationToken"),
        unrouted: call("NoSuchOperation", &json!({})),
        dialect: dialect(house),
    }
}

/// The dialect that both services stand in.
pub(super) fn dialect(house: &House) -> Box<dyn edge::HttpDialect> {
    let crypto = house.crypto.clone();
    Box::new(Aws::new(gate(house), Arc::new(move |parts| LogCrypto::sha256(&*crypto, parts))))
}

fn build(row: &Row, props: &Props) -> Wire {
    let (_, body) = BODIES.iter().find(|(name, _)| *name == row.operation()).unwrap();
    call(row.operation(), &body(props))
}

fn call(operation: &str, body: &Value) -> Wire {
    let mut wire = Wire::new(Method::POST, "/".to_owned(), body);
    wire.headers = vec![
        ("content-type", "application/x-amz-json-1.1".to_owned()),
        ("host", "kms.test".to_owned()),
        ("x-amz-target", format!("TrentService.{operation}")),
    ];
    wire
}

fn id(props: &Props) -> String {
    props.key.id.to_string()
}

fn alias(props: &Props) -> String {
    format!("alias/{}", props.key.name)
}

fn message() -> String {
    STANDARD.encode(MESSAGE)
}

fn on_key(props: &Props) -> Value {
    json!({ "KeyId": id(props) })
}

/// The policy that a key is born with.
pub(super) fn key_policy() -> String {
    access::delegating_key_policy(ACCOUNT.parse().unwrap()).text
}

/// Signs for a service as an SDK does, at this instant.
pub(super) fn sign_for(wire: &mut Wire, player: Player, service: &str) {
    let crypto = Software::new();
    let (sha256, hmac) = (
        |data: &[u8]| AuthCrypto::sha256(&crypto, data),
        |key: &[u8], data: &[u8]| crypto.hmac_sha256(key, data),
    );
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let at = Timestamp::from_unix(since.as_secs().try_into().unwrap());
    let scope = Scope::at(&at, REGION, service);
    let key = signing_key(player.secret().as_bytes(), &scope, hmac);
    let headers: Vec<_> = wire.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let head = RequestHead { method: "POST", path: b"/", query: b"", headers: &headers };
    let signer = Signer {
        access_key_id: &player.access_key(),
        session_token: None,
        scope: &scope,
        signing_key: &key,
        sha256: &sha256,
        hmac: &hmac,
    };
    let added = signer.header(&head, &sha256(wire.body.as_bytes()), &at).unwrap();
    wire.headers.extend(added);
}
