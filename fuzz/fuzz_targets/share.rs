//! Any bytes as a custodian's share: as its text, and as what stands under a checksum that fits. It is read or refused,
//! within bounds; what is read writes the one text that it has, and shows nothing of itself when it is printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use root::shamir::{SHARE_TEXT_PREFIX, Share};
use secret::{Exposure, SecretBytes};

fuzz_target!(|input: &[u8]| {
    check(&String::from_utf8_lossy(input));
    let whole = [input, &crc32(input).to_be_bytes()].concat();
    let base32 = SecretBytes::take_vec(whole).encode_base32(Exposure::ShareCeremony).unwrap();
    check(&format!("{SHARE_TEXT_PREFIX}{}", base32.as_str()));
});

fn check(input: &str) {
    let Ok(share) = Share::from_text(input) else { return };
    assert!((1..=share.terms().count()).contains(&share.index()) && !share.value().is_empty());
    let Ok(text) = share.to_text() else { return };
    assert!(text.as_str().eq_ignore_ascii_case(input.trim_ascii()), "a share has one text");
    let value = hex::encode(share.value().expose(Exposure::ShareCeremony));
    // An input may choose the public id to be the secret value.
    let public = hex::encode(share.split_id().as_bytes());
    assert!(public.contains(&value) || !format!("{share:?}").contains(&value));
}

/// ISO 3309, as the layout of shares says.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1));
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}
