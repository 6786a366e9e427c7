//! ListAliases (AWS KMS API Reference, ListAliases): aliases of the account and region, or of one key.

use api::ops::{ListNames, NameView};
use domain::{Page, Space};
use serde::Deserialize;
use serde_json::json;

use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::metadata::epoch;
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

pub(super) struct ListAliases;

impl WireOperation for ListAliases {
    type Op = ListNames;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        checks.text("keyId", asked.key_id.as_deref(), 1, 2048);
        paging::check(&mut checks, asked.limit, asked.marker.as_deref());
        checks.done()?;
        let key = asked.key_id.as_deref().map(|given| key_ref::read_key_only(given, place)).transpose()?;
        let after = paging::cursor(asked.marker.as_deref())?;
        Ok(ListNames { space: Space::Aws, key, after, limit: paging::limit(asked.limit, 50) })
    }

    fn write(page: Page<NameView>, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let aliases: Vec<_> = page.items.iter().map(|view| entry(view, place)).collect();
        Ok(paging::answer("Aliases", aliases.into(), page.next.as_ref()))
    }
}

/// When a name was bound is not kept; the key's own creation stands for it (COMPATIBILITY.md).
fn entry(view: &NameView, place: &Place<'_>) -> serde_json::Value {
    let (name, made) = (view.name.text(), epoch(view.key_created_at));
    json!({
        "AliasName": format!("alias/{name}"),
        "AliasArn": format!("arn:aws:kms:{}:{}:alias/{name}", place.region, view.account),
        "TargetKeyId": view.key.to_string(),
        "CreationDate": made,
        "LastUpdatedDate": made,
    })
}
