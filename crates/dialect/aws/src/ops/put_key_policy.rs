//! PutKeyPolicy (AWS KMS API Reference, PutKeyPolicy). What is not enforced is refused, never stored.

use domain::{Language, PolicyDocument};
use serde::Deserialize;

use super::get_key_policy::only_default;
use super::members::check_key_id;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    #[serde(borrow)]
    policy_name: Text<'a>,
    #[serde(borrow)]
    policy: Text<'a>,
    bypass_policy_lockout_safety_check: Option<bool>,
}

pub(super) struct PutKeyPolicy;

impl WireOperation for PutKeyPolicy {
    type Op = api::ops::PutKeyPolicy;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.text("policyName", asked.policy_name.as_deref(), 1, 128);
        checks.required("policy", asked.policy.as_ref());
        checks.text("policy", asked.policy.as_deref(), 1, 131_072);
        checks.done()?;
        only_default(&asked.policy_name)?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let text = asked.policy.unwrap_or_default().into_owned();
        let policy = PolicyDocument { language: Language::Iam, text };
        let bypass_lockout_check = asked.bypass_policy_lockout_safety_check.unwrap_or(false);
        Ok(api::ops::PutKeyPolicy { key, policy, bypass_lockout_check })
    }

    fn write((): (), _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
