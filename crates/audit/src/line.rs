//! The lines of a segment: a header, then one line a record, each of which carries its leaf hash and so tells
//! whether it is whole.
//!
//! `{"n":LEAF,"leaf":"BASE64","entry":ENTRY}` — the leaf's data is ENTRY, byte for byte. Everything but the leaf's
//! index is made by the requester; the log's thread only puts the index before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::AuditRecord;
use serde::{Deserialize, Serialize};
use spi::LogCrypto;

use crate::tree::{Frontier, Hash, leaf_hash};
use crate::uses::{Marked, Marks};

const INDEX: &[u8] = b"{\"n\":";
const LEAF: &[u8] = b",\"leaf\":\"";
const ENTRY: &[u8] = b"\",\"entry\":";
const LEAF_CHARS: usize = 44;

/// What a record line holds besides its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Sequence of the commit, for a committed change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<u64>,
    /// The record.
    pub record: AuditRecord,
}

/// A record made ready to be placed.
pub(crate) struct Line {
    /// Everything after the index, with the final newline.
    rest: Vec<u8>,
    leaf: Hash,
    /// What it tells of uses.
    marks: Marks,
}

#[derive(Serialize)]
struct EntryRef<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<u64>,
    record: &'a AuditRecord,
}

impl Line {
    /// Longest index in decimal.
    const INDEX_MAX: u64 = 25;

    pub(crate) fn new(
        crypto: &dyn LogCrypto,
        commit: Option<u64>,
        record: &AuditRecord,
    ) -> Result<Self, serde_json::Error> {
        let mut rest = Vec::with_capacity(1280);
        rest.extend_from_slice(LEAF);
        rest.extend_from_slice(&[b' '; LEAF_CHARS]);
        rest.extend_from_slice(ENTRY);
        let start = rest.len();
        serde_json::to_writer(&mut rest, &EntryRef { commit, record })?;
        let leaf = leaf_hash(crypto, rest.get(start..).unwrap_or_default());
        if let Some(place) = rest.get_mut(LEAF.len()..LEAF.len() + LEAF_CHARS) {
            // 32 bytes encode to exactly 44 characters.
            let _ = STANDARD.encode_slice(leaf, place);
        }
        rest.extend_from_slice(b"}\n");
        Ok(Self { rest, leaf, marks: Marks::of(record) })
    }

    pub(crate) fn leaf(&self) -> Hash {
        self.leaf
    }

    /// What it tells of uses, once it has its place.
    pub(crate) fn marks_at(self, n: u64) -> Marked {
        Marked { n, marks: self.marks }
    }

    /// No fewer bytes than the line has.
    pub(crate) fn len_max(&self) -> u64 {
        crate::util::len64(&self.rest) + Self::INDEX_MAX
    }

    /// Appends the whole line.
    pub(crate) fn place(&self, n: u64, batch: &mut Vec<u8>) {
        use std::io::Write as _;
        batch.extend_from_slice(INDEX);
        // Writing into a vector does not fail.
        let _ = write!(batch, "{n}");
        batch.extend_from_slice(&self.rest);
    }
}

/// A record line as read back, its leaf hash checked against its entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parsed<'a> {
    pub(crate) n: u64,
    pub(crate) leaf: Hash,
    pub(crate) entry: &'a [u8],
}

impl<'a> Parsed<'a> {
    /// Reads a line (without newline); `None` unless it is whole and its hash is its entry's.
    pub(crate) fn read(crypto: &dyn LogCrypto, line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_prefix(INDEX)?;
        let digits = rest.iter().position(|b| !b.is_ascii_digit())?;
        let (n, rest) = rest.split_at_checked(digits)?;
        let (leaf, rest) = rest.strip_prefix(LEAF)?.split_at_checked(LEAF_CHARS)?;
        let entry = rest.strip_prefix(ENTRY)?.strip_suffix(b"}")?;
        let leaf: Hash = STANDARD.decode(leaf).ok()?.try_into().ok()?;
        let n = decimal(n)?;
        (leaf_hash(crypto, entry) == leaf).then_some(Self { n, leaf, entry })
    }
}

/// Canonical decimal: no sign, no leading zero.
fn decimal(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let n: u64 = text.parse().ok()?;
    (n.to_string() == text).then_some(n)
}

/// The first line of a segment: ties it to everything before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    /// Version of this format.
    pub(crate) keystead_audit: u32,
    pub(crate) origin: String,
    /// Counts segments from 1; also the file's name.
    pub(crate) segment: u64,
    /// Index of its first leaf.
    pub(crate) first: u64,
    /// Root of the tree of everything before it, base64.
    pub(crate) root: String,
    /// Peaks of that tree, base64, widest first.
    pub(crate) frontier: Vec<String>,
    /// File name of the segment before.
    pub(crate) previous: Option<String>,
    /// Last commit sequence before it; 0 for none.
    pub(crate) commit: u64,
    /// The segment before broke: its lines from `first` on were never acknowledged as durable and do not count.
    pub(crate) after_failure: bool,
}

pub(crate) const FORMAT: u32 = 1;

impl Header {
    /// The line, with newline.
    pub(crate) fn line(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }

    /// Reads a line (without newline); `None` unless it is byte for byte what [`Self::line`] writes.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let header: Self = serde_json::from_slice(line).ok()?;
        let canonical = header.line().ok()?;
        (header.keystead_audit == FORMAT && canonical.strip_suffix(b"\n") == Some(line)).then_some(header)
    }

    /// The tree before this segment; `None` unless peaks, size and root agree.
    pub(crate) fn tree(&self, crypto: &dyn LogCrypto) -> Option<Frontier> {
        let peaks = self.frontier.iter().map(|text| hash_of(text)).collect::<Option<Vec<_>>>()?;
        let tree = Frontier::from_peaks(self.first, peaks)?;
        (tree.root(crypto) == hash_of(&self.root)?).then_some(tree)
    }
}

/// A hash in base64.
pub(crate) fn hash_text(hash: &Hash) -> String {
    STANDARD.encode(hash)
}

/// A hash out of base64.
pub(crate) fn hash_of(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}
