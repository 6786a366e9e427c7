//! Base64 and hex against independent implementations.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use secret::{Exposure, Secret, SecretBytes, is_arena_address};

const WHY: Exposure = Exposure::ReturnToAuthorisedCaller;

#[test]
fn known_answers_of_rfc_4648() {
    let known = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ];
    for (plain, text) in known {
        let secret = SecretBytes::from_base64_std(text).unwrap();
        assert_eq!(secret.expose(WHY), plain.as_bytes());
        assert!(is_arena_address(secret.expose(WHY).as_ptr()));
        let encoded = secret.encode_base64_std(WHY).unwrap();
        assert_eq!(encoded.as_str(), text);
        assert!(is_arena_address(encoded.as_str().as_ptr()));
        assert_eq!(format!("{encoded:?}"), "WipedString");
    }
    assert_eq!(SecretBytes::from_hex("00fFA9").unwrap().expose(WHY), [0, 255, 0xa9]);
}

#[test]
fn known_answers_of_rfc_4648_in_base32() {
    let known = [
        ("", ""),
        ("f", "my"),
        ("fo", "mzxq"),
        ("foo", "mzxw6"),
        ("foob", "mzxw6yq"),
        ("fooba", "mzxw6ytb"),
        ("foobar", "mzxw6ytboi"),
    ];
    for (plain, text) in known {
        let secret = SecretBytes::take_vec(plain.as_bytes().to_vec());
        assert_eq!(secret.encode_base32(WHY).unwrap().as_str(), text);
        assert!(SecretBytes::from_base32(text.to_uppercase()).unwrap().ct_eq(&secret));
    }
}

#[test]
fn arrays_encode_too() {
    let (secret, ()) = Secret::<[u8; 4]>::build(|b| *b = *b"\xde\xad\xbe\xef");
    assert_eq!(secret.encode_hex(WHY).unwrap().as_str(), "deadbeef");
    assert_eq!(secret.encode_base64_std(WHY).unwrap().as_str(), "3q2+7w==");
}

proptest! {
    #[test]
    fn bytes_go_out_and_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let secret = SecretBytes::take_vec(bytes.clone());
        let text = secret.encode_base64_std(WHY).unwrap();
        prop_assert_eq!(text.as_str(), STANDARD.encode(&bytes));
        prop_assert!(SecretBytes::from_base64_std(text.as_str()).unwrap().ct_eq(&secret));
        let text = secret.encode_base32(WHY).unwrap();
        prop_assert!(SecretBytes::from_base32(text.as_str()).unwrap().ct_eq(&secret));
        let text = secret.encode_hex(WHY).unwrap();
        prop_assert_eq!(text.as_str(), hex::encode(&bytes));
        prop_assert!(SecretBytes::from_hex(text.as_str()).unwrap().ct_eq(&secret));
    }

    #[test]
    fn any_text_decodes_exactly_when_a_known_decoder_says_so(text in "([A-Za-z0-9+/]{4}){0,3}([A-Za-z0-9+/=]{4})?|[0-9a-fA-F]{0,12}|[ -~]{0,9}") {
        let ours = SecretBytes::from_base64_std(&text);
        match STANDARD.decode(&text) {
            Ok(bytes) => {
                let ours = ours.unwrap();
                prop_assert_eq!(ours.expose(WHY), &bytes[..]);
            }
            Err(_) => prop_assert!(ours.is_err(), "{}", text),
        }
        let ours = SecretBytes::from_hex(&text);
        match hex::decode(&text) {
            Ok(bytes) => {
                let ours = ours.unwrap();
                prop_assert_eq!(ours.expose(WHY), &bytes[..]);
            }
            Err(_) => prop_assert!(ours.is_err(), "{}", text),
        }
    }
}
