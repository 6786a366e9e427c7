//! Base64, base32 and hex, from text into the arena and back, without tables.
//!
//! Plaintexts and key material arrive in JSON as text. Decoding them here keeps the bytes off the heap,
//! and doing it by arithmetic alone keeps them out of cache timing: no look-up and no branch depends on a
//! character's value, only on the text's length. Which error is answered depends on the text as a whole.

mod digits;

use std::fmt;

use crate::arena::{ArenaFull, MAX_LEN};
use crate::exposure::Exposure;
use crate::secret::{Secret, SecretBytes, Shape};
use crate::wiped::WipedString;
use digits::{base32_char, base64_char, hex_digit, low_byte, nibble, quintet, sextet};

/// Why text did not decode. It never says where, nor shows any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// No bytes encode to text of this length (base64 comes in groups of 4 characters, hex of 2).
    Length,
    /// A character is not of the alphabet, or padding stands where none may.
    Alphabet,
    /// The last group has bits set that encode nothing (RFC 4648 section 3.5).
    StrayBits,
    /// The arena gave no memory.
    Arena(ArenaFull),
}

impl Secret<[u8]> {
    /// Decodes standard base64 (RFC 4648 section 4: padded, canonical, no white space) into the arena.
    ///
    /// # Errors
    /// [`DecodeError`] says what is wrong with the text, or that the arena is full.
    pub fn from_base64_std(text: impl AsRef<[u8]>) -> Result<Self, DecodeError> {
        let (groups, rest) = text.as_ref().as_chunks::<4>();
        if !rest.is_empty() {
            return Err(DecodeError::Length);
        }
        let padding = groups.last().map_or(0, padding_of);
        let len = groups.len() * 3 - padding;
        let (secret, faults) = Self::try_build(len, |out| decode_base64(groups, padding, out))?;
        faults.none_or(secret)
    }

    /// Decodes base32 (RFC 4648 section 6, but either case and without padding) into the arena.
    ///
    /// # Errors
    /// [`DecodeError`] says what is wrong with the text, or that the arena is full.
    pub fn from_base32(text: impl AsRef<[u8]>) -> Result<Self, DecodeError> {
        let text = text.as_ref();
        let len = text.len() / 8 * 5 + text.len() % 8 * 5 / 8;
        if base32_len(len) != text.len() {
            return Err(DecodeError::Length);
        }
        let (secret, faults) = Self::try_build(len, |out| decode_base32(text, out))?;
        faults.none_or(secret)
    }

    /// Decodes hexadecimal (RFC 4648 section 8, either case) into the arena.
    ///
    /// # Errors
    /// [`DecodeError`] says what is wrong with the text, or that the arena is full.
    pub fn from_hex(text: impl AsRef<[u8]>) -> Result<Self, DecodeError> {
        let (pairs, rest) = text.as_ref().as_chunks::<2>();
        if !rest.is_empty() {
            return Err(DecodeError::Length);
        }
        let (secret, faults) = Self::try_build(pairs.len(), |out| decode_hex(pairs, out))?;
        faults.none_or(secret)
    }
}

impl<T: Shape + AsRef<[u8]> + ?Sized> Secret<T> {
    /// Encodes as standard padded base64.
    ///
    /// # Errors
    /// When the arena gives no memory, which includes text longer than [`MAX_LEN`].
    pub fn encode_base64_std(&self, why: Exposure) -> Result<WipedString, ArenaFull> {
        let bytes = self.expose(why).as_ref();
        WipedString::try_build(bytes.len().div_ceil(3) * 4, why, |out| {
            for (group, three) in out.as_chunks_mut::<4>().0.iter_mut().zip(bytes.chunks(3)) {
                *group = encode_group(three);
            }
        })
    }

    /// Encodes as lower-case base32 without padding.
    ///
    /// # Errors
    /// When the arena gives no memory, which includes text longer than [`MAX_LEN`].
    pub fn encode_base32(&self, why: Exposure) -> Result<WipedString, ArenaFull> {
        let bytes = self.expose(why).as_ref();
        WipedString::try_build(base32_len(bytes.len()), why, |out| encode_base32(bytes, out))
    }

    /// Encodes as lower-case hexadecimal.
    ///
    /// # Errors
    /// When the arena gives no memory, which includes text longer than [`MAX_LEN`].
    pub fn encode_hex(&self, why: Exposure) -> Result<WipedString, ArenaFull> {
        let bytes = self.expose(why).as_ref();
        WipedString::try_build(bytes.len() * 2, why, |out| {
            for (pair, byte) in out.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
                *pair = [hex_digit(byte >> 4), hex_digit(byte & 15)];
            }
        })
    }
}

/// What was found wrong while decoding, gathered without branching.
#[derive(Clone, Copy, Default)]
struct Faults {
    /// Negative once any character was outside the alphabet.
    alphabet: i32,
    /// Non-zero once a byte beyond the output was not zero.
    stray: u8,
}

impl Faults {
    fn none_or(self, secret: SecretBytes) -> Result<SecretBytes, DecodeError> {
        match self {
            Self { alphabet: ..0, .. } => Err(DecodeError::Alphabet),
            Self { stray: 1.., .. } => Err(DecodeError::StrayBits),
            Self { .. } => Ok(secret),
        }
    }
}

fn padding_of(last: &[u8; 4]) -> usize {
    match last {
        [_, _, b'=', b'='] => 2,
        [_, _, _, b'='] => 1,
        _ => 0,
    }
}

