//! The software provider against the suite that every provider passes, and against published vectors.

mod known;
mod log;
mod rows;
mod wycheproof;

use domain::KeySpec;
use keystead_provider_software::Software;

testkit::provider_conformance!(
    Software::new(),
    [
        KeySpec::Aes128,
        KeySpec::Aes192,
        KeySpec::Aes256,
        KeySpec::HmacSha224,
        KeySpec::HmacSha256,
        KeySpec::HmacSha384,
        KeySpec::HmacSha512,
        KeySpec::Rsa2048,
        KeySpec::Rsa3072,
        KeySpec::Rsa4096,
        KeySpec::EcP256,
        KeySpec::EcP384,
        KeySpec::EcP521,
        KeySpec::EcSecp256k1,
        KeySpec::Ed25519,
        KeySpec::X25519,
        KeySpec::MlDsa44,
        KeySpec::MlDsa65,
        KeySpec::MlDsa87,
        KeySpec::MlKem512,
        KeySpec::MlKem768,
        KeySpec::MlKem1024,
    ]
);
