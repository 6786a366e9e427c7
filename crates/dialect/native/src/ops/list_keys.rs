//! `GET …/keys`: the tenant's keys, oldest first.

use crate::words::{cursor, cursor_view, limit};
use codec_native::{KeyList, ListedKey};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ListKeys;

impl WireOperation for ListKeys {
    type Op = api::ops::ListKeys;
    const QUERY: &'static [&'static str] = &["after", "limit"];

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let (after, limit) = (cursor(asked.query.get("after"))?, limit(asked.query.get("limit"))?);
        Ok(api::ops::ListKeys { after, limit })
    }

    fn write(page: api::ops::KeyPage) -> Result<Answer, Refused> {
        let keys = page.keys.items.iter().map(|id| ListedKey { id: id.to_string() }).collect();
        Answer::ok(&KeyList { keys, next: cursor_view(page.keys.next) })
    }
}
