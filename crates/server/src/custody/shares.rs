//! Custodians' shares as they leave the house, once, and as they are read back from files. Their text never stands in
//! a buffer that is not wiped.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

use root::shamir::Share;
use secret::{Exposure, SecretBytes};

use crate::files;
use crate::system::StartError;

/// Longest file that is read as a share.
const MAX_TEXT: u64 = 4096;

/// Makes the folder that is to take the shares, before there are any; it must be empty.
pub(crate) fn prepare(dir: &Path) -> Result<(), StartError> {
    let failed = || StartError::while_doing(dir.display());
    files::private_dir(dir).map_err(failed())?;
    match std::fs::read_dir(dir).map_err(failed())?.next() {
        None => Ok(()),
        Some(_) => Err(StartError(format!("{} is not empty: name a new folder", dir.display()))),
    }
}

/// One file for each custodian, which only its owner reads.
pub(crate) fn into_folder(dir: &Path, shares: &[Share]) -> Result<(), StartError> {
    for share in shares {
        let path = dir.join(format!("share-{}-of-{}", share.index(), share.terms().count()));
        let file = files::new_private(&path).map_err(StartError::while_doing(path.display()))?;
        line(&file, share).and_then(|()| file.sync_all()).map_err(StartError::while_doing(path.display()))?;
    }
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(StartError::while_doing(dir.display()))
}

/// One line for each custodian, on standard output, past its buffer.
pub(crate) fn onto_stdout(shares: &[Share]) -> Result<(), StartError> {
    let failed = || StartError::while_doing("standard output");
    let out = File::from(io::stdout().as_fd().try_clone_to_owned().map_err(failed())?);
    shares.iter().try_for_each(|share| line(&out, share)).map_err(failed())
}

fn line(mut to: &File, share: &Share) -> io::Result<()> {
    let text = share.to_text().map_err(io::Error::other)?;
    to.write_all(text.as_str().as_bytes())?;
    to.write_all(b"\n")
}

/// Reads a share's text straight into the arena; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<SecretBytes, StartError> {
    let what = path.display();
    let failed = || StartError::while_doing(&what);
    let file = if path.as_os_str() == "-" {
        File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed())?)
    } else {
        File::open(path).map_err(failed())?
    };
    let longest = usize::try_from(MAX_TEXT).unwrap_or(0);
    let (mut text, read) = SecretBytes::try_build(longest, |buffer| fill(file, buffer))
        .map_err(StartError::while_doing(&what))?;
    let len = read.map_err(failed())?;
    if len == longest {
        return Err(StartError(format!("{what} is no share: it is too long")));
    }
    text.truncate(len);
    Ok(text)
}

fn fill(mut file: File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            more => filled += more,
        }
    }
    Ok(filled)
}

/// The share of a text.
pub(crate) fn parse(path: &Path) -> Result<Share, StartError> {
    let text = read(path)?;
    let text = std::str::from_utf8(text.expose(Exposure::ShareCeremony)).unwrap_or_default();
    Share::from_text(text).map_err(StartError::while_doing(path.display()))
}
