//! Sealing of rows, comparison and randomness: what the provider suite does not reach.

use keystead_provider_software::Software;
use proptest::prelude::*;
use secret::Exposure;
use spi::{AuthCrypto, Entropy, ProviderError, SealCrypto};

proptest! {
    #[test]
    fn a_row_opens_in_its_place_alone(
        aad in prop::collection::vec(any::<u8>(), 0..64),
        other in prop::collection::vec(any::<u8>(), 0..64),
        row in prop::collection::vec(any::<u8>(), 0..2048),
    ) {
        let provider = Software::new();
        let (kek, stranger) = (provider.fresh_key(), provider.fresh_key());
        let sealed = provider.seal(&kek, &aad, &row).unwrap();
        prop_assert_eq!(sealed.len(), row.len() + 28);
        let opened = provider.open(&kek, &aad, &sealed).unwrap();
        prop_assert_eq!(opened.expose(Exposure::HandToProvider), &row[..]);
        prop_assert_eq!(provider.open(&stranger, &aad, &sealed).unwrap_err(), ProviderError::Rejected);
        if other != aad {
            prop_assert_eq!(provider.open(&kek, &other, &sealed).unwrap_err(), ProviderError::Rejected);
        }
    }

    #[test]
    fn equality_is_equality(a in prop::collection::vec(0_u8..2, 0..4), b in prop::collection::vec(0_u8..2, 0..4)) {
        prop_assert_eq!(Software::new().equal(&a, &b), a == b);
    }
}

#[test]
fn fresh_keys_and_random_bytes_differ() {
    let provider = Software::new();
    assert!(!provider.fresh_key().ct_eq(&provider.fresh_key()));
    let entropy: &dyn Entropy = &provider;
    assert_ne!(entropy.bytes::<32>(), entropy.bytes::<32>());
}
