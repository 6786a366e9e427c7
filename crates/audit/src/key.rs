//! The log's own signing key. It stands outside the root hierarchy, in a file of its own, so that attempts to unseal
//! are recorded while everything else is sealed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use secret::{Exposure, SecretBytes};
use spi::LogCrypto;

use crate::config::LogConfig;
use crate::error::OpenError;
use crate::note::VerifierKey;

/// The private key, PKCS#8.
pub(crate) const PRIVATE: &str = "audit.key";
/// The public key, as a signed-note verifier key.
pub(crate) const PUBLIC: &str = "audit.pub";
/// A PKCS#8 Ed25519 key is under 100 bytes.
const KEY_MAX: u64 = 4096;

pub(crate) struct LogKey {
    pub(crate) pkcs8: SecretBytes,
    pub(crate) verifier: VerifierKey,
}

impl LogKey {
    /// Reads the key, or makes one if the log is new.
    pub(crate) fn load(config: &LogConfig, crypto: &dyn LogCrypto, is_new: bool) -> Result<Self, OpenError> {
        let path = config.dir.join(PRIVATE);
        let pkcs8 = match read(&path) {
            Ok(pkcs8) => pkcs8,
            Err(e) if e.kind() == io::ErrorKind::NotFound && is_new => make(config, crypto, &path)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::Key(format!(
                    "`{}` is missing, yet the log has records: put it back from the backup",
                    path.display()
                )));
            }
            Err(e) => return Err(OpenError::io(format!("reading `{}`", path.display()))(e)),
        };
        let public = crypto.public_key(&pkcs8).map_err(|e| bad(&path, e))?;
        let verifier = VerifierKey { name: config.origin.clone(), public };
        publish(config, &verifier.text(crypto))?;
        Ok(Self { pkcs8, verifier })
    }
}

fn read(path: &Path) -> io::Result<SecretBytes> {
    let mut bytes = Vec::with_capacity(256);
    File::open(path)?.take(KEY_MAX).read_to_end(&mut bytes)?;
    SecretBytes::try_take_vec(bytes).map_err(|_| io::ErrorKind::OutOfMemory.into())
}

fn make(config: &LogConfig, crypto: &dyn LogCrypto, path: &Path) -> Result<SecretBytes, OpenError> {
    let pair = crypto.new_signing_key().map_err(|e| bad(path, e))?;
    let written = config.files.replace(path, pair.pkcs8.expose(Exposure::WrapForStorage));
    written.map_err(OpenError::io(format!("writing `{}`", path.display())))?;
    Ok(pair.pkcs8)
}

/// Writes the public key beside it; one that differs means that key or origin were exchanged.
fn publish(config: &LogConfig, text: &str) -> Result<(), OpenError> {
    let path = config.dir.join(PUBLIC);
    match std::fs::read_to_string(&path) {
        Ok(stored) if stored.trim_end() == text => Ok(()),
        Ok(_) => Err(OpenError::Key(format!(
            "`{}` does not belong to the private key and origin `{}`: put the right pair back",
            path.display(),
            config.origin
        ))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let written = config.files.replace(&path, format!("{text}\n").as_bytes());
            written.map_err(OpenError::io(format!("writing `{}`", path.display())))
        }
        Err(e) => Err(OpenError::io(format!("reading `{}`", path.display()))(e)),
    }
}

fn bad(path: &Path, e: spi::ProviderError) -> OpenError {
    OpenError::Key(format!("`{}`: {e}", path.display()))
}
