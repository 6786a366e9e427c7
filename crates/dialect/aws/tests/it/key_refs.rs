//! How a request may name a key, and what each wrong way is answered with.

use api::Command;
use api::ops::KeyRef;
use domain::{Coordinates, Dialect, Name, Space};

use crate::support::Bench;

const ID: &str = "1234abcd-12ab-4cd3-8123-1234567890ab";

fn read(given: &str) -> Result<KeyRef, (String, String)> {
    let bench = Bench::new();
    let body = serde_json::json!({ "KeyId": given }).to_string();
    let answer = bench.post("DescribeKey", body.clone());
    // The gate has no answer in store: it fails where the reference was read, and refuses where it was not.
    if answer.status == 500 {
        let Command::DescribeKey(asked) = bench.only_command() else { panic!("another operation") };
        return Ok(asked.key);
    }
    Err(answer.error())
}

fn at(account: &str, key: KeyRef) -> KeyRef {
    let place = Coordinates::new(Dialect::Aws, format!("{account}/us-east-1"));
    KeyRef::At { place, key: Box::new(key) }
}

fn alias(name: &str) -> KeyRef {
    KeyRef::Name(Name::new(Space::Aws, name).unwrap())
}

fn refused(given: &str, code: &str, text: &str) {
    assert_eq!(read(given), Err((code.to_owned(), text.to_owned())), "{given}");
}

#[test]
fn a_key_is_named_by_id_alias_or_either_arn() {
    let id = || KeyRef::Id(ID.parse().unwrap());
    let arn = |account: &str, what: &str| format!("arn:aws:kms:us-east-1:{account}:{what}");
    assert_eq!(read(ID), Ok(id()));
    assert_eq!(read("alias/app/db:1_x-y"), Ok(alias("app/db:1_x-y")));
    assert_eq!(read(&arn("123456789012", &format!("key/{ID}"))), Ok(at("123456789012", id())));
    assert_eq!(read(&arn("210987654321", "alias/app:1")), Ok(at("210987654321", alias("app:1"))));
    let multi = format!("mrk-{}", "0123456789abcdef".repeat(2));
    assert_eq!(read(&multi), Ok(KeyRef::Unknown(multi.clone())));
}

#[test]
fn what_is_no_reference_is_not_found() {
    let long = "x".repeat(2048);
    for given in ["nonsense", "alias/", "alias/a b", "alias/\u{e9}", "mrk-xyz", "key/1", "*", long.as_str()] {
        refused(given, "NotFoundException", &format!("Invalid keyId '{given}'"));
    }
    refused(&ID.replace('-', ""), "NotFoundException", &format!("Invalid keyId '{}'", ID.replace('-', "")));
}

#[test]
fn an_arn_is_of_this_partition_service_and_region() {
    let elsewhere = format!("arn:aws:kms:us-west-2:123456789012:key/{ID}");
    refused(&elsewhere, "NotFoundException", "Invalid arn us-west-2");
    for given in [
        "arn:",
        "arn:aws",
        "arn:aws:kms",
        "arn:aws:kms:us-east-1",
        "arn:aws:kms:us-east-1:123456789012",
        "arn:aws:kms:us-east-1:123456789012:",
        "arn:aws:kms:us-east-1:12:key/1234abcd-12ab-4cd3-8123-1234567890ab",
        "arn:aws:kms:us-east-1:*:key/1234abcd-12ab-4cd3-8123-1234567890ab",
        "arn:aws:kms:us-east-1:123456789012:grant/1",
        "arn:aws:s3:us-east-1:123456789012:key/1",
        "arn:gcp:kms:us-east-1:123456789012:key/1",
    ] {
        refused(given, "InvalidArnException", &format!("Invalid arn {given}"));
    }
}

#[test]
fn an_arn_of_a_key_holds_an_id_and_no_alias() {
    refused(
        "arn:aws:kms:us-east-1:123456789012:key/alias/app",
        "NotFoundException",
        "Invalid keyId 'alias/app'",
    );
    refused("arn:aws:kms:us-east-1:123456789012:key/", "NotFoundException", "Invalid keyId ''");
}

#[test]
fn changes_of_state_follow_no_alias() {
    let bench = Bench::new();
    for operation in [
        "EnableKey",
        "DisableKey",
        "ScheduleKeyDeletion",
        "CancelKeyDeletion",
        "GetKeyPolicy",
        "PutKeyPolicy",
        "UpdateKeyDescription",
        "ListKeyPolicies",
        "ListResourceTags",
        "TagResource",
        "UntagResource",
        "EnableKeyRotation",
        "DisableKeyRotation",
        "GetKeyLastUsage",
        "GetKeyRotationStatus",
        "RotateKeyOnDemand",
        "ListKeyRotations",
    ] {
        for given in ["alias/app", "arn:aws:kms:us-east-1:123456789012:alias/app"] {
            let body = serde_json::json!({ "KeyId": given, "Policy": "{}", "Description": "", "Tags": [], "TagKeys": [] });
            let body = body.to_string();
            let refusal = bench.refused(operation, body);
            assert_eq!(refusal, ("NotFoundException".to_owned(), format!("Invalid keyId '{given}'")));
        }
    }
}
