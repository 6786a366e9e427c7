//! `KeyMetadata` and resource names.

use api::ops::KeyView;
use domain::{
    AbsentReason, AccountNumber, Key, KeyFamily, KeyId, KeySpec, KeyState, MaterialState, Origin, Timestamp,
};
use serde::Serialize;

use crate::call::Place;
use crate::wire::WireError;
use crate::words;

/// Seconds of a day, in which this API counts waits and periods.
pub(crate) const DAY: u32 = 86_400;

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
    #[serde(flatten)]
    algorithms: Algorithms,
    multi_region: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_key_material_id: Option<String>,
}

/// What a key can be used with; the member of its one usage stands there and no other.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Algorithms {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    encryption_algorithms: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signing_algorithms: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mac_algorithms: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    key_agreement_algorithms: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    encapsulation_algorithms: Vec<&'static str>,
}

impl Algorithms {
    /// Those of a kind of key under a word of `KeyUsage`.
    pub(crate) fn of(spec: KeySpec, usage: &str) -> Self {
        let mut all = Self::default();
        match usage {
            "ENCRYPT_DECRYPT" => all.encryption_algorithms = words::encryption_algorithms_of(spec),
            "SIGN_VERIFY" => all.signing_algorithms = words::signing_algorithms_of(spec),
            "GENERATE_VERIFY_MAC" => all.mac_algorithms = words::mac_algorithms_of(spec),
            "KEY_AGREEMENT" => all.key_agreement_algorithms = vec!["ECDH"],
            _ => all.encapsulation_algorithms = vec!["ML_KEM"],
        }
        all
    }
}

/// The word of a key's kind. Other dialects make kinds that this API cannot describe.
pub(crate) fn spec_of(key: &Key) -> Result<&'static str, WireError> {
    words::spec_word(key.spec())
        .ok_or_else(|| WireError::unsupported("The key is of a kind that this API has no KeySpec for."))
}

/// The description of a key.
pub(crate) fn metadata(view: &KeyView, place: &Place<'_>) -> Result<KeyMetadata, WireError> {
    let (key, account) = (&view.key, view.account.number);
    let (state, spec, usage) = (key_state(key), spec_of(key)?, words::usage_word(key.usage()));
    let primary = key.primary().and_then(|n| key.version(n).ok());
    // Only symmetric encryption keys can have more than one material there.
    let current = primary.filter(|_| key.spec().family() == KeyFamily::Aes);
    Ok(KeyMetadata {
        account: account.to_string(),
        key_id: key.id().to_string(),
        arn: key_arn(place, account, key.id()),
        creation_date: epoch(key.created_at()),
        enabled: state == "Enabled",
        description: key.details.description.clone(),
        key_usage: usage,
        key_state: state,
        deletion_date: key.destruction().map(|d| epoch(d.due_at)),
        origin: origin(key),
        key_manager: "CUSTOMER",
        customer_master_key_spec: spec,
        key_spec: spec,
        algorithms: Algorithms::of(key.spec(), usage),
        multi_region: false,
        current_key_material_id: current.map(|v| v.material_id().to_string()),
    })
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

/// Where a key's material came from.
pub(crate) fn origin(key: &Key) -> &'static str {
    match key.versions().first().map(domain::KeyVersion::origin) {
        Some(Origin::Imported) => "EXTERNAL",
        Some(Origin::External) => "EXTERNAL_KEY_STORE",
        Some(Origin::Generated | Origin::Derived) | None => "AWS_KMS",
    }
}
