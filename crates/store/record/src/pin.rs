//! The pin: what this installation last acknowledged, kept outside the database, so that a whole database restored
//! from yesterday is met by something that remembers today.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinState {
    /// The installation.
    #[serde(with = "hex::serde")]
    pub installation: [u8; 16],
    /// Counts transactions of the store.
    pub revision: u64,
    /// The last outbox sequence given.
    pub sequence: u64,
    /// What the whole revision ledger came to.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// The last outbox sequence that was durable in the audit log.
    pub audit: u64,
}

/// Where the pin is kept.
pub trait Pin: Send {
    /// What was pinned last.
    ///
    /// # Errors
    /// When it cannot be read, or is no pin.
    fn load(&self) -> io::Result<Option<PinState>>;

    /// Pins; durable when it returns.
    ///
    /// # Errors
    /// When it is not known to be durable.
    fn store(&mut self, state: &PinState) -> io::Result<()>;
}

/// A pin in a file of its own, 0600, replaced as a whole.
#[derive(Debug)]
pub struct FilePin {
    path: PathBuf,
}

impl FilePin {
    /// In this file, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl Pin for FilePin {
    fn load(&self) -> io::Result<Option<PinState>> {
        match std::fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::from),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn store(&mut self, state: &PinState) -> io::Result<()> {
        let beside = self.path.with_extension("tmp");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec(state)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, &self.path)?;
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

/// A pin in memory: for a store that itself lives in memory, and for tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryPin(Arc<Mutex<Option<PinState>>>);

impl Pin for MemoryPin {
    fn load(&self) -> io::Result<Option<PinState>> {
        Ok(*self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn store(&mut self, state: &PinState) -> io::Result<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(*state);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_pin_comes_back_and_is_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pin");
        let mut pin = FilePin::new(&path);
        assert_eq!(pin.load().unwrap(), None);
        let state = PinState { installation: [1; 16], revision: 7, sequence: 5, digest: [2; 32], audit: 4 };
        pin.store(&state).unwrap();
        assert_eq!(pin.load().unwrap(), Some(state));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, b"{}").unwrap();
        assert!(pin.load().is_err(), "a damaged pin is not an absent one");
    }
}
