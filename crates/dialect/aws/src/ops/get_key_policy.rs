//! GetKeyPolicy (AWS KMS API Reference, GetKeyPolicy). Each key has one policy, named `default`.

use domain::PolicyDocument;
use serde::Deserialize;
use serde_json::json;

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
}

pub(super) struct GetKeyPolicy;

impl WireOperation for GetKeyPolicy {
    type Op = api::ops::GetKeyPolicy;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.text("policyName", asked.policy_name.as_deref(), 1, 128);
        checks.done()?;
        only_default(&asked.policy_name)?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        Ok(api::ops::GetKeyPolicy { key })
    }

    fn write(policy: PolicyDocument, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(json!({ "Policy": policy.text, "PolicyName": "default" }).to_string().into_bytes())
    }
}

/// There is one policy name.
pub(super) fn only_default(name: &Text<'_>) -> Result<(), WireError> {
    match name.as_deref() {
        None | Some("default") => Ok(()),
        Some(_) => Err(WireError::client("NotFoundException", "No such policy exists")),
    }
}
