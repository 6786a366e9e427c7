//! `GET principals`: the principals of the caller's account by name.

use crate::view;
use crate::words::{cursor, cursor_view, limit};
use codec_native::PrincipalList;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ListPrincipals;

impl WireOperation for ListPrincipals {
    type Op = api::ops::ListPrincipals;
    const QUERY: &'static [&'static str] = &["after", "limit"];

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let (after, limit) = (cursor(asked.query.get("after"))?, limit(asked.query.get("limit"))?);
        Ok(api::ops::ListPrincipals { after, limit })
    }

    fn write(page: domain::Page<domain::Principal>) -> Result<Answer, Refused> {
        let principals = page.items.into_iter().map(view::principal).collect();
        Answer::ok(&PrincipalList { principals, next: cursor_view(page.next) })
    }
}
