//! The embedded default root of trust: 32 random bytes in a file that only the server's user may read.
//!
//! It protects a copied database, not a copied machine. The file is read with all its conditions checked on the open
//! file itself, so that nobody can swap it in between; the bytes go straight into the arena.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use secret::{Exposure, Secret};
use spi::{RootError, RootOfTrust, SealCrypto};

/// Bytes of the file.
const LEN: u64 = 32;

/// A root of trust in a file of mode 0600.
#[derive(Clone, Debug)]
pub struct Keyfile {
    path: PathBuf,
}

impl Keyfile {
    /// The keyfile at this path, which need not exist yet.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Makes the file, durably, unless there is one: only for an installation that is not initialised, since a new
    /// key opens nothing old. Says whether it made one.
    ///
    /// # Errors
    /// [`RootError::Unusable`] if it cannot be written.
    pub fn make_if_absent(&self, crypto: &dyn SealCrypto) -> Result<bool, RootError> {
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path);
        let file = match made {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
            Err(e) => return Err(self.unusable("cannot be made", &e)),
        };
        self.write(file, &crypto.fresh_key()).map_err(|e| {
            // Half a key must not be taken for one at the next start.
            let _ = std::fs::remove_file(&self.path);
            self.unusable("cannot be written", &e)
        })?;
        Ok(true)
    }

    fn write(&self, mut file: File, key: &Secret<[u8; 32]>) -> io::Result<()> {
        file.write_all(key.expose(Exposure::WrapForStorage))?;
        file.sync_all()?;
        let parent = self.path.parent().filter(|dir| !dir.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn read(&self) -> Result<Secret<[u8; 32]>, RootError> {
        let mut options = OpenOptions::new();
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.read(true).custom_flags(flags.bits().cast_signed());
        let mut file = options.open(&self.path).map_err(|e| self.unusable("cannot be opened", &e))?;
        let about = file.metadata().map_err(|e| self.unusable("cannot be examined", &e))?;
        if !about.is_file() || about.len() != LEN {
            return Err(self.unusable("is no keyfile", &format!("a plain file of {LEN} bytes is expected")));
        }
        if about.uid() != rustix::process::geteuid().as_raw() {
            return Err(self.unusable("belongs to another user", &"change its owner to the server's user"));
        }
        if about.mode() & 0o177 != 0 {
            return Err(self.unusable("is open to others", &"set its mode to 0600"));
        }
        let (key, read) = Secret::<[u8; 32]>::try_build(|key| file.read_exact(key))
            .map_err(|full| self.unusable("cannot be read", &full))?;
        read.map_err(|e| self.unusable("cannot be read", &e))?;
        Ok(key)
    }

    fn unusable(&self, what: &str, why: &dyn std::fmt::Display) -> RootError {
        RootError::Unusable(format!("keyfile `{}` {what}: {why}", self.path.display()))
    }
}

#[async_trait]
impl RootOfTrust for Keyfile {
    fn kind(&self) -> &'static str {
        "keyfile"
    }

    async fn secret(&self) -> Result<Secret<[u8; 32]>, RootError> {
        self.read()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use provider_software::Software;

    use super::*;

    fn refused(keyfile: &Keyfile, word: &str) {
        match keyfile.read() {
            Err(RootError::Unusable(why)) => assert!(why.contains(word), "{why}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_is_made_once_for_its_owner_alone_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let keyfile = Keyfile::at(dir.path().join("root.key"));
        refused(&keyfile, "cannot be opened");
        assert!(keyfile.make_if_absent(&Software::new()).unwrap());
        let key = keyfile.read().unwrap();
        assert_eq!(std::fs::metadata(&keyfile.path).unwrap().mode() & 0o7777, 0o600);
        assert!(!keyfile.make_if_absent(&Software::new()).unwrap());
        assert!(keyfile.read().unwrap().ct_eq(&key));
        assert!(!key.ct_eq(&Secret::<[u8; 32]>::take(&mut [0; 32])));
    }

    #[test]
    fn it_is_refused_when_open_to_others_or_no_keyfile() {
        let dir = tempfile::tempdir().unwrap();
        let keyfile = Keyfile::at(dir.path().join("root.key"));
        keyfile.make_if_absent(&Software::new()).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o700, 0o666] {
            set_permissions(&keyfile.path, Permissions::from_mode(mode)).unwrap();
            refused(&keyfile, "0600");
        }
        set_permissions(&keyfile.path, Permissions::from_mode(0o600)).unwrap();
        let link = Keyfile::at(dir.path().join("link"));
        symlink(&keyfile.path, &link.path).unwrap();
        refused(&link, "cannot be opened");
        for len in [0, 31, 33] {
            std::fs::write(&keyfile.path, vec![1; len]).unwrap();
            refused(&keyfile, "32 bytes");
        }
        refused(&Keyfile::at(dir.path()), "no keyfile");
    }
}
