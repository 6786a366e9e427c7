//! Who can get at the files.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Check;
use crate::config::{Config, RootKind};

/// Files that are made to be shown.
const PUBLIC: [&str; 3] = ["audit.pub", "ca.pem", "audit.checkpoint"];
/// Most files looked at: a folder of segments grows slowly, another folder may hold anything.
const MOST: usize = 100_000;

/// The folder itself.
pub(super) fn data_folder(config: &Config) -> Check {
    const NAME: &str = "data folder";
    let dir = config.data_dir.display();
    match fs::metadata(&config.data_dir) {
        Err(e) => Check::fail(NAME, format!("{dir}: {e}"), "run `keystead init`, or name it with --data-dir"),
        Ok(about) if !about.is_dir() => Check::fail(NAME, format!("{dir} is no folder"), "name a folder"),
        Ok(about) if open_to_others(&about) => {
            Check::fail(NAME, format!("{dir} has mode {:04o}", mode(&about)), format!("chmod 0700 {dir}"))
        }
        Ok(about) if about.uid() != us() => Check::warn(
            NAME,
            format!("{dir} belongs to user {}", about.uid()),
            "run doctor as that user: what it cannot read it cannot check",
        ),
        Ok(_) => Check::ok(NAME, format!("{dir} is its owner's alone")),
    }
}

/// Everything in it.
pub(super) fn private_files(config: &Config) -> Check {
    const NAME: &str = "file modes";
    let mut found = Vec::new();
    if let Err(e) = walk(&config.data_dir, &mut found) {
        return Check::fail(NAME, e.to_string(), "run doctor as the server's user");
    }
    let is_open = |path: &&PathBuf| fs::symlink_metadata(path).is_ok_and(|about| open_to_others(&about));
    let open: Vec<_> = found.iter().filter(|path| !is_public(path)).filter(is_open).collect();
    match open.first() {
        None => Check::ok(NAME, "nothing in the data folder is open to others"),
        Some(first) => Check::fail(
            NAME,
            format!("open to others: {} files, {} among them", open.len(), first.display()),
            format!("chmod -R go= {}", config.data_dir.display()),
        ),
    }
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if found.len() >= MOST {
            break;
        }
        found.push(entry.path());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), found)?;
        }
    }
    Ok(())
}

/// The first token is to be read once and deleted.
pub(super) fn first_token(config: &Config) -> Check {
    let path = config.data_dir.join("first-token");
    if path.exists() {
        let found = format!("{} still holds a token that may do anything", path.display());
        return Check::warn("first token", found, "keep the token in a safe place and delete the file");
    }
    Check::ok("first token", "no longer in the data folder")
}

/// The root of trust's file.
pub(super) fn keyfile(config: &Config) -> Check {
    const NAME: &str = "keyfile";
    let path = config.keyfile.display();
    if config.root != RootKind::Keyfile {
        return Check::ok(NAME, "the root of trust is not kept in a file");
    }
    let new = !config.data_dir.join("root.json").exists();
    let about = match fs::symlink_metadata(&config.keyfile) {
        Err(e) if new && e.kind() == std::io::ErrorKind::NotFound => {
            return Check::ok(NAME, format!("{path} is made by `keystead init`"));
        }
        Ok(about) => about,
        Err(e) => return Check::fail(NAME, format!("{path}: {e}"), "put it back, or set root.keyfile"),
    };
    let owner = fs::metadata(&config.data_dir).map_or_else(|_| us(), |dir| dir.uid());
    if !about.is_file() || about.len() != 32 {
        return Check::fail(
            NAME,
            format!("{path} is no file of 32 bytes"),
            "put the right file in its place",
        );
    }
    if mode(&about) & 0o177 != 0 {
        return Check::fail(
            NAME,
            format!("{path} has mode {:04o}", mode(&about)),
            format!("chmod 0600 {path}"),
        );
    }
    if about.uid() != owner {
        return Check::fail(
            NAME,
            format!("{path} belongs to user {}", about.uid()),
            format!("chown {owner} {path}"),
        );
    }
    let beside = config.keyfile.starts_with(&config.data_dir);
    let note = if beside { "; leave it out of copies of the data folder" } else { "" };
    Check::ok(NAME, format!("{path} is its owner's alone{note}"))
}

fn is_public(path: &Path) -> bool {
    path.file_name().is_some_and(|name| PUBLIC.iter().any(|public| name == *public))
}

fn open_to_others(about: &Metadata) -> bool {
    !about.file_type().is_symlink() && mode(about) & 0o077 != 0
}

fn mode(about: &Metadata) -> u32 {
    about.mode() & 0o7777
}

fn us() -> u32 {
    rustix::process::geteuid().as_raw()
}
