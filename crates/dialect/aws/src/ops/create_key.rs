//! CreateKey (AWS KMS API Reference, CreateKey).

use api::ops::KeyView;
use domain::{ExportCeiling, KeySpec, Language, PolicyDocument, UsageSet};
use serde::Deserialize;

use super::describe_key::described;
use super::members::only_in_china;
use super::tags;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::metadata::DAY;
use crate::text::Text;
use crate::wire::{self, WireError};
use crate::words;

const ORIGINS: &[&str] = &["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"];
const USAGE_MISSING: &str =
    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
/// Seven days: the least wait that ScheduleKeyDeletion takes is a promise from birth.
const WAIT: u32 = 7 * DAY;

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
        let (spec, usage) = kind(&asked)?;
        refuse_absent(&asked)?;
        let policy =
            asked.policy.map(|text| PolicyDocument { language: Language::Iam, text: text.into_owned() });
        Ok(api::ops::CreateKey {
            spec,
            usage,
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
    checks.word("keyUsage", asked.key_usage.as_deref(), words::USAGES);
    checks.word("keySpec", asked.key_spec.as_deref(), words::SPECS);
    checks.word("customerMasterKeySpec", asked.customer_master_key_spec.as_deref(), words::old_specs());
    checks.one_of("origin", asked.origin.as_deref(), ORIGINS);
    checks.done()
}

/// The kind of key and its one usage, which only a symmetric encryption key may leave out.
fn kind(asked: &Asked<'_>) -> Result<(KeySpec, UsageSet), WireError> {
    if let (Some(_), Some(_)) = (&asked.key_spec, &asked.customer_master_key_spec) {
        return Err(WireError::validation(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
        ));
    }
    let word = asked.key_spec.as_deref().or(asked.customer_master_key_spec.as_deref());
    let word = word.unwrap_or("SYMMETRIC_DEFAULT");
    let spec = words::spec(word).ok_or_else(|| only_in_china(&format!("KeySpec {word}")))?;
    let usage = match asked.key_usage.as_deref() {
        Some(usage) => usage,
        None if word == "SYMMETRIC_DEFAULT" => "ENCRYPT_DECRYPT",
        None => return Err(WireError::validation(USAGE_MISSING)),
    };
    let fitting = words::usage(usage).filter(|uses| words::go_together(spec, *uses));
    let refusal = || format!("KeyUsage {usage} is not compatible with KeySpec {word}");
    fitting.map(|uses| (spec, uses)).ok_or_else(|| WireError::validation(refusal()))
}

/// What the model knows and this server does not have yet.
fn refuse_absent(asked: &Asked<'_>) -> Result<(), WireError> {
    let elsewhere = asked.origin.as_deref().is_some_and(|o| o != "AWS_KMS");
    if elsewhere || asked.custom_key_store_id.is_some() || asked.xks_key_id.is_some() {
        return Err(WireError::unsupported("Only Origin AWS_KMS is supported by this server yet."));
    }
    if asked.multi_region == Some(true) {
        return Err(WireError::unsupported("Multi-Region keys are not supported by this server yet."));
    }
    Ok(())
}
