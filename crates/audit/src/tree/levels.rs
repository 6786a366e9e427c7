//! Stored hashes: one flat file for every eighth level of the tree, each the concatenation of that level's C2SP
//! tlog tiles. They make proofs cheap and outlive the segments; they are not trusted, for they can be rebuilt from
//! the segments and every proof made from them is checked against a signed root.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spi::LogCrypto;

use super::{Hash, Nodes, node_hash};
use crate::files::{Files, LogFile, make_dir, open_read, read_full, write_all};

/// Levels of the tree to one stored level (C2SP tlog-tiles).
const TILE_HEIGHT: u32 = 8;
const HASH_LEN: u64 = 32;
/// Enough for 2^64 leaves.
const STORED_LEVELS: usize = 8;

/// Hashes of a growing tree on their way into the files.
pub(crate) struct Levels {
    dir: PathBuf,
    files: Arc<dyn Files>,
    open: Vec<Option<Box<dyn LogFile>>>,
    pending: Vec<Pending>,
}

#[derive(Default)]
struct Pending {
    first: u64,
    bytes: Vec<u8>,
}

impl Levels {
    pub(crate) fn new(log_dir: &Path, files: Arc<dyn Files>) -> io::Result<Self> {
        let dir = dir_in(log_dir);
        make_dir(&dir)?;
        let open = (0..STORED_LEVELS).map(|_| None).collect();
        let pending = (0..STORED_LEVELS).map(|_| Pending::default()).collect();
        Ok(Self { dir, files, open, pending })
    }

    /// Notes a full subtree of the given height that ends with leaf `leaf`.
    pub(crate) fn note(&mut self, height: u32, leaf: u64, hash: &Hash) {
        if !height.is_multiple_of(TILE_HEIGHT) {
            return;
        }
        let level = crate::util::size(u64::from(height / TILE_HEIGHT));
        let Some(pending) = self.pending.get_mut(level) else { return };
        let index = leaf.checked_shr(height).unwrap_or(0);
        let follows = pending.first + crate::util::len64(&pending.bytes) / HASH_LEN == index;
        if !follows {
            // After a restart or a failure: what was pending is noted again.
            *pending = Pending { first: index, bytes: Vec::new() };
        }
        pending.bytes.extend_from_slice(hash);
    }

    /// Writes what is pending; not durable, for it can be rebuilt.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        for (level, (pending, open)) in self.pending.iter_mut().zip(&mut self.open).enumerate() {
            if pending.bytes.is_empty() {
                continue;
            }
            let file = match open {
                Some(file) => file,
                None => open.insert(self.files.open(&self.dir.join(level.to_string()))?),
            };
            write_all(file.as_ref(), &pending.bytes, pending.first * HASH_LEN)?;
            pending.first += crate::util::len64(&pending.bytes) / HASH_LEN;
            pending.bytes.clear();
        }
        Ok(())
    }

    /// Makes everything written durable; called when a segment is full.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.open.iter().flatten().try_for_each(|file| file.sync())
    }
}

/// The files as offline tools read them.
pub(crate) struct LevelFiles<'a> {
    open: Vec<Box<dyn LogFile>>,
    crypto: &'a dyn LogCrypto,
}

impl<'a> LevelFiles<'a> {
    pub(crate) fn open(log_dir: &Path, crypto: &'a dyn LogCrypto) -> Self {
        let dir = dir_in(log_dir);
        let open =
            (0..STORED_LEVELS).map_while(|level| open_read(&dir.join(level.to_string())).ok()).collect();
        Self { open, crypto }
    }

    fn stored(&self, level: u32, first: u64, count: u64) -> io::Result<Vec<Hash>> {
        let file = self.open.get(crate::util::size(u64::from(level))).ok_or(io::ErrorKind::NotFound)?;
        let mut bytes = vec![0; crate::util::size(count * HASH_LEN)];
        if read_full(file.as_ref(), &mut bytes, first.saturating_mul(HASH_LEN))? < bytes.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(bytes.as_chunks::<32>().0.to_vec())
    }
}

impl Nodes for LevelFiles<'_> {
    fn full(&self, height: u32, index: u64) -> io::Result<Hash> {
        let (level, above) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let mut row = self.stored(level, index << above, 1 << above)?;
        while row.len() > 1 {
            row = row.as_chunks::<2>().0.iter().map(|[l, r]| node_hash(self.crypto, l, r)).collect();
        }
        row.first().copied().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

fn dir_in(log_dir: &Path) -> PathBuf {
    log_dir.join("tree")
}
