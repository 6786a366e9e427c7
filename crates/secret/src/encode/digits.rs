//! Digits by arithmetic: characters to bits and back with no table and no branch on the value.

/// All ones (-1) when `low <= c <= high`, else 0. All three are bytes.
fn within(c: i32, low: u8, high: u8) -> i32 {
    ((i32::from(low) - 1 - c) & (c - i32::from(high) - 1)) >> 8
}

/// A base64 character's six bits, or -1.
pub(super) fn sextet(c: u8) -> i32 {
    let c = i32::from(c);
    (within(c, b'A', b'Z') & (c - 64))
        + (within(c, b'a', b'z') & (c - 70))
        + (within(c, b'0', b'9') & (c + 5))
        + (within(c, b'+', b'+') & 63)
        + (within(c, b'/', b'/') & 64)
        - 1
}

/// A hexadecimal digit's four bits, or -1.
pub(super) fn nibble(c: u8) -> i32 {
    let c = i32::from(c);
    (within(c, b'0', b'9') & (c - 47))
        + (within(c, b'A', b'F') & (c - 54))
        + (within(c, b'a', b'f') & (c - 86))
        - 1
}

/// A base32 character's five bits, or -1; either case.
pub(super) fn quintet(c: u8) -> i32 {
    let c = i32::from(c);
    (within(c, b'a', b'z') & (c - 96))
        + (within(c, b'A', b'Z') & (c - 64))
        + (within(c, b'2', b'7') & (c - 23))
        - 1
}

/// The base64 character of six bits.
pub(super) fn base64_char(sextet: i32) -> u8 {
    let gaps = (((25 - sextet) >> 8) & 6) - (((51 - sextet) >> 8) & 75) - (((61 - sextet) >> 8) & 15)
        + (((62 - sextet) >> 8) & 3);
    low_byte(sextet + 65 + gaps)
}

/// The lower-case hexadecimal digit of four bits.
pub(super) fn hex_digit(nibble: u8) -> u8 {
    let nibble = i32::from(nibble);
    low_byte(87 + nibble + (((nibble - 10) >> 8) & -39))
}

/// The lower-case base32 character of five bits.
pub(super) fn base32_char(quintet: i32) -> u8 {
    low_byte(quintet + 97 + (((25 - quintet) >> 8) & -73))
}

/// The low eight bits.
pub(super) fn low_byte(value: i32) -> u8 {
    let [low, ..] = value.to_le_bytes();
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_digit_exactly_when_its_alphabet_says_so() {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const BASE32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
        for c in 0..=u8::MAX {
            let lower = c.to_ascii_lowercase();
            let expected =
                BASE32.iter().position(|a| *a == lower).map_or(-1, |at| i32::try_from(at).unwrap());
            assert_eq!(quintet(c), expected, "{c}");
            let expected = ALPHABET.iter().position(|a| *a == c).map_or(-1, |at| i32::try_from(at).unwrap());
            assert_eq!(sextet(c), expected, "{c}");
            let expected = char::from(c).to_digit(16).map_or(-1, |digit| i32::try_from(digit).unwrap());
            assert_eq!(nibble(c), expected, "{c}");
        }
        for (bits, c) in (0..).zip(ALPHABET) {
            assert_eq!(base64_char(bits), *c);
        }
        for (bits, c) in (0..).zip(BASE32) {
            assert_eq!(base32_char(bits), *c);
        }
        for (bits, c) in (0..).zip(b"0123456789abcdef") {
            assert_eq!(hex_digit(bits), *c);
        }
    }
}
