//! ListResourceTags (AWS KMS API Reference, ListResourceTags): takes a key id or key ARN, never an alias; tags in the
//! order of their keys.

use api::ops::ListLabels;
use domain::Page;
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

pub(super) struct ListResourceTags;

impl WireOperation for ListResourceTags {
    type Op = ListLabels;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.range("limit", asked.limit, 1, 50);
        checks.text("marker", asked.marker.as_deref(), 1, 1024);
        checks.done()?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let after = paging::cursor(asked.marker.as_deref())?;
        Ok(ListLabels { key, after, limit: paging::limit(asked.limit, 50) })
    }

    fn write(page: Page<(String, String)>, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let tag = |(key, value): &(String, String)| json!({ "TagKey": key, "TagValue": value });
        let tags: Vec<_> = page.items.iter().map(tag).collect();
        Ok(paging::answer("Tags", tags.into(), page.next.as_ref()))
    }
}
