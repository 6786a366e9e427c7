//! Any bytes as a ciphertext, and a real one altered by any bytes: nothing opens but what was sealed.
#![no_main]

use std::sync::OnceLock;

use domain::KeySpec;
use libfuzzer_sys::fuzz_target;
use provider_software::Software;
use secret::SecretBytes;
use spi::{CryptoProvider, KeyHandle, ProviderError};

const HEADER: &[u8] = b"a header that is bound";
const AAD: &[u8] = b"a context";
const PLAINTEXT: &[u8; 24] = b"what nobody else may see";

struct Sealed {
    provider: Software,
    key: KeyHandle,
    blob: Vec<u8>,
}

fn sealed() -> &'static Sealed {
    static SEALED: OnceLock<Sealed> = OnceLock::new();
    SEALED.get_or_init(|| {
        let provider = Software::new();
        let key = provider.load(KeySpec::Aes256, &SecretBytes::take(&mut [7; 32])).unwrap();
        let mut blob = HEADER.to_vec();
        provider.seal_envelope(&key, AAD, &SecretBytes::take(&mut PLAINTEXT.clone()), &mut blob).unwrap();
        blob.drain(..HEADER.len());
        Sealed { provider, key, blob }
    })
}

fuzz_target!(|input: &[u8]| {
    let Sealed { provider, key, blob } = sealed();
    let open = |body: &[u8]| provider.open_envelope(key, HEADER, AAD, body);
    if input != blob.as_slice() {
        assert!(matches!(open(input), Err(ProviderError::Rejected)), "bytes that nobody sealed");
    }
    let mut altered = blob.clone();
    altered.iter_mut().zip(input).for_each(|(byte, change)| *byte ^= change);
    altered.extend(input.iter().skip(blob.len()));
    assert_eq!(open(&altered).is_ok(), altered == *blob, "an altered ciphertext");
    let other = provider.open_envelope(key, HEADER, input, blob).is_ok();
    assert_eq!(other, input == AAD, "a ciphertext in another context");
});
