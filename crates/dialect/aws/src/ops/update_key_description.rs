//! UpdateKeyDescription (AWS KMS API Reference, UpdateKeyDescription): takes a key id or key ARN, never an alias.

use api::ops::{KeyView, UpdateDescription};
use serde::Deserialize;

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
    description: Text<'a>,
}

pub(super) struct UpdateKeyDescription;

impl WireOperation for UpdateKeyDescription {
    type Op = UpdateDescription;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.required("description", asked.description.as_ref());
        checks.text("description", asked.description.as_deref(), 0, 8192);
        checks.done()?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        Ok(UpdateDescription { key, description: asked.description.unwrap_or_default().into_owned() })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
