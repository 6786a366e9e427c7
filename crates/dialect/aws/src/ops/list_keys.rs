//! ListKeys (AWS KMS API Reference, ListKeys).

use api::ops::KeyPage;
use serde::Deserialize;
use serde_json::json;

use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::metadata::key_arn;
use crate::paging;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    limit: Option<i64>,
    #[serde(borrow)]
    marker: Text<'a>,
}

pub(super) struct ListKeys;

impl WireOperation for ListKeys {
    type Op = api::ops::ListKeys;

    fn read(body: &[u8], _: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        paging::check(&mut checks, asked.limit, asked.marker.as_deref());
        checks.done()?;
        let after = paging::cursor(asked.marker.as_deref())?;
        Ok(api::ops::ListKeys { after, limit: paging::limit(asked.limit, 100) })
    }

    fn write(page: KeyPage, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let entry = |id: &domain::KeyId| json!({ "KeyId": id.to_string(), "KeyArn": key_arn(place, page.account, *id) });
        let keys: Vec<_> = page.keys.items.iter().map(entry).collect();
        Ok(paging::answer("Keys", keys.into(), page.keys.next.as_ref()))
    }
}