/// Fills `out` (3 bytes a group, less the padding) from `groups`.
fn decode_base64(groups: &[[u8; 4]], padding: usize, out: &mut [u8]) -> Faults {
    let mut faults = Faults::default();
    let Some((last, full)) = groups.split_last() else { return faults };
    let (whole, rest) = out.split_at_mut(full.len() * 3);
    for (three, group) in whole.as_chunks_mut::<3>().0.iter_mut().zip(full) {
        *three = decode_group(*group, &mut faults);
    }
    let mut padded = *last;
    padded.iter_mut().rev().take(padding).for_each(|c| *c = b'A');
    let three = decode_group(padded, &mut faults);
    let (kept, beyond) = three.split_at(rest.len());
    rest.copy_from_slice(kept);
    faults.stray |= beyond.iter().fold(0, |all, byte| all | byte);
    faults
}

fn decode_group(group: [u8; 4], faults: &mut Faults) -> [u8; 3] {
    let [a, b, c, d] = group.map(sextet);
    faults.alphabet |= a | b | c | d;
    let [_, _, _, _, _, low @ ..] = i64::from((a << 18) | (b << 12) | (c << 6) | d).to_be_bytes();
    low
}

fn encode_group(three: &[u8]) -> [u8; 4] {
    let mut bits = [0; 4];
    bits.iter_mut().skip(1).zip(three).for_each(|(to, from)| *to = *from);
    let bits = i32::from_be_bytes(bits);
    let mut group = [18, 12, 6, 0].map(|shift| base64_char((bits >> shift) & 63));
    group.iter_mut().skip(three.len() + 1).for_each(|c| *c = b'=');
    group
}

/// Characters of base32 that `len` bytes make.
fn base32_len(len: usize) -> usize {
    len / 5 * 8 + (len % 5 * 8).div_ceil(5)
}

fn decode_base32(text: &[u8], out: &mut [u8]) -> Faults {
    let mut faults = Faults::default();
    let groups = text.chunks(8).zip(out.chunks_mut(5));
    for (eight, five) in groups {
        let mut bits = 0_i64;
        for place in 0..8 {
            let value = eight.get(place).map_or(0, |c| quintet(*c));
            faults.alphabet |= value;
            bits = (bits << 5) | i64::from(value);
        }
        let [_, _, _, all @ ..] = bits.to_be_bytes();
        let (kept, beyond) = all.split_at(five.len());
        five.copy_from_slice(kept);
        faults.stray |= beyond.iter().fold(0, |all, byte| all | byte);
    }
    faults
}

fn encode_base32(bytes: &[u8], out: &mut [u8]) {
    for (eight, five) in out.chunks_mut(8).zip(bytes.chunks(5)) {
        let mut bits = [0; 8];
        bits.iter_mut().skip(3).zip(five).for_each(|(to, from)| *to = *from);
        let bits = i64::from_be_bytes(bits);
        for (place, c) in (1..).zip(eight) {
            let [low, ..] = (bits >> (40 - 5 * place)).to_le_bytes();
            *c = base32_char(i32::from(low & 31));
        }
    }
}

fn decode_hex(pairs: &[[u8; 2]], out: &mut [u8]) -> Faults {
    let mut faults = Faults::default();
    for (byte, pair) in out.iter_mut().zip(pairs) {
        let [high, low] = pair.map(nibble);
        faults.alphabet |= high | low;
        *byte = low_byte((high << 4) | low);
    }
    faults
}

impl From<ArenaFull> for DecodeError {
    fn from(full: ArenaFull) -> Self {
        Self::Arena(full)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("no bytes encode to text of this length"),
            Self::Alphabet => f.write_str("the text holds a character that its encoding does not have"),
            Self::StrayBits => f.write_str("the text's last character has bits that encode nothing"),
            Self::Arena(ArenaFull::TooLong) => write!(f, "the text encodes more than {MAX_LEN} bytes"),
            Self::Arena(full) => full.fmt(f),
        }
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_of_the_text_has_its_error() {
        let base64 = |text: &str| SecretBytes::from_base64_std(text).unwrap_err();
        assert_eq!(base64("Zm9"), DecodeError::Length);
        assert_eq!(base64("Zm9vY"), DecodeError::Length);
        for text in ["Zm9 ", "Zm9\n", "Z===", "====", "Zg==Zg==", "Zm=v", "=m9v", "Zm9-", "Zm9_", "Zm9\u{1}"]
        {
            assert_eq!(base64(text), DecodeError::Alphabet, "{text:?}");
        }
        assert_eq!(base64("Zh=="), DecodeError::StrayBits);
        assert_eq!(base64("Zm9="), DecodeError::StrayBits);
        let base32 = |text: &str| SecretBytes::from_base32(text).unwrap_err();
        for text in ["a", "aaa", "aaaaaa", "aaaaaaaaa"] {
            assert_eq!(base32(text), DecodeError::Length, "{text:?}");
        }
        for text in ["a1", "a=", "a8", "aaaaaaa ", "{a"] {
            assert_eq!(base32(text), DecodeError::Alphabet, "{text:?}");
        }
        assert_eq!(base32("mz"), DecodeError::StrayBits);
        let hex = |text: &str| SecretBytes::from_hex(text).unwrap_err();
        assert_eq!(hex("abc"), DecodeError::Length);
        for text in ["0g", "0x", " 0", "\u{e9}"] {
            assert_eq!(hex(text), DecodeError::Alphabet, "{text:?}");
        }
    }

    #[test]
    fn text_beyond_the_bound_is_refused_before_it_is_decoded() {
        let text = vec![b'A'; MAX_LEN / 3 * 4 + 8];
        assert_eq!(SecretBytes::from_base64_std(text).unwrap_err(), DecodeError::Arena(ArenaFull::TooLong));
    }
}
