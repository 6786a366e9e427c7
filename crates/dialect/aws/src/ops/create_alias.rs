//! CreateAlias (AWS KMS API Reference, CreateAlias): a name for a key given by id or ARN.

use api::ops::BindName;
use serde::Deserialize;

use super::members::{check_alias_name, own_alias};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Asked<'a> {
    #[serde(borrow)]
    pub(super) alias_name: Text<'a>,
    #[serde(borrow)]
    pub(super) target_key_id: Text<'a>,
}

pub(super) struct CreateAlias;

impl WireOperation for CreateAlias {
    type Op = BindName;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked = checked(body)?;
        let name = own_alias(&asked.alias_name)?;
        let target = asked.target_key_id.as_deref().unwrap_or_default();
        Ok(BindName { name, key: key_ref::read_key_only(target, place)? })
    }

    fn write((): (), _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}

/// A body with both members within their constraints, as `UpdateAlias` has it too.
pub(super) fn checked(body: &[u8]) -> Result<Asked<'_>, WireError> {
    let asked: Asked<'_> = wire::read(body)?;
    let mut checks = Checks::default();
    check_alias_name(&mut checks, &asked.alias_name);
    checks.required("targetKeyId", asked.target_key_id.as_ref());
    checks.text("targetKeyId", asked.target_key_id.as_deref(), 1, 2048);
    checks.done()?;
    Ok(asked)
}
