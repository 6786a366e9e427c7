//! Checks a log offline, with its files and its public key alone: edits, deletions, reordering, truncation and forks.
//!
//! What vouches is the signed checkpoints: those in the folder and, better, one that was kept elsewhere. Records
//! after the newest are reported as an unsigned tail: their chain is checked, but nobody has signed for them.

mod epochs;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use spi::LogCrypto;

use crate::files::{LogFile, open_read};
use crate::line::{Header, Parsed};
use crate::log::{ALL, NEWEST};
use crate::note::{Checkpoint, VerifierKey, split};
use crate::reader::{Lines, Rest, rest_of};
use crate::segment::{list, name_of, path_of};
use crate::tree::{Frontier, Hash};
use epochs::Epochs;

/// Something that is not as this log wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In which file.
    pub file: String,
    /// At which record, where one can be named.
    pub record: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// What verification saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whole records, up to the first finding that stops the reading.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// Checkpoints whose root was compared.
    pub checkpoints: u64,
    /// Size of the newest checkpoint that agrees with the records.
    pub signed: u64,
    /// Records after it: chained, but not signed for.
    pub unsigned_tail: u64,
    /// Last commit sequence; 0 for none.
    pub commit: u64,
    /// Whether an unfinished write stands at the end, as after a crash or in a log that is being written.
    pub unfinished: bool,
    /// Everything that is wrong. Empty is good.
    pub findings: Vec<Finding>,
}

/// Verifies the log in a folder, also against a checkpoint that was kept elsewhere.
///
/// # Errors
/// Only when files do not read; what they hold is in the report.
pub fn verify(
    dir: &Path,
    key: &VerifierKey,
    checkpoint: Option<&str>,
    crypto: &dyn LogCrypto,
) -> io::Result<Report> {
    let mut check = Check::new(key, crypto);
    check.gather(dir, checkpoint)?;
    check.walk(dir)?;
    Ok(check.report())
}

struct Check<'a> {
    key: &'a VerifierKey,
    crypto: &'a dyn LogCrypto,
    /// Signed roots by size, and where each was read.
    signed: BTreeMap<u64, (Hash, &'static str)>,
    agreed: u64,
    newest: u64,
    tree: Frontier,
    commit: u64,
    epochs: Epochs,
    unfinished: bool,
    findings: Vec<Finding>,
}

/// What was read of a segment's first line.
enum Head {
    Header(Header),
    /// No whole line; `begun` if something stands there all the same.
    Empty {
        begun: bool,
    },
    Bad,
}

impl<'a> Check<'a> {
    fn new(key: &'a VerifierKey, crypto: &'a dyn LogCrypto) -> Self {
        Self {
            key,
            crypto,
            signed: BTreeMap::new(),
            agreed: 0,
            newest: 0,
            tree: Frontier::default(),
            commit: 0,
            epochs: Epochs::default(),
            unfinished: false,
            findings: Vec::new(),
        }
    }

    fn find(&mut self, file: &str, record: Option<u64>, what: impl Into<String>) {
        self.findings.push(Finding { file: file.to_owned(), record, what: what.into() });
    }

    /// Reads every checkpoint there is.
    fn gather(&mut self, dir: &Path, given: Option<&str>) -> io::Result<()> {
        let all = read_text(&dir.join(ALL))?;
        let notes = split(&all);
        let last = notes.len().saturating_sub(1);
        for (at, note) in notes.into_iter().enumerate() {
            match note {
                Ok(note) => self.take_note(note, ALL),
                // The last may be in the middle of being written.
                Err(_) if at == last => self.unfinished = true,
                Err(_) => self.find(ALL, None, "something stands between two checkpoints"),
            }
        }
        let newest = read_text(&dir.join(NEWEST))?;
        if !newest.is_empty() {
            self.take_note(&newest, NEWEST);
        }
        if let Some(given) = given {
            self.take_note(given, "the given checkpoint");
        }
        Ok(())
    }

    fn take_note(&mut self, note: &str, file: &'static str) {
        match Checkpoint::open(note, self.key, self.crypto) {
            Ok(Checkpoint { size, root, .. }) => match self.signed.get(&size) {
                Some((other, place)) if *other != root => {
                    let what = format!("fork: it signs another root for {size} records than {place} does");
                    self.find(file, None, what);
                }
                _ => drop(self.signed.insert(size, (root, file))),
            },
            Err(e) => self.find(file, None, format!("a checkpoint does not hold: {e}")),
        }
    }

