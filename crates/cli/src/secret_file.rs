//! Files that secrets go to instead of the terminal.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use secret::{Exposure, SecretBytes};

use crate::failure::Stop;

/// A new file that only its owner reads. It is made before the server is asked: a secret that is shown once must not be
/// lost because it cannot be written. Unless it was written, it goes away again.
pub(crate) struct SecretFile {
    file: File,
    path: PathBuf,
    written: bool,
}

impl SecretFile {
    /// Makes it, if one is wanted and requests are sent at all.
    pub(crate) fn wanted(path: Option<&Path>, explains: bool) -> Result<Option<Self>, Stop> {
        path.filter(|_| !explains).map(Self::create).transpose()
    }

    fn create(path: &Path) -> Result<Self, Stop> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|e| unwritten(path, &e))?;
        Ok(Self { file, path: path.to_owned(), written: false })
    }

    /// Fills it.
    pub(crate) fn write(mut self, secret: &SecretBytes) -> Result<(), Stop> {
        let bytes = secret.expose(Exposure::ReturnToAuthorisedCaller);
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        written.map_err(|e| unwritten(&self.path, &e))?;
        self.written = true;
        Ok(())
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        if !self.written {
            // It holds nothing whole; that it cannot be removed changes nothing about the failure that is told.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn unwritten(path: &Path, error: &io::Error) -> Stop {
    Stop::usage(format!("cannot write `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_the_owners_alone_replaces_nothing_and_goes_away_unwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        drop(SecretFile::wanted(Some(&path), false).unwrap().unwrap());
        assert!(!path.exists(), "unwritten");
        let file = SecretFile::wanted(Some(&path), false).unwrap().unwrap();
        file.write(&SecretBytes::take_vec(vec![1])).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(SecretFile::wanted(Some(&path), false).is_err(), "nothing is replaced");
        assert_eq!(std::fs::read(&path).unwrap(), [1]);
        assert!(SecretFile::wanted(Some(&path), true).unwrap().is_none());
    }
}
