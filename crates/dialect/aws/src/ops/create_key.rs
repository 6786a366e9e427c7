//! CreateKey (AWS KMS API Reference, CreateKey). Symmetric encryption keys; other specs are words of the model that
//! this server does not support yet.

use api::ops::KeyView;
use domain::{ExportCeiling, KeySpec, Language, PolicyDocument, UsageSet};
use serde::Deserialize;

use super::describe_key::described;
use super::tags;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::text::Text;
use crate::wire::{self, WireError};

const SPECS: &[&str] = &[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
];
const USAGES: &[&str] =
    &["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"];
const ORIGINS: &[&str] = &["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"];
/// Seven days: the least wait that ScheduleKeyDeletion takes is a promise from birth.
const WAIT: u32 = 7 * 86_400;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    policy: Text<'a>,
    #[serde(borrow)]
    description: Text<'a>,
    #[serde(borrow)]
    key_usage: Text<'a>,
    #[serde(borrow)]
    key_spec: Text<'a>,
    #[serde(borrow)]
    customer_master_key_spec: Text<'a>,
    #[serde(borrow)]
    origin: Text<'a>,
    #[serde(borrow)]
    custom_key_store_id: Text<'a>,
    #[serde(default)]
    bypass_policy_lockout_safety_check: Option<bool>,
    tags: Option<Vec<tags::Tag>>,
    multi_region: Option<bool>,
    #[serde(borrow)]
    xks_key_id: Text<'a>,
}

pub(super) struct CreateKey;

impl WireOperation for CreateKey {
    type Op = api::ops::CreateKey;

    fn read(body: &[u8], _: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        check(&asked)?;
        refuse_absent(&asked)?;
        let policy =
            asked.policy.map(|text| PolicyDocument { language: Language::Iam, text: text.into_owned() });
        Ok(api::ops::CreateKey {
            spec: KeySpec::Aes256,
            usage: UsageSet::ENCRYPT_DECRYPT,
            description: asked.description.unwrap_or_default().into_owned(),
            labels: tags::labels(asked.tags.unwrap_or_default())?,
            name: None,
            policy,
            bypass_lockout_check: asked.bypass_policy_lockout_safety_check.unwrap_or(false),
            export: ExportCeiling::Never,
            destruction_wait: WAIT,
            destruction_allowed: true,
            or_find: false,
        })
    }

    fn write(view: KeyView, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        described(&view, place)
    }
}

fn check(asked: &Asked<'_>) -> Result<(), WireError> {
    let mut checks = Checks::default();
    checks.text("policy", asked.policy.as_deref(), 1, 131_072);
    checks.text("description", asked.description.as_deref(), 0, 8192);
    checks.one_of("keyUsage", asked.key_usage.as_deref(), USAGES);
    checks.one_of("keySpec", asked.key_spec.as_deref(), SPECS);
    checks.one_of("customerMasterKeySpec", asked.customer_master_key_spec.as_deref(), SPECS);
    checks.one_of("origin", asked.origin.as_deref(), ORIGINS);
    checks.done()
}

/// What the model knows and this server does not have yet.
fn refuse_absent(asked: &Asked<'_>) -> Result<(), WireError> {
    if let (Some(_), Some(_)) = (&asked.key_spec, &asked.customer_master_key_spec) {
        return Err(WireError::validation(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
        ));
    }
    let spec = asked
        .key_spec
        .as_deref()
        .or(asked.customer_master_key_spec.as_deref())
        .unwrap_or("SYMMETRIC_DEFAULT");
    if spec != "SYMMETRIC_DEFAULT" {
        return Err(WireError::unsupported(format!("KeySpec {spec} is not supported by this server yet.")));
    }
    if let Some(usage) = asked.key_usage.as_deref().filter(|u| *u != "ENCRYPT_DECRYPT") {
        return Err(WireError::validation(format!("KeyUsage {usage} is not compatible with KeySpec {spec}")));
    }
    let elsewhere = asked.origin.as_deref().is_some_and(|o| o != "AWS_KMS");
    if elsewhere || asked.custom_key_store_id.is_some() || asked.xks_key_id.is_some() {
        return Err(WireError::unsupported("Only Origin AWS_KMS is supported by this server yet."));
    }
    if asked.multi_region == Some(true) {
        return Err(WireError::unsupported("Multi-Region keys are not supported by this server yet."));
    }
    Ok(())
}
