//! The file of a backup.
//!
//! ```text
//! "KEYSTEAD-BACKUP\n"   16 bytes
//! length of the header   4 bytes, big endian
//! header                JSON: installation, time, what the database comes to, and name, length and digest of each part
//! seal                  32 bytes: keyed hash of everything before it, under a key derived from the root of trust
//!                       (zeros if no root was at hand)
//! SHA-256               32 bytes: of everything before it
//! parts                 one after the other, and nothing behind them
//! ```
//!
//! What it proves. The digests alone: no accident altered a byte; somebody who can rewrite the file can rewrite them.
//! The seal: every byte is as a holder of the root wrote it. Neither says that it is the newest backup: that is what
//! the pin is for. Without a seal the rows still vouch for themselves when they are opened with the keyfile; header,
//! index rows and the audit log's public key then do not.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use domain::Timestamp;
use provider_software::Software;
use secret::Secret;
use serde::{Deserialize, Serialize};
use spi::SealCrypto;
use store_record::PinState;

use crate::system::StartError;

const MAGIC: &[u8; 16] = b"KEYSTEAD-BACKUP\n";
const FORMAT: u32 = 1;
const HEADER_MAX: u32 = 64 * 1024;
/// Pieces whose digests a part's digest is made of.
const PIECE: usize = 1 << 20;
/// Most bytes of any part but the database.
const SMALL_MAX: u64 = 1 << 20;

/// The parts, in their order.
pub(super) const DATABASE: &str = "keystead.db";
pub(super) const ROOT: &str = "root.json";
pub(super) const AUDIT_KEY: &str = "audit.pub";
pub(super) const CHECKPOINT: &str = "audit.checkpoint";
const PARTS: [&str; 4] = [DATABASE, ROOT, AUDIT_KEY, CHECKPOINT];

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    format: u32,
    /// Version of the program that wrote it.
    pub(super) program: String,
    /// Milliseconds since 1970.
    pub(super) created: Timestamp,
    /// What the database comes to; if it could not be opened, what the pin said just before it was copied.
    pub(super) state: PinState,
    /// Whether `state` was read from the opened database, and the seal was made.
    pub(super) sealed: bool,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    name: String,
    bytes: u64,
    /// SHA-256 of the SHA-256s of its pieces of 1 MiB.
    #[serde(with = "hex::serde")]
    digest: [u8; 32],
}

impl Header {
    /// Measures the parts, which are files of these names in a folder.
    pub(super) fn over(dir: &Path, created: Timestamp, state: PinState, sealed: bool) -> io::Result<Self> {
        let mut parts = Vec::new();
        for name in PARTS {
            let mut file = File::open(dir.join(name))?;
            let (digest, bytes) = pass_on(&mut file, u64::MAX, &mut io::sink(), &mut |_| {})?;
            parts.push(Part { name: name.to_owned(), bytes, digest });
        }
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Self { format: FORMAT, program, created, state, sealed, parts })
    }

    /// Bytes of all parts.
    pub(super) fn bytes(&self) -> u64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.bytes))
    }

    /// Writes the whole file.
    pub(super) fn write(
        &self,
        dir: &Path,
        root: Option<&Secret<[u8; 32]>>,
        to: &mut File,
        progress: &mut dyn FnMut(u64),
    ) -> io::Result<()> {
        let json = serde_json::to_vec_pretty(self)?;
        let length = u32::try_from(json.len()).ok().filter(|n| *n <= HEADER_MAX);
        let length = length.ok_or_else(|| io::Error::other("the header is too long"))?;
        let mut head = [MAGIC.as_slice(), &length.to_be_bytes(), &json].concat();
        head.extend_from_slice(&root.map_or([0; 32], |root| seal_of(root, &head)));
        head.extend_from_slice(&sha256(&[&head]));
        to.write_all(&head)?;
        for part in &self.parts {
            let mut file = File::open(dir.join(&part.name))?;
            let (digest, _) = pass_on(&mut file, part.bytes, to, progress)?;
            if digest != part.digest {
                return Err(io::Error::other(format!("{} changed while it was read", part.name)));
            }
        }
        to.sync_all()
    }

    /// Whether it is of this format and names the right parts.
    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("it has format {}, this program knows {FORMAT}", self.format));
        }
        let small = |part: &Part| part.name == DATABASE || part.bytes <= SMALL_MAX;
        if self.parts.iter().map(|p| p.name.as_str()).eq(PARTS) && self.parts.iter().all(small) {
            return Ok(());
        }
        Err("its header names other parts than a backup has".to_owned())
    }
}

/// A backup whose header was read and whose header's digest holds.
pub(super) struct Backup {
    pub(super) header: Header,
    /// Bytes of the whole file.
    pub(super) bytes: u64,
    file: File,
    /// Everything before the seal.
    head: Vec<u8>,
    seal: [u8; 32],
}

