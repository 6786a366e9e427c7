//! `audit search` and `audit tail`.

use std::collections::HashSet;
use std::time::Duration;

use client::Page;
use client::calls::{self, AuditSearch};
use codec_native::AuditEntry;

use super::{or_dash, page};
use crate::Format;
use crate::command::{AuditCommand, AuditFilter};
use crate::failure::Stop;
use crate::session::Session;
use crate::show::{Rows, plain};

/// Between two looks for new records.
const PAUSE: Duration = Duration::from_secs(2);
/// The operation by which this command itself stands in the log.
const OWN: &str = "audit.search";

pub(super) async fn run(session: &mut Session<'_, '_>, command: AuditCommand) -> Result<(), Stop> {
    match command {
        AuditCommand::Search { filter, since, page: args } => {
            let search = search(filter, since);
            let found = session.send(calls::search_audit(&search, &page(args))).await?;
            session.print(&found, |found| {
                let head = &["AT", "WHO", "DIALECT", "OPERATION", "ON", "DECISION", "OUTCOME", "REQUEST"];
                Rows::list(head, found.records.iter().map(row)).more(found.next.as_deref())
            })
        }
        AuditCommand::Tail { filter, count } => tail(session, filter, count).await,
    }
}

fn search(filter: AuditFilter, since: Option<String>) -> AuditSearch {
    let AuditFilter { operation, target, principal, in_tenant } = filter;
    AuditSearch { since, operation, target, principal, tenant: in_tenant }
}

/// Looks again and again. Its own looks are left out unless they are asked for, else it would never fall silent.
async fn tail(session: &mut Session<'_, '_>, filter: AuditFilter, count: Option<usize>) -> Result<(), Stop> {
    let own_too = filter.operation.as_deref() == Some(OWN);
    let mut search = search(filter, None);
    let mut left = count.unwrap_or(usize::MAX);
    let mut seen = HashSet::new();
    while left > 0 {
        let records = unseen(session, &search, &seen).await?;
        if let Some(newest) = records.last() {
            // Records of the same instant may still come: look from it on, and remember what was seen since.
            let at = newest.at.clone();
            seen.retain(|(own, _)| *own == at);
            seen.extend(records.iter().map(|record| (record.at.clone(), record.id.clone())));
            seen.retain(|(own, _)| *own == at);
            search.since = Some(at);
        }
        for record in records.iter().filter(|record| own_too || record.operation != OWN).take(left) {
            print_line(session, record)?;
            left = left.saturating_sub(1);
        }
        session.streams.out.flush()?;
        if left > 0 {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// What is new since the last look, oldest first; at the first look, the newest page.
async fn unseen(
    session: &mut Session<'_, '_>,
    search: &AuditSearch,
    seen: &HashSet<(String, String)>,
) -> Result<Vec<AuditEntry>, Stop> {
    let first = search.since.is_none();
    let mut page = Page { after: None, limit: Some(if first { 20 } else { 1000 }) };
    let mut records = Vec::new();
    loop {
        let found = session.send(calls::search_audit(search, &page)).await?;
        let new = |record: &AuditEntry| !seen.contains(&(record.at.clone(), record.id.clone()));
        records.extend(found.records.into_iter().filter(new));
        page.after = found.next;
        if first || page.after.is_none() {
            break;
        }
    }
    records.reverse();
    Ok(records)
}

fn print_line(session: &mut Session<'_, '_>, record: &AuditEntry) -> Result<(), Stop> {
    let line = match session.format {
        Format::Table => plain(&row(record).join("  ")),
        Format::Json => serde_json::to_string(record).map_err(std::io::Error::from)?,
        Format::Yaml => {
            let text = serde_norway::to_string(record).map_err(std::io::Error::other)?;
            format!("---\n{}", text.trim_end())
        }
    };
    Ok(writeln!(session.streams.out, "{line}")?)
}

fn row(record: &AuditEntry) -> Vec<String> {
    let on = record.target.as_ref().map(|target| format!("{} {}", target.kind, target.id));
    vec![
        record.at.clone(),
        or_dash(record.principal.clone()),
        record.dialect.clone(),
        record.operation.clone(),
        or_dash(on),
        record.decision.clone(),
        record.outcome.clone(),
        record.id.clone(),
    ]
}
