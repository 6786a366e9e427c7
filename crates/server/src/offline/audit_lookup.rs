//! `audit search DIR` and `audit tail DIR`: reads the log's files, newest first or onwards, also while a server writes them.
//! What is shown is what stands in the files; whether it was altered is for `audit verify` to say.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use audit::Entry;
use cli::Format;
use cli::command::{AuditFilter, SearchAudit, TailAudit};
use domain::{AuditRecord, Outcome, Timestamp};
use provider_software::Software;
use spi::{AuditQuery, Position};

use crate::demo::say;
use crate::system::StartError;

/// How often a log is looked at again with `--follow`.
const AGAIN: Duration = Duration::from_millis(500);
/// Most records of one read.
const PAGE: usize = 1000;

/// Searches, newest first.
pub(crate) fn search(
    dir: &Path,
    what: &SearchAudit,
    failed: bool,
    output: Format,
) -> Result<String, StartError> {
    let mut query = query(what)?;
    check_is_log(dir)?;
    let limit = what.page.limit.map_or(50, usize::from);
    let (mut text, mut shown) = (String::new(), 0);
    loop {
        let page = audit::search(dir, &Software::new(), &query, None);
        let page = page.map_err(StartError::while_doing(dir.display()))?;
        for (position, record) in &page.items {
            if shown < limit && !(failed && record.outcome == Outcome::Success) {
                text.push_str(&line(output, *position, record)?);
                shown += 1;
            }
        }
        query.before = page.next.as_ref().and_then(audit::position_of);
        if shown >= limit || query.before.is_none() {
            return Ok(text);
        }
    }
}

/// A folder without any segment answers everything with nothing; it is more likely the wrong one.
fn check_is_log(dir: &Path) -> Result<(), StartError> {
    let failed = || StartError::while_doing(dir.display());
    for entry in std::fs::read_dir(dir).map_err(failed())? {
        let name = entry.map_err(failed())?.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("audit-") && name.ends_with(".jsonl")) {
            return Ok(());
        }
    }
    Err(StartError(format!(
        "`{}` holds no audit log; it is the folder `audit` in the data folder",
        dir.display()
    )))
}

fn query(what: &SearchAudit) -> Result<AuditQuery, StartError> {
    let AuditFilter { operation, target, principal, in_tenant } = &what.filter;
    Ok(AuditQuery {
        since: what.since.as_deref().map(instant).transpose()?,
        operation: operation.clone(),
        target: target.clone(),
        principal: principal.as_deref().map(|text| id("principal", text)).transpose()?,
        tenant: in_tenant.as_deref().map(|text| id("in-tenant", text)).transpose()?,
        limit: PAGE,
        ..AuditQuery::default()
    })
}

fn instant(text: &str) -> Result<Timestamp, StartError> {
    let wrong = |_| StartError(format!("`--since` is no instant like 2026-01-31T12:00:00Z: `{text}`"));
    let instant: jiff::Timestamp = text.parse().map_err(wrong)?;
    Ok(Timestamp::from_millis(instant.as_millisecond()))
}

fn id<T: FromStr>(option: &str, text: &str) -> Result<T, StartError> {
    text.parse().map_err(|_| StartError(format!("`--{option}` must be an id, and `{text}` is none")))
}

/// The last records, and what follows them.
pub(crate) async fn tail(dir: &Path, what: &TailAudit, output: Format) -> Result<String, StartError> {
    check_is_log(dir)?;
    let (mut text, mut next) = read(dir, None, usize::from(what.lines), output)?;
    if !what.follow {
        return Ok(text);
    }
    loop {
        say(&text)?;
        tokio::time::sleep(AGAIN).await;
        (text, next) = read(dir, Some(next), PAGE, output)?;
    }
}

fn read(dir: &Path, from: Option<u64>, limit: usize, output: Format) -> Result<(String, u64), StartError> {
    let tail =
        audit::tail(dir, &Software::new(), from, limit).map_err(StartError::while_doing(dir.display()))?;
    let lines = tail.entries.iter().map(|(position, Entry { record, .. })| line(output, *position, record));
    Ok((lines.collect::<Result<_, _>>()?, tail.next))
}

fn line(form: Format, Position(n): Position, record: &AuditRecord) -> Result<String, StartError> {
    let object = || serde_json::json!({ "n": n, "record": record });
    match form {
        Format::Table => Ok(table_line(n, record)),
        Format::Json => Ok(format!("{}\n", object())),
        Format::Yaml => {
            let text = serde_norway::to_string(&object()).map_err(StartError::while_doing("record"))?;
            Ok(format!("---\n{text}"))
        }
    }
}

fn table_line(n: u64, record: &AuditRecord) -> String {
    let who = record.subject.name.as_deref().unwrap_or("-");
    let target = record.target.as_ref().map_or_else(|| "-".to_owned(), |t| format!("{} {}", t.kind, t.id));
    let outcome = match &record.outcome {
        Outcome::Success => "ok",
        Outcome::Failure(word) => word,
    };
    let (at, operation) = (record.at.rfc3339(), &record.operation);
    // Names come from clients: nothing in them may steer a terminal.
    let text = format!("{n:>8}  {at}  {operation:<24} {outcome:<16} {who:<16} {target}");
    text.chars().map(|c| if c.is_control() { '?' } else { c }).chain(['\n']).collect()
}

#[cfg(test)]
mod tests {
    use cli::command::PageArgs;
    use store_record::Options;

    use super::*;
    use crate::offline::backup::tests::{House, start};

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_recorded_is_found_by_its_name_and_at_the_end() {
        let house = House::new();
        start(house.config.clone(), Options::default()).await.unwrap().close().await;
        let dir = house.config.data_dir.join("audit");
        let what = |operation: &str, since: Option<&str>| SearchAudit {
            filter: AuditFilter { operation: Some(operation.to_owned()), ..no_filter() },
            since: since.map(str::to_owned),
            page: PageArgs { limit: Some(5), after: None },
        };
        let find =
            |operation, since, failed, form| search(&dir, &what(operation, since), failed, form).unwrap();
        let found = find("Bootstrap", None, false, Format::Table);
        assert!(found.lines().count() == 1 && found.contains("Bootstrap                ok"), "{found}");
        let json = find("Bootstrap", Some("2026-01-01T00:00:00Z"), false, Format::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["record"]["operation"], "Bootstrap");
        let yaml = find("Bootstrap", None, false, Format::Yaml);
        assert!(yaml.starts_with("---\nn: 1\n") && yaml.contains("operation: Bootstrap\n"), "{yaml}");
        assert_eq!(find("Bootstrap", None, true, Format::Table), "");
        assert_eq!(find("Bootstrap", Some("2200-01-01T00:00:00Z"), false, Format::Table), "");
        assert_eq!(find("Nothing", None, false, Format::Table), "");
        assert!(search(&dir, &what("Bootstrap", Some("noon")), false, Format::Table).is_err());
        assert!(search(house.dir.path(), &what("Bootstrap", None), false, Format::Table).is_err(), "no log");
        let mut by_nobody = what("Bootstrap", None);
        by_nobody.filter.principal = Some("nobody".to_owned());
        assert!(search(&dir, &by_nobody, false, Format::Table).is_err(), "an id that is none finds no less");
        let last = TailAudit { filter: no_filter(), lines: 1, follow: false };
        assert_eq!(tail(&dir, &last, Format::Table).await.unwrap(), found);
    }

    fn no_filter() -> AuditFilter {
        AuditFilter { operation: None, target: None, principal: None, in_tenant: None }
    }
}
