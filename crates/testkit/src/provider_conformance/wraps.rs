//! AES keys that wrap other keys.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{KeyFamily, KeySpec};
use spi::{CryptoProvider, KeyWrap, ProviderError};

use super::{altered, kept, made, other_lengths, refused, shown};

/// The kinds that this part is about.
#[must_use]
pub fn applies(spec: KeySpec) -> bool {
    spec.family() == KeyFamily::Aes
}

const FORMS: [KeyWrap; 2] = [KeyWrap::Kw, KeyWrap::Kwp];

fn key(len: usize) -> Vec<u8> {
    (1..=u8::MAX).cycle().take(len).collect()
}

/// What was wrapped unwraps to the same, and is as long as SP 800-38F says.
pub fn round_trips(provider: &dyn CryptoProvider, spec: KeySpec) {
    let kek = made(provider, spec);
    for (form, len) in [16, 24, 32, 1216]
        .map(|len| (KeyWrap::Kw, len))
        .into_iter()
        .chain([1, 7, 8, 9, 16, 31, 32, 1217].map(|len| (KeyWrap::Kwp, len)))
    {
        let wrapped = provider.wrap_key(&kek, form, &kept(&key(len))).unwrap();
        assert_eq!(wrapped.len(), len.next_multiple_of(8) + 8, "{form:?} {len}");
        assert_eq!(shown(&provider.unwrap_key(&kek, form, &wrapped).unwrap()), key(len), "{form:?} {len}");
    }
}

/// KW takes multiples of 8 bytes from 16 on, KWP all but nothing.
pub fn other_lengths_are_refused(provider: &dyn CryptoProvider, spec: KeySpec) {
    let kek = made(provider, spec);
    let lengths =
        [0, 1, 8, 15, 17, 20, 31].map(|len| (KeyWrap::Kw, len)).into_iter().chain([(KeyWrap::Kwp, 0)]);
    for (form, len) in lengths {
        let wrapped = provider.wrap_key(&kek, form, &kept(&key(len)));
        assert_eq!(refused(wrapped), Some(ProviderError::Malformed), "{form:?} {len}");
    }
}

/// Nothing altered, cut, wrapped by another key or in the other form unwraps.
pub fn what_is_not_its_own_is_rejected(provider: &dyn CryptoProvider, spec: KeySpec) {
    let (kek, other) = (made(provider, spec), made(provider, spec));
    for (form, len) in FORMS.into_iter().flat_map(|form| [(form, 16), (form, 40)]) {
        let wrapped = provider.wrap_key(&kek, form, &kept(&key(len))).unwrap();
        let rejects = |wrapped: &[u8], what: &str| {
            let unwrapped = provider.unwrap_key(&kek, form, wrapped);
            assert_eq!(refused(unwrapped), Some(ProviderError::Rejected), "{form:?} {len}: {what}");
        };
        altered(&wrapped, rejects);
        other_lengths(&wrapped, rejects);
        let foreign = provider.unwrap_key(&other, form, &wrapped);
        assert_eq!(refused(foreign), Some(ProviderError::Rejected), "{form:?}: another key");
        let [first, second] = FORMS;
        let crossed = provider.unwrap_key(&kek, if form == first { second } else { first }, &wrapped);
        assert_eq!(refused(crossed), Some(ProviderError::Rejected), "{form:?} as the other");
    }
}
