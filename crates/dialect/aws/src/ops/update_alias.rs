//! UpdateAlias (AWS KMS API Reference, UpdateAlias): an alias leads to another key, given by id or ARN, from now on.

use api::ops::RebindName;

use super::create_alias::checked;
use super::members::own_alias;
use crate::call::{Place, WireOperation};
use crate::key_ref;
use crate::wire::WireError;

pub(super) struct UpdateAlias;

impl WireOperation for UpdateAlias {
    type Op = RebindName;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked = checked(body)?;
        let name = own_alias(&asked.alias_name)?;
        let target = asked.target_key_id.as_deref().unwrap_or_default();
        Ok(RebindName { name, key: key_ref::read_key_only(target, place)? })
    }

    fn write((): (), _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
