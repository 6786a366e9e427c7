//! `audit search` and `audit tail`.

use std::collections::HashSet;
use std::time::Duration;

use client::Page;
use client::calls::{self, AuditSearch};
use codec_native::AuditEntry;

use super::{or_dash, page};
use crate::Format;
use crate::command::{AuditCommand, AuditFilter, SearchAudit, TailAudit};
use crate::failure::Stop;
use crate::session::Session;
use crate::show::{Rows, plain};

/// Between two looks for new records.
const PAUSE: Duration = Duration::from_secs(2);
/// The operation by which this command itself stands in the log.
const OWN: &str = "audit.search";

pub(super) async fn run(session: &mut Session<'_, '_>, command: AuditCommand) -> Result<(), Stop> {
    match command {
        AuditCommand::Search(SearchAudit { filter, since, page: args }) => {
            let search = search(filter, since);
            let found = session.send(calls::search_audit(&search, &page(args))).await?;
            session.print(&found, |found| {
                let head = &["AT", "WHO", "DIALECT", "OPERATION", "ON", "DECISION", "OUTCOME", "REQUEST"];
                Rows::list(head, found.records.iter().map(row)).more(found.next.as_deref())
            })
        }
        AuditCommand::Tail(args) => tail(session, args).await,
    }
}

fn search(filter: AuditFilter, since: Option<String>) -> AuditSearch {
    let AuditFilter { operation, target, principal, in_tenant } = filter;
    AuditSearch { since, operation, target, principal, tenant: in_tenant }
}

/// Its own looks are left out unless they are asked for, else a tail would never fall silent.
fn is_shown(search: &AuditSearch, record: &AuditEntry) -> bool {
    record.operation != OWN || search.operation.as_deref() == Some(OWN)
}

/// Looks once, or again and again.
async fn tail(session: &mut Session<'_, '_>, args: TailAudit) -> Result<(), Stop> {
    let TailAudit { filter, lines, follow } = args;
    let mut search = search(filter, None);
    let mut first = Some(usize::from(lines));
    let mut seen = HashSet::new();
    loop {
        let records = unseen(session, &search, &seen, first).await?;
        if let Some(newest) = records.last() {
            // Records of the same instant may still come: look from it on, and remember what was seen since.
            let at = newest.at.clone();
            seen.retain(|(own, _)| *own == at);
            seen.extend(records.iter().map(|record| (record.at.clone(), record.id.clone())));
            seen.retain(|(own, _)| *own == at);
            search.since = Some(at);
        }
        let shown: Vec<_> = records.iter().filter(|record| is_shown(&search, record)).collect();
        let older = first.take().map_or(0, |lines| shown.len().saturating_sub(lines));
        for record in shown.into_iter().skip(older) {
            print_line(session, record)?;
        }
        session.streams.out.flush()?;
        if !follow {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What is new since the last look, oldest first; at the first look, pages until enough is to be shown.
async fn unseen(
    session: &mut Session<'_, '_>,
    search: &AuditSearch,
    seen: &HashSet<(String, String)>,
    first: Option<usize>,
) -> Result<Vec<AuditEntry>, Stop> {
    let mut page = Page { after: None, limit: Some(if first.is_some() { 100 } else { 1000 }) };
    let mut records = Vec::new();
    loop {
        let found = session.send(calls::search_audit(search, &page)).await?;
        let new = |record: &AuditEntry| !seen.contains(&(record.at.clone(), record.id.clone()));
        records.extend(found.records.into_iter().filter(new));
        page.after = found.next;
        let enough = |lines| records.iter().filter(|record| is_shown(search, record)).count() >= lines;
        if first.is_some_and(enough) || page.after.is_none() {
            break;
        }
    }
    records.reverse();
    Ok(records)
}

fn print_line(session: &mut Session<'_, '_>, record: &AuditEntry) -> Result<(), Stop> {
    let line = match session.format {
        Format::Table => plain(&line(record)),
        Format::Json => serde_json::to_string(record).map_err(std::io::Error::from)?,
        Format::Yaml => {
            let text = serde_norway::to_string(record).map_err(std::io::Error::other)?;
            format!("---\n{}", text.trim_end())
        }
    };
    Ok(writeln!(session.streams.out, "{line}")?)
}

/// Columns that line up although nobody knows what comes next; as `audit tail` shows the log's files.
fn line(record: &AuditEntry) -> String {
    let AuditEntry { at, principal, operation, outcome, target, .. } = record;
    let who = principal.as_deref().unwrap_or("-");
    let on =
        target.as_ref().map_or_else(|| "-".to_owned(), |target| format!("{} {}", target.kind, target.id));
    format!("{at}  {operation:<24} {outcome:<16} {who:<16} {on}")
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
