//! The side file of last uses: a line that says of which log it is and up to where, then a line for each key, then
//! one for each credential. Ids and times, no secrets; whoever loses it loses time at the next start.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};

use domain::{CredentialId, KeyId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::table::Spot;
use crate::config::LogConfig;

const NAME: &str = "last-uses";
const FORMAT: u32 = 1;
/// No file that we write is longer: some 250 bytes an entry at most, and both tables full.
const BYTES_MAX: u64 = 64 << 20;

/// What was known when all records below `size` had been noted.
pub(crate) struct Kept {
    pub(crate) size: u64,
    pub(crate) keys_since: Timestamp,
    pub(crate) credentials_since: Timestamp,
    pub(crate) keys: Vec<(KeyId, Spot)>,
    pub(crate) credentials: Vec<(CredentialId, Spot)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    keystead_uses: u32,
    origin: String,
    size: u64,
    keys: usize,
    keys_since: Timestamp,
    credentials: usize,
    credentials_since: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Item<K> {
    id: K,
    #[serde(flatten)]
    spot: Spot,
}

pub(crate) fn write(config: &LogConfig, kept: &Kept) -> io::Result<()> {
    let Kept { size, keys_since, credentials_since, keys, credentials } = kept;
    let head = Head {
        keystead_uses: FORMAT,
        origin: config.origin.clone(),
        size: *size,
        keys: keys.len(),
        keys_since: *keys_since,
        credentials: credentials.len(),
        credentials_since: *credentials_since,
    };
    let mut bytes = Vec::new();
    line(&mut bytes, &head)?;
    keys.iter().try_for_each(|(id, spot)| line(&mut bytes, &Item { id, spot: *spot }))?;
    credentials.iter().try_for_each(|(id, spot)| line(&mut bytes, &Item { id, spot: *spot }))?;
    config.files.replace(&config.dir.join(NAME), &bytes)
}

fn line(bytes: &mut Vec<u8>, of: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *bytes, of)?;
    bytes.write_all(b"\n")
}

/// What the file says, if there is one.
pub(crate) fn read(config: &LogConfig, log_size: u64) -> Result<Option<Kept>, String> {
    let file = match File::open(config.dir.join(NAME)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|e| format!("`{NAME}` does not open: {e}"))?,
    };
    let mut lines = BufReader::new(file.take(BYTES_MAX)).lines();
    let head: Head = next(&mut lines)?;
    if head.keystead_uses != FORMAT || head.origin != config.origin {
        return Err(format!("`{NAME}` is of another log"));
    }
    if head.size > log_size {
        return Err(format!("`{NAME}` speaks of {} records, but the log has {log_size}", head.size));
    }
    Ok(Some(Kept {
        size: head.size,
        keys_since: head.keys_since,
        credentials_since: head.credentials_since,
        keys: items(&mut lines, head.keys, log_size)?,
        credentials: items(&mut lines, head.credentials, log_size)?,
    }))
}

type Lines = io::Lines<BufReader<io::Take<File>>>;

fn items<K: DeserializeOwned>(
    lines: &mut Lines,
    count: usize,
    log_size: u64,
) -> Result<Vec<(K, Spot)>, String> {
    let mut items = Vec::new();
    for _ in 0..count {
        let Item { id, mut spot } = next(lines)?;
        // Noted while the file was written; with `Durability::Os` a power loss may have taken its record.
        spot.n = spot.n.min(log_size.saturating_sub(1));
        items.push((id, spot));
    }
    Ok(items)
}

fn next<T: DeserializeOwned>(lines: &mut Lines) -> Result<T, String> {
    let line = lines.next().ok_or_else(|| format!("`{NAME}` ends early"))?;
    let line = line.map_err(|e| format!("`{NAME}` does not read: {e}"))?;
    serde_json::from_str(&line).map_err(|e| format!("`{NAME}` is damaged: {e}"))
}
