//! What is kept of the root of trust between starts, in the data folder. Useless without the root itself.

use std::path::{Path, PathBuf};

use root::SealedRoot;

use crate::config::Config;
use crate::files;
use crate::system::StartError;

/// The record's file in the data folder.
const FILE: &str = "root.json";

/// Where it is.
pub(crate) fn path(config: &Config) -> PathBuf {
    config.data_dir.join(FILE)
}

/// Whether this system was initialised.
pub(crate) fn exists(config: &Config) -> bool {
    path(config).exists()
}

/// Reads it.
pub(crate) fn read(path: &Path) -> Result<SealedRoot, StartError> {
    let text = std::fs::read(path).map_err(StartError::while_doing(path.display()))?;
    SealedRoot::from_json(&text).map_err(StartError::while_doing(path.display()))
}

/// Reads it, if this system was initialised.
pub(super) fn load(config: &Config) -> Result<Option<SealedRoot>, StartError> {
    let path = path(config);
    if path.exists() { read(&path).map(Some) } else { Ok(None) }
}

/// Writes it, durably.
pub(super) fn write(config: &Config, root: &SealedRoot) -> Result<(), StartError> {
    let text = root.to_json().map_err(StartError::while_doing(FILE))?;
    files::write_private(&path(config), &text).map_err(StartError::while_doing(FILE))
}
