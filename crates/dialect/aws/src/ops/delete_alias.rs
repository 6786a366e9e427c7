//! DeleteAlias (AWS KMS API Reference, DeleteAlias): the name goes, the key stays, in whatever state it is.

use api::ops::UnbindName;
use serde::Deserialize;

use super::members::{check_alias_name, own_alias};
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    alias_name: Text<'a>,
}

pub(super) struct DeleteAlias;

impl WireOperation for DeleteAlias {
    type Op = UnbindName;

    fn read(body: &[u8], _: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_alias_name(&mut checks, &asked.alias_name);
        checks.done()?;
        Ok(UnbindName { name: own_alias(&asked.alias_name)? })
    }

    fn write((): (), _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
