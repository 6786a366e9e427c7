//! UntagResource (AWS KMS API Reference, UntagResource): takes a key id or key ARN, never an alias. A tag that is not
//! there is none to take.

use api::ops::{KeyView, UnlabelKey};
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
    tag_keys: Option<Vec<String>>,
}

pub(super) struct UntagResource;

impl WireOperation for UntagResource {
    type Op = UnlabelKey;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.required("tagKeys", asked.tag_keys.as_ref());
        checks.texts("tagKeys", asked.tag_keys.as_deref(), 1, 128);
        checks.done()?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        Ok(UnlabelKey { key, labels: asked.tag_keys.unwrap_or_default() })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