    fn walk(&mut self, dir: &Path) -> io::Result<()> {
        let numbers = list(dir)?;
        let mut heads = Vec::new();
        for number in &numbers {
            heads.push((*number, self.head(dir, *number)?));
        }
        self.compare_root();
        for (expected, (number, head)) in (1..).zip(&heads) {
            if *number != expected {
                self.find(&name_of(expected), None, "the segment is missing");
                return Ok(());
            }
            // Numbers run from 1, so the next segment's place in the list is this one's number.
            let next = heads.get(crate::util::size(expected)).map(|(_, head)| head);
            if !self.segment(dir, *number, head, next)? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn head(&self, dir: &Path, number: u64) -> io::Result<Head> {
        let file = open_read(&path_of(dir, number))?;
        let mut lines = Lines::new(file.as_ref());
        if let Some(line) = lines.next_line()? {
            return Ok(Header::read(line).map_or(Head::Bad, Head::Header));
        }
        Ok(match rest_of(file.as_ref(), 0)? {
            Rest::Zeros => Head::Empty { begun: false },
            Rest::Torn(_) => Head::Empty { begun: true },
            Rest::Damage => Head::Bad,
        })
    }

    /// Checks one segment; false when nothing after it can be checked.
    fn segment(&mut self, dir: &Path, number: u64, head: &Head, next: Option<&Head>) -> io::Result<bool> {
        let name = name_of(number);
        let given_up = match next {
            Some(Head::Header(next)) if next.after_failure => Some(next.first),
            _ => None,
        };
        match head {
            // The spare, or one whose header never became durable before it was given up.
            Head::Empty { begun } if next.is_none() || given_up.is_some() => {
                self.unfinished |= *begun;
                return Ok(true);
            }
            Head::Empty { .. } => self.find(&name, None, "the segment is empty, but another follows"),
            Head::Bad => self.find(&name, None, "its header is damaged"),
            Head::Header(header) if self.header(&name, number, header) => {
                let file = open_read(&path_of(dir, number))?;
                let last = next.is_none_or(|next| matches!(next, Head::Empty { .. }));
                return self.lines(&name, file.as_ref(), given_up, last);
            }
            Head::Header(_) => {}
        }
        Ok(false)
    }

    fn header(&mut self, name: &str, number: u64, header: &Header) -> bool {
        let size = self.tree.size();
        let what = if header.origin != self.key.name || header.segment != number {
            "its header is of another log or segment".to_owned()
        } else if header.previous != number.checked_sub(1).filter(|n| *n > 0).map(name_of) {
            "its header names another segment before it".to_owned()
        } else if header.first != size {
            format!("it begins at record {}, but the records before it end at {size}", header.first)
        } else if header.tree(self.crypto).as_ref() != Some(&self.tree) {
            "its header's root is not that of the records before it: records were changed".to_owned()
        } else if header.commit != self.commit {
            format!("its header says commit {}, but the last one is {}", header.commit, self.commit)
        } else {
            return true;
        };
        self.find(name, Some(size), what);
        false
    }

    fn lines(
        &mut self,
        name: &str,
        file: &dyn LogFile,
        given_up: Option<u64>,
        last: bool,
    ) -> io::Result<bool> {
        let mut lines = Lines::new(file);
        lines.next_line()?;
        loop {
            let size = self.tree.size();
            if given_up == Some(size) {
                return Ok(true);
            }
            let offset = lines.offset();
            let parsed = lines.next_line()?.map(|line| Parsed::read(self.crypto, line));
            match parsed {
                Some(Some(parsed)) if parsed.n == size => self.record(name, &parsed),
                Some(Some(parsed)) => {
                    let what = format!("record {} stands where {size} is due", parsed.n);
                    self.find(name, Some(size), what);
                    return Ok(false);
                }
                Some(None) | None => return self.end(name, rest_of(file, offset)?, last),
            }
        }
    }

    /// Where no whole line follows.
    fn end(&mut self, name: &str, rest: Rest, last: bool) -> io::Result<bool> {
        let size = self.tree.size();
        match rest {
            Rest::Zeros => return Ok(true),
            Rest::Torn(_) if last => {
                self.unfinished = true;
                return Ok(true);
            }
            Rest::Torn(_) | Rest::Damage => {
                self.find(name, Some(size), "the record was changed or is damaged")
            }
        }
        Ok(false)
    }

    fn record(&mut self, name: &str, parsed: &Parsed<'_>) {
        self.tree.push(self.crypto, parsed.leaf, |_, _| {});
        self.compare_root();
        match self.epochs.record(parsed.entry) {
            Ok(Some(commit)) => self.commit(name, parsed.n, commit),
            Ok(None) => {}
            Err(what) => self.find(name, Some(parsed.n), what),
        }
    }

    fn commit(&mut self, name: &str, n: u64, commit: u64) {
        if self.commit != 0 && commit != self.commit + 1 {
            self.find(name, Some(n), format!("commit {commit} follows commit {}", self.commit));
        }
        self.commit = commit;
    }

    fn compare_root(&mut self) {
        let size = self.tree.size();
        let Some((root, place)) = self.signed.get(&size).copied() else { return };
        if self.tree.root(self.crypto) == root {
            self.agreed += 1;
            self.newest = size;
        } else {
            let what = format!("the first {size} records are not those that were signed: changed, or a fork");
            self.find(place, Some(size), what);
        }
    }

    fn report(mut self) -> Report {
        let size = self.tree.size();
        let beyond: Vec<_> =
            self.signed.range(size + 1..).map(|(size, (_, place))| (*size, *place)).collect();
        if let Some((most, place)) = beyond.last() {
            let what = format!("truncated: {most} records were signed, {size} are there to be checked");
            self.find(place, Some(size), what);
        }
        if self.signed.is_empty() && size > 0 {
            self.find(NEWEST, None, "no signed checkpoint: nothing vouches for the records");
        }
        Report {
            size,
            root: self.tree.root(self.crypto),
            checkpoints: self.agreed,
            signed: self.newest,
            unsigned_tail: size - self.newest,
            commit: self.commit,
            unfinished: self.unfinished,
            findings: self.findings,
        }
    }
}

/// A file's text; empty if it is absent.
fn read_text(path: &Path) -> io::Result<String> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(e),
    }
}
