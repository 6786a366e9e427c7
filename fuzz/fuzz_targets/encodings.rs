//! Any bytes as base64, base32 and hexadecimal: decoded or refused, and what is decoded has one text alone (RFC 4648
//! §3.5), which is the one that an independent decoder reads too.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use secret::{Exposure, SecretBytes};

const WHY: Exposure = Exposure::ReturnToAuthorisedCaller;

fuzz_target!(|input: &[u8]| {
    let read = SecretBytes::from_base64_std(input);
    let independent = STANDARD.decode(input);
    assert_eq!(read.is_ok(), independent.is_ok());
    if let (Ok(read), Ok(independent)) = (read, independent) {
        assert_eq!(read.expose(WHY), independent);
        assert_eq!(read.encode_base64_std(WHY).unwrap().as_str().as_bytes(), input);
    }
    let independent = hex::decode(input);
    match SecretBytes::from_hex(input) {
        Ok(read) => assert_eq!(read.expose(WHY), independent.unwrap()),
        Err(_) => assert!(independent.is_err()),
    }
    if let Ok(read) = SecretBytes::from_base32(input) {
        let text = read.encode_base32(WHY).unwrap();
        assert!(text.as_str().as_bytes().eq_ignore_ascii_case(input));
    }
});
