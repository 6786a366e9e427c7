//! The few file operations on which the log's promise rests, behind a trait so that tests can make each one fail.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};
use rustix::io::Errno;

/// An open file of the log.
pub trait LogFile: Send + Sync {
    /// Writes some of the bytes at an offset; may write fewer.
    ///
    /// # Errors
    /// As `pwrite`.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;
    /// Reads some bytes at an offset; 0 at the end.
    ///
    /// # Errors
    /// As `pread`.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Makes what was written durable.
    ///
    /// # Errors
    /// As `fdatasync`: what was written since the last success may be lost, whatever a later call says.
    fn sync(&self) -> io::Result<()>;
    /// Length in bytes.
    ///
    /// # Errors
    /// As `fstat`.
    fn length(&self) -> io::Result<u64>;
}

/// A file system.
pub trait Files: Send + Sync {
    /// Makes a file of zeros with all its space allocated, mode 0600, durably, replacing one of that name.
    ///
    /// # Errors
    /// As the file system; nothing of that name is left behind that was not there before.
    fn create(&self, path: &Path, bytes: u64) -> io::Result<()>;
    /// Opens a file to read and write, making an empty one if absent. Each call gives an open file of its own, which
    /// is told of write-back errors by itself.
    ///
    /// # Errors
    /// As `open`.
    fn open(&self, path: &Path) -> io::Result<Box<dyn LogFile>>;
    /// Replaces a small file at once and durably, mode 0600.
    ///
    /// # Errors
    /// As the file system; the old content then still stands.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Appends to a file durably, mode 0600.
    ///
    /// # Errors
    /// As the file system.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
}

/// The real one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn create(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let staged = staged(path);
        let made = allocate(&staged, bytes).and_then(|()| fs::rename(&staged, path));
        if made.is_err() {
            let _ = fs::remove_file(&staged);
        }
        made.and_then(|()| sync_parent(path))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn LogFile>> {
        Ok(Box::new(open(path)?))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let staged = staged(path);
        let mut file = fresh(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&staged, path)?;
        sync_parent(path)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        let before = file.metadata()?.len();
        let appended = file.write_all(bytes).and_then(|()| file.sync_all());
        if appended.is_err() {
            // Half a note would spoil the one after it.
            let _ = file.set_len(before);
        }
        appended.and_then(|()| if before == 0 { sync_parent(path) } else { Ok(()) })
    }
}

impl LogFile for File {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        FileExt::write_at(self, bytes, offset)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// Writes all of it; a write that takes nothing is an error.
pub(crate) fn write_all(file: &dyn LogFile, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write_at(bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => {
                bytes = bytes.get(n..).unwrap_or_default();
                offset = offset.saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Reads until the buffer is full or the file ends; gives the bytes read.
pub(crate) fn read_full(file: &dyn LogFile, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        let at = offset.saturating_add(u64::try_from(done).unwrap_or(u64::MAX));
        match file.read_at(rest, at) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

/// Makes a directory with mode 0700, and its parents.
pub(crate) fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Opens for reading only: what offline tools do.
pub(crate) fn open_read(path: &Path) -> io::Result<Box<dyn LogFile>> {
    Ok(Box::new(File::open(path)?))
}

/// Takes the directory for this process; `None` if another has it.
pub(crate) fn take_lock(path: &Path) -> io::Result<Option<File>> {
    let file = open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn fresh(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn staged(path: &Path) -> PathBuf {
    path.with_extension("tmp")
}

fn allocate(path: &Path, bytes: u64) -> io::Result<()> {
    let file = fresh(path)?;
    match fallocate(&file, FallocateFlags::empty(), 0, bytes) {
        Ok(()) => {}
        Err(Errno::OPNOTSUPP) => write_zeros(&file, bytes)?,
        Err(e) => return Err(e.into()),
    }
    file.sync_all()
}

fn write_zeros(file: &File, bytes: u64) -> io::Result<()> {
    let zeros = vec![0; 1 << 16];
    let mut at = 0;
    while at < bytes {
        let part = crate::util::size(bytes - at).min(zeros.len());
        write_all(file, zeros.get(..part).unwrap_or_default(), at)?;
        at += u64::try_from(part).unwrap_or(u64::MAX);
    }
    Ok(())
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}
