//! ListKeyPolicies (AWS KMS API Reference, ListKeyPolicies). Each key has one policy, named `default`, so there is one
//! page, and no marker that leads on.

use api::ops::KeyView;
use serde::Deserialize;
use serde_json::json;

use super::members::check_key_id;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::text::Text;
use crate::wire::{self, WireError};
use crate::{key_ref, paging};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    limit: Option<i64>,
    #[serde(borrow)]
    marker: Text<'a>,
}

pub(super) struct ListKeyPolicies;

impl WireOperation for ListKeyPolicies {
    type Op = api::ops::ListKeyPolicies;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        paging::check(&mut checks, asked.limit, asked.marker.as_deref());
        checks.done()?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        if asked.marker.is_some() {
            return Err(WireError::client("InvalidMarkerException", ""));
        }
        Ok(api::ops::ListKeyPolicies { key })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(json!({ "PolicyNames": ["default"], "Truncated": false }).to_string().into_bytes())
    }
}
