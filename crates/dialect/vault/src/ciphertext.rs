//! The text form of ciphertexts: `vault:vN:` and base64 of nonce, ciphertext and tag.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::member;

/// Nonce and tag: the least that can open.
pub(crate) const LEAST: usize = 12 + 16;

/// A ciphertext as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) version: u32,
    pub(crate) bytes: Vec<u8>,
}

/// Version and length of the plaintext that a ciphertext's text tells of, for whoever finds one; `None` if it is none.
#[must_use]
pub fn describe_ciphertext(text: &str) -> Option<(u32, usize)> {
    let Read { version, bytes } = read(text).ok()?;
    Some((version, bytes.len().checked_sub(LEAST)?))
}

/// Writes a ciphertext at the end of a JSON text.
pub(crate) fn push(out: &mut String, version: u32, bytes: &[u8]) {
    out.push_str("vault:v");
    out.push_str(&version.to_string());
    out.push(':');
    STANDARD.encode_string(bytes, out);
}

/// Reads a ciphertext; the text says what is wrong with it.
pub(crate) fn read(text: &str) -> Result<Read, &'static str> {
    let rest = text.strip_prefix("vault:v").ok_or("invalid ciphertext: no prefix")?;
    let (version, body) = rest.split_once(':').ok_or("invalid ciphertext: wrong number of fields")?;
    let version: i64 =
        version.parse().map_err(|_| "invalid ciphertext: version number could not be decoded")?;
    let bytes = member::bytes(body).map_err(|_| "invalid ciphertext: could not decode base64")?;
    if version < 0 {
        return Err("ciphertext or signature version is disallowed by policy (too old)");
    }
    let version = u32::try_from(version).map_err(|_| "invalid ciphertext: version is too new")?;
    // Early servers wrote v0 for the first version.
    Ok(Read { version: version.max(1), bytes })
}
