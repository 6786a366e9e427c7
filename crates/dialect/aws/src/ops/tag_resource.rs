//! TagResource (AWS KMS API Reference, TagResource): takes a key id or key ARN, never an alias. A tag that is there gets
//! the new value.

use api::ops::{KeyView, LabelKey};
use serde::Deserialize;

use super::members::check_key_id;
use super::tags;
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
    tags: Option<Vec<tags::Tag>>,
}

pub(super) struct TagResource;

impl WireOperation for TagResource {
    type Op = LabelKey;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.required("tags", asked.tags.as_ref());
        checks.done()?;
        let labels = tags::labels(asked.tags.unwrap_or_default())?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        Ok(LabelKey { key, labels })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
