//! Segment files: their names, and one that is open for appending.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::{Files, LogFile};

/// How many `fdatasync` calls may run at once; each has an open file of its own, so that each is told of every
/// write-back error.
pub(crate) const LANES: usize = 3;

/// A segment open for appending.
pub(crate) struct Segment {
    pub(crate) number: u64,
    pub(crate) path: PathBuf,
    pub(crate) writer: Box<dyn LogFile>,
    lanes: Vec<Box<dyn LogFile>>,
}

impl Segment {
    /// Opens an existing file.
    pub(crate) fn open(files: &dyn Files, dir: &Path, number: u64) -> io::Result<Self> {
        let path = path_of(dir, number);
        let writer = files.open(&path)?;
        let lanes = (0..LANES).map(|_| files.open(&path)).collect::<io::Result<_>>()?;
        Ok(Self { number, path, writer, lanes })
    }

    /// Makes a new file of zeros.
    pub(crate) fn create(files: &dyn Files, dir: &Path, number: u64, bytes: u64) -> io::Result<Self> {
        files.create(&path_of(dir, number), bytes)?;
        Self::open(files, dir, number)
    }

    /// Makes everything written before the call durable.
    pub(crate) fn sync(&self, lane: usize) -> io::Result<()> {
        self.lanes.get(lane).ok_or(io::ErrorKind::NotFound)?.sync()
    }
}

/// File name of a segment.
pub(crate) fn name_of(number: u64) -> String {
    format!("audit-{number:08}.jsonl")
}

/// Path of a segment.
pub(crate) fn path_of(dir: &Path, number: u64) -> PathBuf {
    dir.join(name_of(number))
}

/// The numbers of the segments in a directory, in order.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = fs::read_dir(dir)?
        .filter_map(|entry| entry.map(|e| number_of(&e.file_name())).transpose())
        .collect::<io::Result<Vec<_>>>()?;
    numbers.sort_unstable();
    Ok(numbers)
}

fn number_of(name: &OsStr) -> Option<u64> {
    let number = name.to_str()?.strip_prefix("audit-")?.strip_suffix(".jsonl")?.parse().ok()?;
    (name == OsStr::new(&name_of(number))).then_some(number)
}
