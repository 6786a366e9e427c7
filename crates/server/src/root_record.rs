//! What is kept of the root of trust between starts: which kind it is, and the system's key-encryption key wrapped by
//! it. Useless without the root itself.

use std::path::{Path, PathBuf};

use root::Keyfile;
use secret::Secret;
use serde::{Deserialize, Serialize};
use spi::{RootOfTrust, WrappedKek};

use crate::config::{Config, RootKind};
use crate::files;
use crate::system::{StartError, System};

/// The record's file in the data folder.
const FILE: &str = "root.json";
/// The only layout so far.
const VERSION: u32 = 1;

/// As it is written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RootRecord {
    version: u32,
    kind: String,
    /// Hex of the wrapped key-encryption key of the system.
    system: String,
}

impl RootRecord {
    fn path(config: &Config) -> PathBuf {
        config.data_dir.join(FILE)
    }

    /// Whether this system was initialised.
    pub(crate) fn exists(config: &Config) -> bool {
        Self::path(config).exists()
    }

    fn write(config: &Config, kind: &str, system: &WrappedKek) -> Result<(), StartError> {
        let record = Self { version: VERSION, kind: kind.to_owned(), system: hex::encode(&system.0) };
        let text = serde_json::to_vec_pretty(&record).map_err(StartError::while_doing(FILE))?;
        files::write_private(&Self::path(config), &text).map_err(StartError::while_doing(FILE))
    }

    pub(crate) fn read(path: &Path) -> Result<Self, StartError> {
        let text = std::fs::read(path).map_err(StartError::while_doing(path.display()))?;
        let record: Self = serde_json::from_slice(&text).map_err(StartError::while_doing(path.display()))?;
        if record.version == VERSION {
            return Ok(record);
        }
        Err(StartError(format!(
            "{} has layout {}, this program knows {VERSION}",
            path.display(),
            record.version
        )))
    }

    /// Which kind of root of trust sealed this system.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    pub(crate) fn system(&self) -> Result<WrappedKek, StartError> {
        hex::decode(&self.system).map(WrappedKek).map_err(StartError::while_doing(FILE))
    }
}

/// The secret of the root of trust and the wrapped key-encryption key: made at first start, read at every other.
pub(crate) async fn unlock(system: &System) -> Result<(Secret<[u8; 32]>, WrappedKek), StartError> {
    let config = &system.config;
    match config.root {
        RootKind::Memory => {
            let root = spi::SealCrypto::fresh_key(&*system.crypto);
            let wrapped = system.ring.init(&root).map_err(StartError::while_doing("root of trust"))?;
            Ok((root, wrapped))
        }
        RootKind::Keyfile => by_keyfile(system).await,
        RootKind::Shamir { .. } => {
            Err(StartError("root.kind = shamir is not built into this server yet; use keyfile".to_owned()))
        }
    }
}

async fn by_keyfile(system: &System) -> Result<(Secret<[u8; 32]>, WrappedKek), StartError> {
    let config = &system.config;
    let keyfile = Keyfile::at(&config.keyfile);
    let path = RootRecord::path(config);
    if path.exists() {
        let record = RootRecord::read(&path)?;
        if record.kind != keyfile.kind() {
            return Err(StartError(format!(
                "this system was sealed by `{}`, not by `{}`",
                record.kind,
                keyfile.kind()
            )));
        }
        let root = keyfile.secret().await.map_err(StartError::while_doing("root of trust"))?;
        return Ok((root, record.system()?));
    }
    if System::has_database(config) {
        return Err(StartError(format!(
            "there is a database but no {}: restore it from the backup",
            path.display()
        )));
    }
    keyfile.make_if_absent(&*system.crypto).map_err(StartError::while_doing("root of trust"))?;
    let root = keyfile.secret().await.map_err(StartError::while_doing("root of trust"))?;
    let wrapped = system.ring.init(&root).map_err(StartError::while_doing("root of trust"))?;
    RootRecord::write(config, keyfile.kind(), &wrapped)?;
    Ok((root, wrapped))
}
