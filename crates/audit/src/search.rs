//! Looking things up in the files: newest first by query, or onwards from a place. Runs beside the gate, or offline.

use std::io;
use std::path::Path;

use domain::{AuditRecord, Cursor, Page, RequestId};
use serde::Deserialize;
use spi::{AuditQuery, LogCrypto, Position};

use crate::files::open_read;
use crate::line::{Entry, Header, Parsed};
use crate::reader::{Lines, LinesBack};
use crate::segment::{list, path_of};

/// Most records of one page.
const LIMIT_MAX: usize = 1000;
/// Most records that one search reads before it gives a page with what it has.
const SCAN_MAX: u64 = 200_000;

/// The cursor of a page as the next query's `before`.
#[must_use]
pub fn position_of(cursor: &Cursor) -> Option<Position> {
    cursor.0.as_slice().try_into().ok().map(|bytes| Position(u64::from_be_bytes(bytes)))
}

/// Searches newest first, below leaf `end` if given. A page with a cursor has more to read behind it, even if it is
/// empty: the scan is bounded.
///
/// # Errors
/// When files do not read, or a record inside is damaged.
pub fn search(
    dir: &Path,
    crypto: &dyn LogCrypto,
    query: &AuditQuery,
    end: Option<u64>,
) -> io::Result<Page<(Position, AuditRecord)>> {
    let bound = end.unwrap_or(u64::MAX).min(query.before.map_or(u64::MAX, |before| before.0));
    let limit = query.limit.min(LIMIT_MAX);
    let (mut items, mut read, mut next) = (Vec::new(), 0, None);
    backwards(dir, crypto, bound, |n, entry| {
        read += 1;
        let Entry { record, .. } = whole(n, entry)?;
        if matches(query, &record) {
            items.push((Position(n), record));
        }
        let full = items.len() >= limit || read >= SCAN_MAX;
        if full && n > 0 {
            next = Some(Cursor(n.to_be_bytes().to_vec()));
        }
        Ok(!full)
    })?;
    Ok(Page { items, next })
}

/// Records in the order of the log.
#[derive(Clone, Debug)]
pub struct Tail {
    /// The records.
    pub entries: Vec<(Position, Entry)>,
    /// Where to go on.
    pub next: u64,
}

/// The records from leaf `from` on, or the last ones if it is `None`; at most `limit`.
///
/// # Errors
/// When files do not read, or a record inside is damaged.
pub fn tail(dir: &Path, crypto: &dyn LogCrypto, from: Option<u64>, limit: usize) -> io::Result<Tail> {
    let limit = limit.clamp(1, LIMIT_MAX);
    let mut entries = match from {
        Some(from) => return onwards(dir, crypto, from, limit),
        None => Vec::new(),
    };
    backwards(dir, crypto, u64::MAX, |n, entry| {
        entries.push((Position(n), whole(n, entry)?));
        Ok(entries.len() < limit)
    })?;
    entries.reverse();
    let next = entries.last().map_or(0, |(position, _)| position.0 + 1);
    Ok(Tail { entries, next })
}

fn onwards(dir: &Path, crypto: &dyn LogCrypto, from: u64, limit: usize) -> io::Result<Tail> {
    let mut tail = Tail { entries: Vec::new(), next: from };
    let headers = headers(dir)?;
    for (at, (number, header)) in headers.iter().enumerate() {
        let end = headers.get(at + 1).map_or(u64::MAX, |(_, next)| next.first);
        if end <= tail.next || tail.entries.len() >= limit {
            continue;
        }
        let file = open_read(&path_of(dir, *number))?;
        let mut lines = Lines::new(file.as_ref());
        lines.next_line()?;
        tail.next = tail.next.max(header.first);
        while let Some(parsed) = lines.next_line()?.and_then(|line| Parsed::read(crypto, line)) {
            if parsed.n >= end || tail.entries.len() >= limit {
                break;
            }
            if parsed.n >= tail.next {
                tail.entries.push((Position(parsed.n), whole(parsed.n, parsed.entry)?));
                tail.next = parsed.n + 1;
            }
        }
    }
    Ok(tail)
}

/// The request whose commit stands in the log under a sequence.
pub(crate) fn find_commit(
    dir: &Path,
    crypto: &dyn LogCrypto,
    sequence: u64,
) -> io::Result<Option<RequestId>> {
    #[derive(Deserialize)]
    struct Commit {
        commit: u64,
        record: Id,
    }
    #[derive(Deserialize)]
    struct Id {
        id: RequestId,
    }
    let mut found = None;
    backwards(dir, crypto, u64::MAX, |_, entry| {
        let commit = entry.starts_with(b"{\"commit\":").then(|| serde_json::from_slice::<Commit>(entry));
        let Some(Ok(commit)) = commit else { return Ok(true) };
        if commit.commit == sequence {
            found = Some(commit.record.id);
        }
        Ok(commit.commit > sequence)
    })?;
    Ok(found)
}

/// The headers of every segment that has one, in order.
pub(crate) fn headers(dir: &Path) -> io::Result<Vec<(u64, Header)>> {
    let mut headers = Vec::new();
    for number in list(dir)? {
        let file = open_read(&path_of(dir, number))?;
        let mut lines = Lines::new(file.as_ref());
        let header = lines.next_line()?.and_then(|line| serde_json::from_slice(line).ok());
        headers.extend(header.map(|header| (number, header)));
    }
    Ok(headers)
}

/// Calls `each` with every record below leaf `bound`, newest first, until it says stop. Lines that a later segment
/// declares given up, and a tail that is being written, are passed over.
pub(crate) fn backwards(
    dir: &Path,
    crypto: &dyn LogCrypto,
    mut bound: u64,
    mut each: impl FnMut(u64, &[u8]) -> io::Result<bool>,
) -> io::Result<()> {
    for number in list(dir)?.into_iter().rev() {
        let file = open_read(&path_of(dir, number))?;
        let mut lines = LinesBack::new(file.as_ref())?;
        let mut in_data = false;
        while let Some(line) = lines.previous()? {
            if let Some(header) = header_in(&line) {
                bound = bound.min(header.first);
                break;
            }
            let Some(parsed) = Parsed::read(crypto, &line) else {
                if in_data {
                    return Err(damaged(format!(
                        "segment {number} holds a damaged line below record {bound}"
                    )));
                }
                continue;
            };
            if parsed.n >= bound {
                continue;
            }
            (in_data, bound) = (true, parsed.n);
            if !each(parsed.n, parsed.entry)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn header_in(line: &[u8]) -> Option<Header> {
    line.starts_with(b"{\"keystead_audit\":").then(|| serde_json::from_slice(line).ok()).flatten()
}

pub(crate) fn whole(n: u64, entry: &[u8]) -> io::Result<Entry> {
    serde_json::from_slice(entry).map_err(|e| damaged(format!("record {n} is not readable: {e}")))
}

fn damaged(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn matches(query: &AuditQuery, record: &AuditRecord) -> bool {
    let AuditQuery { account, tenant, since, operation, target, principal, before: _, limit: _ } = query;
    let is = |wanted: &Option<_>, it: Option<_>| wanted.is_none() || *wanted == it;
    account.is_none_or(|a| [record.account, record.subject.account].contains(&Some(a)))
        && tenant.is_none_or(|t| record.tenant == Some(t))
        && since.is_none_or(|since| record.at >= since)
        && operation.as_ref().is_none_or(|o| record.operation == *o)
        && target.as_ref().is_none_or(|id| record.target.iter().chain(&record.also).any(|t| t.id == *id))
        && is(principal, record.subject.principal)
}
