//! `KeyMetadata` and resource names.

use api::ops::KeyView;
use domain::{AbsentReason, AccountNumber, Key, KeyId, KeyState, MaterialState, Origin, Timestamp};
use serde::Serialize;

use crate::call::Place;

/// A key's ARN.
pub(crate) fn key_arn(place: &Place<'_>, account: AccountNumber, key: KeyId) -> String {
    format!("arn:aws:kms:{}:{account}:key/{key}", place.region)
}

/// Seconds with milliseconds, as JSON numbers of awsJson are.
pub(crate) fn epoch(at: Timestamp) -> serde_json::Number {
    let text = format!("{}.{:03}", at.seconds(), at.millis().rem_euclid(1000));
    text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).unwrap_or_else(|| at.seconds().into())
}

/// As `DescribeKey` and `CreateKey` show a key.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    account: String,
    key_id: String,
    arn: String,
    creation_date: serde_json::Number,
    enabled: bool,
    description: String,
    key_usage: &'static str,
    key_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<serde_json::Number>,
    origin: &'static str,
    key_manager: &'static str,
    customer_master_key_spec: &'static str,
    key_spec: &'static str,
    encryption_algorithms: [&'static str; 1],
    multi_region: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_key_material_id: Option<String>,
}

/// The description of a symmetric encryption key, which is every key of this slice.
pub(crate) fn metadata(view: &KeyView, place: &Place<'_>) -> KeyMetadata {
    let (key, account) = (&view.key, view.account.number);
    let state = key_state(key);
    let primary = key.primary().and_then(|n| key.version(n).ok());
    KeyMetadata {
        account: account.to_string(),
        key_id: key.id().to_string(),
        arn: key_arn(place, account, key.id()),
        creation_date: epoch(key.created_at()),
        enabled: state == "Enabled",
        description: key.details.description.clone(),
        key_usage: "ENCRYPT_DECRYPT",
        key_state: state,
        deletion_date: key.destruction().map(|d| epoch(d.due_at)),
        origin: origin(key),
        key_manager: "CUSTOMER",
        customer_master_key_spec: "SYMMETRIC_DEFAULT",
        key_spec: "SYMMETRIC_DEFAULT",
        encryption_algorithms: ["SYMMETRIC_DEFAULT"],
        multi_region: false,
        current_key_material_id: primary.map(|v| v.material_id().to_string()),
    }
}

/// State, material and scheduled destruction in AWS's one word (docs/key-states.md).
pub(crate) fn key_state(key: &Key) -> &'static str {
    let material = key.primary().and_then(|n| key.version(n).ok()).map(domain::KeyVersion::material);
    if key.destruction().is_some() {
        return "PendingDeletion";
    }
    match (key.state(), material) {
        (
            _,
            Some(MaterialState::Absent(
                AbsentReason::Expired | AbsentReason::Deleted | AbsentReason::PendingImport,
            )),
        ) => "PendingImport",
        (KeyState::Active, _) => "Enabled",
        _ => "Disabled",
    }
}

fn origin(key: &Key) -> &'static str {
    match key.versions().first().map(domain::KeyVersion::origin) {
        Some(Origin::Imported) => "EXTERNAL",
        Some(Origin::External) => "EXTERNAL_KEY_STORE",
        Some(Origin::Generated | Origin::Derived) | None => "AWS_KMS",
    }
}
