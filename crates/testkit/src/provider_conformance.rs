//! The suite that every `spi::CryptoProvider` passes: software, and later HSMs, alike.
//!
//! What a provider does beyond it, its known answers and its quirks, stand in that provider's own tests.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use domain::{KeyFamily, KeySpec, UsageSet};
use secret::{Exposure, SecretBytes};
use spi::{CryptoProvider, KeyHandle, ProviderError};

pub mod agreement;
pub mod ciphers;
pub mod encapsulation;
pub mod macs;
pub mod material;
pub mod oaep;
pub mod seam;
pub mod signatures;
pub mod wraps;

mod shake;

pub use shake::shake256;

/// Makes the suite's tests, in a module `provider_conformance`, for a provider (an expression that makes one) and the
/// kinds of key that it says it supports, each for all the uses of this seam.
#[macro_export]
macro_rules! provider_conformance {
    ($provider:expr, $specs:expr) => {
        mod provider_conformance {
            use super::*;

            fn each(
                applies: fn(domain::KeySpec) -> bool,
                test: fn(&dyn spi::CryptoProvider, domain::KeySpec),
            ) {
                let provider = $provider;
                $specs.iter().filter(|spec| applies(**spec)).for_each(|spec| test(&provider, *spec));
            }

            $crate::provider_conformance!(@tests ciphers:
                round_trips,
                every_altered_byte_is_rejected,
                every_other_length_is_rejected,
                the_wrong_key_is_rejected,
                two_seals_differ,
                the_forms_do_not_open_each_other,
            );

            $crate::provider_conformance!(@tests wraps:
                round_trips,
                other_lengths_are_refused,
                what_is_not_its_own_is_rejected,
            );

            $crate::provider_conformance!(@tests signatures:
                every_scheme_verifies_or_is_refused,
                a_message_and_its_digest_are_one,
                a_representative_is_its_message,
                every_altered_byte_is_rejected,
                every_other_length_is_rejected,
                the_wrong_key_is_rejected,
                one_scheme_verifies_nothing_of_another,
                wrong_lengths_and_forms_are_refused,
            );

            $crate::provider_conformance!(@tests macs:
                round_trips,
                every_altered_byte_is_rejected,
                every_other_length_is_rejected,
                the_wrong_key_is_rejected,
                another_hash_is_refused,
            );

            $crate::provider_conformance!(@tests oaep:
                round_trips,
                too_long_a_plaintext_is_refused,
                every_altered_byte_is_rejected,
                every_other_length_is_rejected,
                the_wrong_key_or_hash_is_rejected,
                two_encryptions_differ,
            );

            $crate::provider_conformance!(@tests agreement:
                both_sides_agree,
                malformed_peers_are_refused,
                keys_of_another_kind_are_refused,
                points_that_leak_are_refused,
            );

            $crate::provider_conformance!(@tests encapsulation:
                both_sides_share_a_secret,
                an_altered_ciphertext_gives_another_secret,
                every_other_length_is_refused,
                two_encapsulations_differ,
            );

            $crate::provider_conformance!(@tests material:
                malformed_material_is_refused,
                altered_material_is_refused,
                material_of_another_kind_is_refused,
                new_material_is_new,
                a_public_key_is_its_own,
            );

            #[test]
            fn support_is_told_honestly() {
                $crate::provider_conformance::seam::support_is_told_honestly(&$provider, $specs);
            }

            #[test]
            fn no_key_does_what_its_kind_does_not() {
                $crate::provider_conformance::seam::no_key_does_what_its_kind_does_not(
                    &$provider,
                    $specs,
                );
            }

            #[test]
            fn foreign_handles_are_of_no_use() {
                $crate::provider_conformance::seam::foreign_handles_are_of_no_use(&$provider);
            }

            #[test]
            fn random_bytes_are_as_many_as_asked() {
                $crate::provider_conformance::seam::random_bytes_are_as_many_as_asked(&$provider);
            }
        }
    };
    (@tests $part:ident: $($name:ident),+ $(,)?) => {
        mod $part {
            use super::*;
            $(
                #[test]
                fn $name() {
                    each(
                        $crate::provider_conformance::$part::applies,
                        $crate::provider_conformance::$part::$name,
                    );
                }
            )+
        }
    };
}

/// New material, ready.
fn made(provider: &dyn CryptoProvider, spec: KeySpec) -> KeyHandle {
    provider.load(spec, &provider.generate(spec).unwrap()).unwrap()
}

fn shown(secret: &SecretBytes) -> &[u8] {
    secret.expose(Exposure::ReturnToAuthorisedCaller)
}

fn kept(bytes: &[u8]) -> SecretBytes {
    SecretBytes::take_vec(bytes.to_vec())
}

/// Calls the test with each byte changed, in one bit, another, and all.
fn altered(original: &[u8], test: impl FnMut(&[u8], &str)) {
    altered_each(original, 1, &[1, 0x80, 0xff], test);
}

/// As [`altered`], where one test takes long: every `step`-th byte from the first, and the last.
fn altered_sparsely(original: &[u8], step: usize, test: impl FnMut(&[u8], &str)) {
    altered_each(original, step, &[1], test);
}

fn altered_each(original: &[u8], step: usize, flips: &[u8], mut test: impl FnMut(&[u8], &str)) {
    let last = original.len().saturating_sub(1);
    for at in (0..original.len()).filter(|at| at % step == 0 || *at == last) {
        for flip in flips {
            let mut changed = original.to_vec();
            changed.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= flip);
            test(&changed, &format!("byte {at} of {} ^ {flip}", original.len()));
        }
    }
}

/// Calls the test with all that is shorter or longer than the original, some only where that would be many.
fn other_lengths(original: &[u8], mut test: impl FnMut(&[u8], &str)) {
    let step = original.len().div_ceil(64);
    let last = original.len().saturating_sub(1);
    for len in (0..original.len()).filter(|len| len % step == 0 || *len == last) {
        let (head, _) = original.split_at(len);
        test(head, &format!("cut to {len} of {}", original.len()));
        let (_, tail) = original.split_at(original.len() - len);
        test(tail, &format!("the last {len} of {}", original.len()));
    }
    test(&[original, &[0]].concat(), "one byte longer");
    test(&[&[0], original].concat(), "one byte longer in front");
}

/// Sizes of RSA whose keys take seconds to make. What does not depend on the size is tested with the smallest.
fn slow(spec: KeySpec) -> bool {
    matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096)
}

/// The uses of this seam for a kind of key: agreement over secp256k1 and derivation have no method.
fn uses(spec: KeySpec) -> UsageSet {
    match (spec.family(), spec) {
        (KeyFamily::Aes, _) => UsageSet::ENCRYPT_DECRYPT,
        (KeyFamily::Hmac, _) => UsageSet::MAC,
        (_, KeySpec::EcSecp256k1) => UsageSet::SIGN_VERIFY,
        _ => spec.possible_usage(),
    }
}

/// Refused in the way named.
fn refused<T>(done: Result<T, ProviderError>) -> Option<ProviderError> {
    done.err()
}
