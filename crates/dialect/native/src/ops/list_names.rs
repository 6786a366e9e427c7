//! `GET …/names`: the names of one space, or those of one key in it.

use crate::reference;
use crate::words::{cursor, cursor_view, limit};
use api::ops::NameView;
use codec_native::{BoundName, NameList};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ListNames;

impl WireOperation for ListNames {
    type Op = api::ops::ListNames;
    const QUERY: &'static [&'static str] = &["space", "key", "after", "limit"];

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let get = |name| asked.query.get(name);
        Ok(api::ops::ListNames {
            space: reference::space(get("space").unwrap_or("native"))?,
            key: get("key").map(reference::key).transpose()?,
            after: cursor(get("after"))?,
            limit: limit(get("limit"))?,
        })
    }

    fn write(page: domain::Page<NameView>) -> Result<Answer, Refused> {
        let bound =
            |view: &NameView| BoundName { name: reference::text(&view.name), key: view.key.to_string() };
        Answer::ok(&NameList { names: page.items.iter().map(bound).collect(), next: cursor_view(page.next) })
    }
}
