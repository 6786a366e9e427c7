//! A share as text: what custodians print, store and type.
//!
//! `kss1-` and lower-case base32 (no padding, no digit that looks like a letter) of: split id (16 bytes),
//! threshold, count, index (1 byte each), value (as long as the secret), blind (16), CRC-32 of all before
//! (4, big-endian). The checksum finds slips of the pen; the commitment finds everything else. The prefix
//! lets scanners for leaked secrets recognise a share, and names this layout.

use std::fmt;

use secret::{ArenaFull, DecodeError, SecretBytes, WipedString};

use super::share::{BLIND_BYTES, CEREMONY, joined};
use super::{BadTerms, SECRET_BYTES, Share, SplitId, Terms};

/// What every share's text begins with.
pub const PREFIX: &str = "kss1-";

/// Bytes of a share beside its value.
const BYTES_BESIDE_VALUE: usize = SplitId::BYTES + 3 + BLIND_BYTES + 4;

/// The longest text of a share; longer input is not looked at.
const MAX_TEXT: usize = PREFIX.len() + ((*SECRET_BYTES.end() + BYTES_BESIDE_VALUE) * 8).div_ceil(5);

impl Share {
    /// The share as text, in the arena and wiped when dropped.
    ///
    /// # Errors
    /// When the arena gives no memory.
    pub fn to_text(&self) -> Result<WipedString, ArenaFull> {
        let head = [self.terms.threshold(), self.terms.count(), self.index];
        let (value, blind) = (self.value.expose(CEREMONY), self.blind.expose(CEREMONY));
        let body = joined(&[self.id.as_bytes(), &head, value, blind])?;
        let body = body.expose(CEREMONY);
        let base32 = joined(&[body, &crc32(body).to_be_bytes()])?.encode_base32(CEREMONY)?;
        let text = joined(&[PREFIX.as_bytes(), base32.as_str().as_bytes()])?;
        WipedString::try_build(text.len(), CEREMONY, |out| out.copy_from_slice(text.expose(CEREMONY)))
    }

    /// Reads a share's text, in either case, with white space around it. That it is well formed says
    /// nothing yet of its being genuine: see [`Share::verify`].
    ///
    /// # Errors
    /// [`ShareTextError`] says what is wrong.
    pub fn from_text(text: &str) -> Result<Self, ShareTextError> {
        let text = text.trim_ascii();
        let (prefix, base32) = text.split_at_checked(PREFIX.len()).ok_or(ShareTextError::NotAShare)?;
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return Err(ShareTextError::NotAShare);
        }
        if text.len() > MAX_TEXT {
            return Err(ShareTextError::Length);
        }
        let bytes = SecretBytes::from_base32(base32).map_err(ShareTextError::of_base32)?;
        let (body, sum) = bytes.expose(CEREMONY).split_last_chunk::<4>().ok_or(ShareTextError::Length)?;
        if crc32(body) != u32::from_be_bytes(*sum) {
            return Err(ShareTextError::Checksum);
        }
        Self::from_body(body)
    }

    /// Reads the fields in their order; the checksum held.
    fn from_body(body: &[u8]) -> Result<Self, ShareTextError> {
        let (id, rest) = body.split_first_chunk().ok_or(ShareTextError::Length)?;
        let ([threshold, count, index], rest) = rest.split_first_chunk().ok_or(ShareTextError::Length)?;
        let (value, blind) = rest.split_last_chunk::<BLIND_BYTES>().ok_or(ShareTextError::Length)?;
        if !SECRET_BYTES.contains(&value.len()) {
            return Err(ShareTextError::Length);
        }
        let terms = Terms::new(*threshold, *count).map_err(ShareTextError::Terms)?;
        if !(1..=*count).contains(index) {
            return Err(ShareTextError::Index { index: *index, count: *count });
        }
        let (value, blind) = (joined(&[value])?, joined(&[blind])?);
        Ok(Self { id: SplitId::from_bytes(*id), terms, index: *index, value, blind })
    }
}

/// CRC-32 (ISO 3309, reflected 0xedb88320) bit by bit: a table would be indexed by the share.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1));
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// Why text is not a share's. It shows none of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareTextError {
    /// It does not begin with the prefix of a share.
    NotAShare,
    /// It is too short or too long: characters are missing, or too many.
    Length,
    /// A character is none that a share has.
    Alphabet,
    /// The checksum does not fit: some characters are wrong or in the wrong place.
    Checksum,
    /// It was written with terms that make no sense.
    Terms(BadTerms),
    /// It was written with an index that its count does not have.
    Index {
        /// The index written.
        index: u8,
        /// The count written.
        count: u8,
    },
    /// The arena gave no memory.
    Arena(ArenaFull),
}

impl ShareTextError {
    fn of_base32(error: DecodeError) -> Self {
        match error {
            DecodeError::Length => Self::Length,
            DecodeError::Alphabet => Self::Alphabet,
            DecodeError::StrayBits => Self::Checksum,
            DecodeError::Arena(full) => Self::Arena(full),
        }
    }
}

impl From<ArenaFull> for ShareTextError {
    fn from(full: ArenaFull) -> Self {
        Self::Arena(full)
    }
}

impl fmt::Display for ShareTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAShare => write!(f, "this is no share, a share begins with `{PREFIX}`"),
            Self::Length => f.write_str("the share has too few or too many characters, copy the whole line"),
            Self::Alphabet => {
                f.write_str("the share has a character other than a letter or a digit from 2 to 7")
            }
            Self::Checksum => f.write_str("the share's checksum does not fit, look for mistyped characters"),
            Self::Terms(terms) => terms.fmt(f),
            Self::Index { index, count } => write!(f, "share `{index}` of `{count}` does not exist"),
            Self::Arena(full) => full.fmt(f),
        }
    }
}

impl std::error::Error for ShareTextError {}
