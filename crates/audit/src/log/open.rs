//! Opening a log: finds the last whole record, rebuilds the tree, and refuses files that an unfinished write does not
//! explain.

use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use domain::RequestId;
use serde::Deserialize;
use spi::LogCrypto;
use tracing::warn;

use super::keeper::{ALL, NEWEST};
use super::placer::{Tip, header_of};
use super::shared::Shared;
use super::syncs::Reach;
use crate::config::LogConfig;
use crate::error::OpenError;
use crate::files::{LogFile, write_all};
use crate::line::{Header, Parsed};
use crate::note::{self, Checkpoint};
use crate::reader::{Lines, Rest, rest_of};
use crate::segment::{self, Segment, path_of};
use crate::tree::{Frontier, Levels};
use crate::util::{len64, lock};

/// What to do about damage; ends every such message.
const ADVICE: &str = "run `keystead audit verify`, then put back a copy of the log";

/// How much of the list of checkpoints is looked at: several notes.
const NOTES_TAIL: u64 = 64 << 10;

/// The segments of a directory: the current one, and a spare that holds nothing yet.
pub(super) struct Found {
    pub(super) current: Option<(u64, Header)>,
    pub(super) spare: Option<u64>,
}

pub(super) fn find(config: &LogConfig) -> Result<Found, OpenError> {
    let numbers = segment::list(&config.dir).map_err(OpenError::io("listing segments"))?;
    let mut found = Found { current: None, spare: None };
    let mut headless = false;
    for number in numbers.into_iter().rev() {
        let path = path_of(&config.dir, number);
        let io = |path: &PathBuf| OpenError::io(format!("reading `{}`", path.display()));
        let file = config.files.open(&path).map_err(io(&path))?;
        let mut lines = Lines::new(file.as_ref());
        let header = lines.next_line().map_err(io(&path))?.map(Header::read);
        match header {
            Some(Some(header)) if header.origin == config.origin && header.segment == number => {
                found.current = Some((number, header));
                return Ok(found);
            }
            None if !headless => {
                headless = true;
                match rest_of(file.as_ref(), 0).map_err(io(&path))? {
                    Rest::Zeros => found.spare = Some(number),
                    // Whatever is acknowledged has a durable header before it: nothing here is. It is made anew.
                    Rest::Torn(_) => warn!("audit log: segment {number}, which was just begun, is dropped"),
                    Rest::Damage => return Err(no_header(path)),
                }
            }
            _ => return Err(no_header(path)),
        }
    }
    Ok(found)
}

fn no_header(path: PathBuf) -> OpenError {
    damaged(path, format!("it does not begin with a header of this log: {ADVICE}"))
}

/// Starts the first segment of a new log.
pub(super) fn start(shared: &Shared, spare: Option<u64>) -> Result<Tip, OpenError> {
    let config = &shared.config;
    sign_first(shared)?;
    let io = || OpenError::io("making the first segment");
    let segment = match spare {
        Some(number) if number != 1 => {
            return Err(damaged(
                path_of(&config.dir, number),
                format!("the segments before it are missing: {ADVICE}"),
            ));
        }
        _ => Segment::create(config.files.as_ref(), &config.dir, 1, config.segment_bytes).map_err(io())?,
    };
    let mut tip = tip_at(segment, Frontier::default(), 0);
    let header = header_of(shared, &tip, 1, false).line().map_err(|e| io()(e.into()))?;
    write_all(tip.segment.writer.as_ref(), &header, 0).map_err(io())?;
    tip.segment.sync(0).map_err(io())?;
    tip.offset = len64(&header);
    Ok(tip)
}

/// A new log's first checkpoint, over no record at all. From its first instant a log has one, so a log without any has
/// lost it.
fn sign_first(shared: &Shared) -> Result<(), OpenError> {
    let path = shared.config.dir.join(NEWEST);
    let first = match newest(shared)? {
        Some(signed) if signed.size > 0 => {
            let why = format!("{} records were signed, but the segments are missing: {ADVICE}", signed.size);
            return Err(damaged(path, why));
        }
        Some(first) => first,
        None => {
            let origin = shared.config.origin.clone();
            let none = Frontier::default();
            let first = Checkpoint { origin, size: none.size(), root: none.root(shared.crypto.as_ref()) };
            let failed = |why| OpenError::io(format!("writing `{}`", path.display()))(io::Error::other(why));
            super::keeper::write_checkpoint(shared, &first).map_err(failed)?;
            first
        }
    };
    *lock(&shared.signed) = Some(first);
    Ok(())
}

/// Takes up an existing log at its last whole record.
pub(super) fn resume(
    shared: &Shared,
    (number, header): (u64, &Header),
    levels: &mut Levels,
) -> Result<Tip, OpenError> {
    let (config, crypto) = (&shared.config, shared.crypto.as_ref());
    let path = path_of(&config.dir, number);
    check_chain(config, header)?;
    let base = header
        .tree(crypto)
        .ok_or_else(|| damaged(path.clone(), format!("its header's tree does not add up: {ADVICE}")))?;
    let io = || OpenError::io(format!("reading `{}`", path.display()));
    let segment = Segment::open(config.files.as_ref(), &config.dir, number).map_err(io())?;
    let mut tip = tip_at(segment, base, header.commit);
    let signed = newest(shared)?;
    replay(crypto, &mut tip, levels, signed.as_ref()).map_err(|e| match e {
        Replay::Io(e) => io()(e),
        Replay::Fork(at) => damaged(
            path.clone(),
            format!("its records are not those of the signed checkpoint of size {at}: {ADVICE}"),
        ),
    })?;
    mend(&path, &tip)?;
    if let Some(signed) = signed {
        if signed.size > tip.tree.size() {
            let (have, want) = (tip.tree.size(), signed.size);
            return Err(damaged(path, format!("it ends at record {have}, but {want} were signed: {ADVICE}")));
        }
        *lock(&shared.signed) = Some(signed);
    }
    tip.segment.sync(0).map_err(io())?;
    tip.written = tip.reach();
    Ok(tip)
}

