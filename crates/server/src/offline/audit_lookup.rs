//! `audit search` and `audit tail`: reads the log's files, newest first or onwards, also while a server writes them.
//! What is shown is what stands in the files; whether it was altered is for `audit verify` to say.

use std::path::{Path, PathBuf};
use std::time::Duration;

use audit::Entry;
use clap::{Args, ValueEnum};
use domain::{AuditRecord, Outcome};
use provider_software::Software;
use spi::{AuditQuery, Position};

use crate::demo::say;
use crate::system::StartError;

/// How often a log is looked at again with `--follow`.
const AGAIN: Duration = Duration::from_millis(500);
/// Most records of one read.
const PAGE: usize = 1000;

/// Options of `audit search`
#[derive(Args)]
pub(crate) struct SearchArgs {
    /// The log's folder
    pub(crate) dir: PathBuf,
    /// Only this operation, by its name on the wire
    #[arg(long)]
    pub(crate) operation: Option<String>,
    /// Only this target, by its id
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// Only what did not succeed
    #[arg(long)]
    pub(crate) failed: bool,
    /// At most so many records, newest first
    #[arg(long, default_value = "50")]
    pub(crate) limit: usize,
    /// How to answer
    #[arg(short, long, value_enum, default_value = "table")]
    pub(crate) output: Lines,
}

/// Options of `audit tail`
#[derive(Args)]
pub(crate) struct TailArgs {
    /// The log's folder
    pub(crate) dir: PathBuf,
    /// So many records from the end
    #[arg(long, default_value = "10")]
    pub(crate) lines: usize,
    /// Go on with every new record until stopped
    #[arg(long)]
    pub(crate) follow: bool,
    /// How to answer
    #[arg(short, long, value_enum, default_value = "table")]
    pub(crate) output: Lines,
}

/// How records are shown
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lines {
    /// For people
    Table,
    /// One JSON object a line
    Json,
}

/// Searches, newest first.
pub(crate) fn search(args: &SearchArgs) -> Result<String, StartError> {
    let (mut text, mut shown, mut before) = (String::new(), 0, None);
    loop {
        let query = AuditQuery {
            operation: args.operation.clone(),
            target: args.target.clone(),
            before,
            limit: PAGE,
            ..AuditQuery::default()
        };
        let page = audit::search(&args.dir, &Software::new(), &query, None);
        let page = page.map_err(StartError::while_doing(args.dir.display()))?;
        for (position, record) in &page.items {
            if shown < args.limit && !(args.failed && record.outcome == Outcome::Success) {
                text.push_str(&line(args.output, *position, record)?);
                shown += 1;
            }
        }
        before = page.next.as_ref().and_then(audit::position_of);
        if shown >= args.limit || before.is_none() {
            return Ok(text);
        }
    }
}

/// The last records, and what follows them.
pub(crate) async fn tail(args: &TailArgs) -> Result<String, StartError> {
    let (mut text, mut next) = read(args, &args.dir, None)?;
    if !args.follow {
        return Ok(text);
    }
    loop {
        say(&text)?;
        tokio::time::sleep(AGAIN).await;
        (text, next) = read(args, &args.dir, Some(next))?;
    }
}

fn read(args: &TailArgs, dir: &Path, from: Option<u64>) -> Result<(String, u64), StartError> {
    let limit = if from.is_some() { PAGE } else { args.lines };
    let tail =
        audit::tail(dir, &Software::new(), from, limit).map_err(StartError::while_doing(dir.display()))?;
    let lines =
        tail.entries.iter().map(|(position, Entry { record, .. })| line(args.output, *position, record));
    Ok((lines.collect::<Result<_, _>>()?, tail.next))
}

fn line(form: Lines, Position(n): Position, record: &AuditRecord) -> Result<String, StartError> {
    if form == Lines::Json {
        let json = serde_json::json!({ "n": n, "record": record });
        return Ok(format!("{json}\n"));
    }
    let who = record.subject.name.as_deref().unwrap_or("-");
    let target = record.target.as_ref().map_or_else(|| "-".to_owned(), |t| format!("{} {}", t.kind, t.id));
    let outcome = match &record.outcome {
        Outcome::Success => "ok",
        Outcome::Failure(word) => word,
    };
    let (at, operation) = (record.at.rfc3339(), &record.operation);
    // Names come from clients: nothing in them may steer a terminal.
    let text = format!("{n:>8}  {at}  {operation:<24} {outcome:<16} {who:<16} {target}");
    Ok(text.chars().map(|c| if c.is_control() { '?' } else { c }).chain(['\n']).collect())
}

#[cfg(test)]
mod tests {
    use store_record::Options;

    use super::*;
    use crate::offline::backup::tests::{House, start};

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_recorded_is_found_by_its_name_and_at_the_end() {
        let house = House::new();
        start(house.config.clone(), Options::default()).await.unwrap().close().await;
        let dir = house.config.data_dir.join("audit");
        let args = |operation: &str, failed, output| SearchArgs {
            dir: dir.clone(),
            operation: Some(operation.to_owned()),
            target: None,
            failed,
            limit: 5,
            output,
        };
        let found = search(&args("Bootstrap", false, Lines::Table)).unwrap();
        assert!(found.lines().count() == 1 && found.contains("Bootstrap                ok"), "{found}");
        let json: serde_json::Value =
            serde_json::from_str(&search(&args("Bootstrap", false, Lines::Json)).unwrap()).unwrap();
        assert_eq!(json["record"]["operation"], "Bootstrap");
        assert_eq!(search(&args("Bootstrap", true, Lines::Table)).unwrap(), "");
        assert_eq!(search(&args("Nothing", false, Lines::Table)).unwrap(), "");
        let last = TailArgs { dir, lines: 1, follow: false, output: Lines::Table };
        assert_eq!(tail(&last).await.unwrap(), found);
    }
}