impl Backup {
    /// Reads the header; bounded, whatever the file says.
    pub(super) fn open(path: &Path) -> Result<Self, StartError> {
        let failed = |e: io::Error| StartError(format!("{}: {e}", path.display()));
        let mut file = File::open(path).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        let (head, seal) = read_head(&mut file).map_err(failed)?;
        let json = head.get(MAGIC.len() + 4..).unwrap_or_default();
        let header: Header = serde_json::from_slice(json).map_err(|e| failed(e.into()))?;
        header.check().map_err(|why| failed(io::Error::other(why)))?;
        let head_bytes = u64::try_from(head.len()).unwrap_or(u64::MAX).saturating_add(64);
        let expected = header.bytes().checked_add(head_bytes);
        if expected != Some(bytes) {
            return Err(failed(io::Error::other("it was cut short, or something was added to it")));
        }
        Ok(Self { header, bytes, file, head, seal })
    }

    /// Whether the holder of this root sealed it; `false` if nobody did.
    pub(super) fn check_seal(&self, root: &Secret<[u8; 32]>) -> Result<bool, StartError> {
        let expected = if self.header.sealed { seal_of(root, &self.head) } else { [0; 32] };
        // Both are known to whoever holds the root, and to nobody else; there is nobody to time.
        if self.seal == expected {
            return Ok(self.header.sealed);
        }
        Err(StartError("the seal is not this root's: the backup was altered".to_owned()))
    }

    /// Writes every part into a folder, each 0600, and checks its digest.
    pub(super) fn unpack(&mut self, dir: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), StartError> {
        let start = u64::try_from(self.head.len()).unwrap_or(u64::MAX).saturating_add(64);
        self.file.seek(SeekFrom::Start(start)).map_err(StartError::while_doing("backup"))?;
        for part in &self.header.parts {
            let path = dir.join(&part.name);
            let passed = crate::files::new_private(&path).and_then(|mut to| {
                let passed = pass_on(&mut self.file, part.bytes, &mut to, progress)?;
                to.sync_all().map(|()| passed)
            });
            let (digest, bytes) = passed.map_err(StartError::while_doing(path.display()))?;
            if digest != part.digest || bytes != part.bytes {
                return Err(StartError(format!("the backup is damaged: {} is not as written", part.name)));
            }
        }
        Ok(())
    }
}

/// Everything before the seal, and the seal, once the digest over both holds.
fn read_head(file: &mut File) -> io::Result<(Vec<u8>, [u8; 32])> {
    let damaged = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why);
    let (mut magic, mut length) = ([0; 16], [0; 4]);
    file.read_exact(&mut magic).map_err(|_| damaged("it is no backup of ours"))?;
    if &magic != MAGIC {
        return Err(damaged("it is no backup of ours"));
    }
    file.read_exact(&mut length)?;
    let wanted = u32::from_be_bytes(length);
    if wanted > HEADER_MAX {
        return Err(damaged("the backup is damaged: its header is too long"));
    }
    let mut head = [magic.as_slice(), &length].concat();
    let read = file.take(wanted.into()).read_to_end(&mut head)?;
    let (mut seal, mut digest) = ([0; 32], [0; 32]);
    let rest = file.read_exact(&mut seal).and_then(|()| file.read_exact(&mut digest));
    let whole = rest.is_ok() && u32::try_from(read) == Ok(wanted);
    if !whole || sha256(&[&head, &seal]) != digest {
        return Err(damaged("the backup is damaged: its header is not as written"));
    }
    Ok((head, seal))
}

fn seal_of(root: &Secret<[u8; 32]>, head: &[u8]) -> [u8; 32] {
    let crypto = Software::new();
    let key = crypto.derive(root, "keystead/backup/1");
    crypto.prf(&key, &[head])
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    SealCrypto::sha256(&Software::new(), parts)
}

/// Copies at most so many bytes; gives their digest and number.
fn pass_on(
    from: &mut impl Read,
    limit: u64,
    to: &mut impl Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<([u8; 32], u64)> {
    let (mut digests, mut done, mut piece) = (Vec::new(), 0, Vec::with_capacity(PIECE));
    while done < limit {
        piece.clear();
        let room = u64::try_from(PIECE).unwrap_or(u64::MAX).min(limit - done);
        let read = from.take(room).read_to_end(&mut piece)?;
        if read == 0 {
            break;
        }
        to.write_all(&piece)?;
        digests.extend_from_slice(&sha256(&[&piece]));
        done += u64::try_from(read).unwrap_or(u64::MAX);
        progress(done);
    }
    Ok((sha256(&[&digests]), done))
}
