//! Checkpoints as signed notes (C2SP tlog-checkpoint and signed-note, Ed25519).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secret::SecretBytes;
use spi::{LogCrypto, ProviderError};

use crate::config::is_origin;
use crate::line::{hash_of, hash_text};
use crate::tree::Hash;

const SIGNATURE: &str = "— ";
/// Signature type Ed25519 of signed-note.
const ED25519: u8 = 1;

/// What a log commits to: its first `size` leaves have this root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Their Merkle root.
    pub root: Hash,
}

/// Adds a signature line of its own to each checkpoint: the root of trust after an unseal, or a witness.
pub trait Countersigner: Send + Sync {
    /// A whole signature line for the note's text, without newline: `— NAME BASE64`; `None` if it cannot now.
    fn countersign(&self, text: &str) -> Option<String>;
}

/// A note that is not a checkpoint signed by the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadNote(pub &'static str);

impl fmt::Display for BadNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadNote {}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, hash_text(&self.root))
    }

    /// The whole note.
    pub(crate) fn sign(
        &self,
        crypto: &dyn LogCrypto,
        pkcs8: &SecretBytes,
        key: &VerifierKey,
        countersigner: Option<&dyn Countersigner>,
    ) -> Result<String, ProviderError> {
        let text = self.text();
        let mut blob = key.id(crypto).to_vec();
        blob.extend_from_slice(&crypto.sign(pkcs8, text.as_bytes())?);
        let mut note = format!("{text}\n{SIGNATURE}{} {}\n", key.name, STANDARD.encode(blob));
        if let Some(line) = countersigner.and_then(|c| c.countersign(&text)) {
            note.push_str(line.trim_end());
            note.push('\n');
        }
        Ok(note)
    }

    /// Reads a note that `key` signed.
    ///
    /// # Errors
    /// [`BadNote`] if it is malformed, another log's, or not signed by the key.
    pub fn open(note: &str, key: &VerifierKey, crypto: &dyn LogCrypto) -> Result<Self, BadNote> {
        let (text, signatures) = note.split_once("\n\n").ok_or(BadNote("it has no signatures"))?;
        let text = format!("{text}\n");
        let signed = signatures.lines().any(|line| key.signed(&text, line, crypto));
        if !signed {
            return Err(BadNote("it is not signed by this key"));
        }
        Self::parse(&text)
            .filter(|c| c.origin == key.name)
            .ok_or(BadNote("it is not a checkpoint of this log"))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number: u64 = size.parse().ok()?;
        (number.to_string() == size).then_some(())?;
        Some(Self { origin: origin.to_owned(), size: number, root: hash_of(root)? })
    }
}

/// A log's public key and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    /// The log's origin.
    pub name: String,
    /// Ed25519 public key, raw.
    pub public: [u8; 32],
}

impl VerifierKey {
    /// As signed-note writes it: `NAME+HASH+BASE64`; this is the content of `audit.pub`.
    #[must_use]
    pub fn text(&self, crypto: &dyn LogCrypto) -> String {
        let mut typed = vec![ED25519];
        typed.extend_from_slice(&self.public);
        format!("{}+{}+{}", self.name, hex::encode(self.id(crypto)), STANDARD.encode(typed))
    }

    /// Reads what [`Self::text`] wrote.
    ///
    /// # Errors
    /// [`BadNote`].
    pub fn parse(text: &str, crypto: &dyn LogCrypto) -> Result<Self, BadNote> {
        let bad = BadNote("it is not a public key of the form NAME+HASH+BASE64");
        let mut parts = text.trim_end().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad);
        };
        let typed: [u8; 33] = STANDARD.decode(key).ok().and_then(|k| k.try_into().ok()).ok_or(bad.clone())?;
        let [ED25519, public @ ..] = typed else { return Err(bad) };
        let key = Self { name: name.to_owned(), public };
        if is_origin(name) && hex::encode(key.id(crypto)) == id { Ok(key) } else { Err(bad) }
    }

    /// The key's short hash (signed-note): first 4 bytes of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)`.
    fn id(&self, crypto: &dyn LogCrypto) -> [u8; 4] {
        let [a, b, c, d, ..] = crypto.sha256(&[self.name.as_bytes(), b"\n", &[ED25519], &self.public]);
        [a, b, c, d]
    }

    fn signed(&self, text: &str, line: &str, crypto: &dyn LogCrypto) -> bool {
        let blob = line
            .strip_prefix(SIGNATURE)
            .and_then(|rest| rest.strip_prefix(self.name.as_str())?.strip_prefix(' '))
            .and_then(|blob| STANDARD.decode(blob).ok());
        let Some((id, signature)) = blob.as_deref().and_then(|b| b.split_at_checked(4)) else { return false };
        id == self.id(crypto) && crypto.verify(&self.public, text.as_bytes(), signature)
    }
}

/// Cuts a file of notes, each followed by an empty line, into notes; what is none is `Err`: at the end a note that is
/// not whole, before it whatever stands where only the empty line may.
pub(crate) fn split(notes: &str) -> Vec<Result<&str, &str>> {
    let (mut all, mut rest) = (Vec::new(), notes);
    while !rest.is_empty() {
        let Some(end) = note_len(rest) else {
            all.push(Err(rest));
            break;
        };
        let (note, after) = rest.split_at(end);
        all.push(Ok(note));
        rest = after.strip_prefix('\n').unwrap_or(after);
        if rest.len() == after.len() && !after.is_empty() {
            all.push(Err(""));
        }
    }
    all
}

/// Where the last whole note in a part of such a file ends, its empty line included.
pub(crate) fn whole_notes(part: &[u8]) -> u64 {
    let ends = |end: &usize| {
        let note = part.get(..*end).unwrap_or_default();
        let line = note.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        line.starts_with(SIGNATURE.as_bytes())
            && part.get(*end..).is_some_and(|rest| rest.starts_with(b"\n\n"))
    };
    let end = (0..part.len()).rev().find(ends).map_or(0, |end| end + 2);
    u64::try_from(end).unwrap_or(u64::MAX)
}

/// Bytes of the first note: its text, an empty line, and its signature lines.
fn note_len(notes: &str) -> Option<usize> {
    let signatures = notes.find("\n\n")? + 2;
    let mut end = signatures;
    for line in notes.get(signatures..)?.split_inclusive('\n') {
        if !line.starts_with(SIGNATURE) || !line.ends_with('\n') {
            break;
        }
        end += line.len();
    }
    (end > signatures).then_some(end)
}