/// The segment before, if it is kept, must be the one that the header names.
fn check_chain(config: &LogConfig, header: &Header) -> Result<(), OpenError> {
    let expected = (header.segment > 1).then(|| segment::name_of(header.segment - 1));
    let kept = expected.as_ref().is_none_or(|name| config.dir.join(name).exists());
    if header.previous != expected || !kept {
        let name = expected.unwrap_or_default();
        return Err(damaged(
            config.dir.join(&name),
            format!("the segment before the last is missing: {ADVICE}"),
        ));
    }
    Ok(())
}

enum Replay {
    Io(io::Error),
    Fork(u64),
}

#[derive(Deserialize)]
struct CommitOf {
    commit: Option<u64>,
    record: IdOf,
}

#[derive(Deserialize)]
struct IdOf {
    id: RequestId,
}

/// Reads every whole record of the current segment into the tip.
fn replay(
    crypto: &dyn LogCrypto,
    tip: &mut Tip,
    levels: &mut Levels,
    signed: Option<&Checkpoint>,
) -> Result<(), Replay> {
    let segment = Arc::clone(&tip.segment);
    let mut lines = Lines::new(segment.writer.as_ref());
    lines.next_line().map_err(Replay::Io)?;
    loop {
        tip.offset = lines.offset();
        check_signed(crypto, tip, signed)?;
        let Some(line) = lines.next_line().map_err(Replay::Io)? else { return Ok(()) };
        let Some(parsed) = Parsed::read(crypto, line).filter(|p| p.n == tip.tree.size()) else {
            return Ok(());
        };
        if let Some((sequence, id)) = commit_of(parsed.entry) {
            tip.remember(sequence, id);
        }
        tip.leaves.push(parsed.leaf);
        tip.tree.push(crypto, parsed.leaf, |height, hash| levels.note(height, parsed.n, hash));
    }
}

fn check_signed(crypto: &dyn LogCrypto, tip: &Tip, signed: Option<&Checkpoint>) -> Result<(), Replay> {
    match signed {
        Some(signed) if signed.size == tip.tree.size() && signed.root != tip.tree.root(crypto) => {
            Err(Replay::Fork(signed.size))
        }
        _ => Ok(()),
    }
}

/// Looks for a commit's mark before parsing: most records are uses.
fn commit_of(entry: &[u8]) -> Option<(u64, RequestId)> {
    entry.starts_with(b"{\"commit\":").then_some(())?;
    let CommitOf { commit, record } = serde_json::from_slice(entry).ok()?;
    Some((commit?, record.id))
}

/// Erases what an unfinished write left after the last whole record; anything else is damage.
fn mend(path: &std::path::Path, tip: &Tip) -> Result<(), OpenError> {
    let file = tip.segment.writer.as_ref();
    let io = || OpenError::io(format!("mending `{}`", path.display()));
    match rest_of(file, tip.offset).map_err(io())? {
        Rest::Zeros => Ok(()),
        Rest::Torn(end) => {
            warn!("audit log: {} bytes of an unfinished write are dropped", end - tip.offset);
            erase(file, tip.offset, end).map_err(io())
        }
        Rest::Damage => {
            let n = tip.tree.size();
            Err(damaged(path.to_owned(), format!("record {n} is damaged, not merely unfinished: {ADVICE}")))
        }
    }
}

fn erase(file: &dyn LogFile, from: u64, to: u64) -> io::Result<()> {
    write_all(file, &vec![0; crate::util::size(to - from)], from)?;
    file.sync()
}

/// The newest checkpoint; a last one that was being written when the process died is cut off the list.
fn newest(shared: &Shared) -> Result<Option<Checkpoint>, OpenError> {
    let path = shared.config.dir.join(NEWEST);
    let note = match std::fs::read_to_string(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(OpenError::io(format!("reading `{}`", path.display())))?,
    };
    let opened = Checkpoint::open(&note, &shared.key.verifier, shared.crypto.as_ref());
    opened.map(Some).map_err(|e| damaged(path, format!("{e}: {ADVICE}")))
}

/// Cuts an unfinished note off the list of checkpoints, so that the next one begins on a line of its own.
pub(super) fn mend_checkpoints(config: &LogConfig) -> Result<(), OpenError> {
    let path = config.dir.join(ALL);
    let io = || OpenError::io(format!("mending `{}`", path.display()));
    let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(io())?,
    };
    let length = file.metadata().map_err(io())?.len();
    let from = length.saturating_sub(NOTES_TAIL);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(from)).and_then(|_| file.read_to_end(&mut tail)).map_err(io())?;
    let whole = from + note::whole_notes(&tail);
    if whole < length {
        warn!("audit log: a checkpoint that was being written is dropped");
        file.set_len(whole).and_then(|()| file.sync_all()).map_err(io())?;
    }
    Ok(())
}

fn tip_at(segment: Segment, base: Frontier, commit: u64) -> Tip {
    let written = Reach { leaves: base.size(), commit };
    Tip {
        segment: Arc::new(segment),
        tree: base.clone(),
        base,
        base_commit: commit,
        leaves: Vec::new(),
        offset: 0,
        written,
        commit,
        commits: VecDeque::new(),
    }
}

fn damaged(file: PathBuf, why: String) -> OpenError {
    OpenError::Damaged { file, why }
}
