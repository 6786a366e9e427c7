//! Proofs for others: that a record stands in the log, and that one checkpoint continues another. Made from stored
//! hashes where they serve, from the segments where they do not, and never given out unchecked.

use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use spi::LogCrypto;

use crate::files::open_read;
use crate::line::{Parsed, hash_of, hash_text};
use crate::log::NEWEST;
use crate::note::{BadNote, Checkpoint, VerifierKey};
use crate::reader::Lines;
use crate::search::headers;
use crate::segment::path_of;
use crate::tree::{
    Hash, LevelFiles, MemoryNodes, Nodes, consistency_path, inclusion_path, leaf_hash, verify_consistency,
    verify_inclusion,
};
use crate::util::size;

/// That a record stands in the tree of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The record's place.
    pub index: u64,
    /// The record as it is hashed, byte for byte.
    pub entry: String,
    /// Sibling hashes from the leaf upwards, base64.
    pub path: Vec<String>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// That the tree of one checkpoint continues that of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    /// The older signed checkpoint.
    pub old: String,
    /// The newer one.
    pub new: String,
    /// Hashes as RFC 6962 §2.1.2 orders them, base64.
    pub path: Vec<String>,
}

/// Why there is no proof.
#[derive(Debug)]
pub enum ProveError {
    /// Files do not read.
    Io(io::Error),
    /// A checkpoint does not hold.
    Note(BadNote),
    /// The newest checkpoint does not reach that record.
    NotCovered {
        /// Records that it covers.
        size: u64,
    },
    /// The files do not agree with the checkpoint: the log was changed, or the checkpoints are of two logs.
    Disagrees,
}

impl fmt::Display for ProveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(e) => e.fmt(f),
            Self::Note(e) => write!(f, "the checkpoint does not hold: {e}"),
            Self::NotCovered { size } => {
                write!(f, "the newest checkpoint covers {size} records, not that one")
            }
            Self::Disagrees => {
                f.write_str("the log does not agree with the checkpoint: run `keystead audit verify`")
            }
        }
    }
}

impl std::error::Error for ProveError {}

impl From<io::Error> for ProveError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

impl From<BadNote> for ProveError {
    fn from(e: BadNote) -> Self {
        Self::Note(e)
    }
}

/// Proves that record `index` stands in the log, by its newest checkpoint.
///
/// # Errors
/// [`ProveError`].
pub fn prove(
    dir: &Path,
    index: u64,
    key: &VerifierKey,
    crypto: &dyn LogCrypto,
) -> Result<InclusionProof, ProveError> {
    let checkpoint = std::fs::read_to_string(dir.join(NEWEST))?;
    let size = Checkpoint::open(&checkpoint, key, crypto)?.size;
    if index >= size {
        return Err(ProveError::NotCovered { size });
    }
    let entry = entry_at(dir, index, crypto)?.ok_or(ProveError::Disagrees)?;
    checked(dir, size, crypto, |nodes| {
        let path = texts(inclusion_path(nodes, crypto, index, size)?);
        let proof = InclusionProof { index, entry: entry.clone(), path, checkpoint: checkpoint.clone() };
        Ok(proof.holds(key, crypto).then_some(proof))
    })
}

/// Proves that one signed checkpoint continues another.
///
/// # Errors
/// [`ProveError`].
pub fn prove_consistency(
    dir: &Path,
    old: &str,
    new: &str,
    key: &VerifierKey,
    crypto: &dyn LogCrypto,
) -> Result<ConsistencyProof, ProveError> {
    let (from, to) = (Checkpoint::open(old, key, crypto)?.size, Checkpoint::open(new, key, crypto)?.size);
    if from > to {
        return Err(ProveError::NotCovered { size: to });
    }
    checked(dir, to, crypto, |nodes| {
        let trivial = from == 0 || from == to;
        let path = if trivial { Vec::new() } else { consistency_path(nodes, crypto, from, to)? };
        let proof = ConsistencyProof { old: old.to_owned(), new: new.to_owned(), path: texts(path) };
        Ok(proof.holds(key, crypto).then_some(proof))
    })
}

impl InclusionProof {
    /// Whether it holds, by the log's public key alone.
    #[must_use]
    pub fn holds(&self, key: &VerifierKey, crypto: &dyn LogCrypto) -> bool {
        let checkpoint = Checkpoint::open(&self.checkpoint, key, crypto);
        let (Ok(checkpoint), Some(path)) = (checkpoint, hashes(&self.path)) else { return false };
        let leaf = leaf_hash(crypto, self.entry.as_bytes());
        verify_inclusion(crypto, (self.index, &leaf), (checkpoint.size, &checkpoint.root), &path)
    }
}

impl ConsistencyProof {
    /// Whether it holds, by the log's public key alone.
    #[must_use]
    pub fn holds(&self, key: &VerifierKey, crypto: &dyn LogCrypto) -> bool {
        let open = |note: &str| Checkpoint::open(note, key, crypto);
        let (Ok(old), Ok(new), Some(path)) = (open(&self.old), open(&self.new), hashes(&self.path)) else {
            return false;
        };
        verify_consistency(crypto, (old.size, &old.root), (new.size, &new.root), &path)
    }
}

/// Makes a proof from the stored hashes; if it fails or does not hold, from the segments.
fn checked<P>(
    dir: &Path,
    size: u64,
    crypto: &dyn LogCrypto,
    make: impl Fn(&dyn Nodes) -> io::Result<Option<P>>,
) -> Result<P, ProveError> {
    if let Ok(Some(proof)) = make(&LevelFiles::open(dir, crypto)) {
        return Ok(proof);
    }
    let leaves = leaves(dir, size, crypto)?;
    let made = make(&MemoryNodes { leaves: &leaves, crypto });
    made.ok().flatten().ok_or(ProveError::Disagrees)
}

/// Calls `each` with the records of the segments that hold leaves from `from` on, in order, until it says stop.
fn each_record(
    dir: &Path,
    from: u64,
    crypto: &dyn LogCrypto,
    mut each: impl FnMut(&Parsed<'_>) -> bool,
) -> io::Result<()> {
    let headers = headers(dir)?;
    for (at, (number, _)) in headers.iter().enumerate() {
        let end = headers.get(at + 1).map_or(u64::MAX, |(_, next)| next.first);
        if end <= from {
            continue;
        }
        let file = open_read(&path_of(dir, *number))?;
        let mut lines = Lines::new(file.as_ref());
        lines.next_line()?;
        while let Some(parsed) = lines.next_line()?.and_then(|line| Parsed::read(crypto, line)) {
            if parsed.n >= end {
                break;
            }
            if !each(&parsed) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn entry_at(dir: &Path, index: u64, crypto: &dyn LogCrypto) -> io::Result<Option<String>> {
    let mut entry = None;
    each_record(dir, index, crypto, |parsed| {
        if parsed.n == index {
            entry = std::str::from_utf8(parsed.entry).ok().map(str::to_owned);
        }
        parsed.n < index
    })?;
    Ok(entry)
}

fn leaves(dir: &Path, count: u64, crypto: &dyn LogCrypto) -> io::Result<Vec<Hash>> {
    let mut leaves = Vec::new();
    each_record(dir, 0, crypto, |parsed| {
        leaves.push(parsed.leaf);
        leaves.len() < size(count)
    })?;
    Ok(leaves)
}

fn texts(path: Vec<Hash>) -> Vec<String> {
    path.iter().map(hash_text).collect()
}

fn hashes(path: &[String]) -> Option<Vec<Hash>> {
    path.iter().map(|text| hash_of(text)).collect()
}
