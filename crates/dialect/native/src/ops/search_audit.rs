//! `GET audit`: the audit log of the caller's account, newest first.

use crate::view;
use crate::words::{cursor, cursor_view, instant, limit};
use codec_native::AuditPage;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct SearchAudit;

impl WireOperation for SearchAudit {
    type Op = api::ops::SearchAudit;
    const QUERY: &'static [&'static str] =
        &["since", "operation", "target", "principal", "tenant", "after", "limit"];

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let get = |name| asked.query.get(name);
        Ok(api::ops::SearchAudit {
            since: get("since").map(|text| instant("since", text)).transpose()?,
            operation: get("operation").map(str::to_owned),
            target: get("target").map(str::to_owned),
            principal: id("principal", get("principal"))?,
            tenant: id("tenant", get("tenant"))?,
            after: cursor(get("after"))?,
            limit: limit(get("limit"))?,
        })
    }

    fn write(page: domain::Page<domain::AuditRecord>) -> Result<Answer, Refused> {
        let records = page.items.into_iter().map(view::audit).collect();
        Answer::ok(&AuditPage { records, next: cursor_view(page.next) })
    }
}

/// An id of the kind that the search wants.
fn id<T: std::str::FromStr>(field: &str, text: Option<&str>) -> Result<Option<T>, Refused> {
    let wrong = |_| Refused::malformed(format!("`{field}` must be an id"));
    text.map(str::parse).transpose().map_err(wrong)
}
