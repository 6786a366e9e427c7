//! Keys that are a seed: how their PKCS#8 looks, and that it looks no other way.
//!
//! `OneAsymmetricKey` version 1 without attributes or public key (RFC 5958 §2). Everything but the seed is fixed for a
//! kind of key, so that reading is a comparison. The public half is computed from the seed, and cannot be another's.

use domain::KeySpec;
use secret::{Exposure, SecretBytes};
use spi::ProviderError;

use crate::out_of_memory;

/// What stands before a seed, and the bytes of the seed.
struct Layout {
    head: &'static [u8],
    seed: usize,
}

/// New material: the seed is drawn in the arena, and never stands elsewhere.
pub(crate) fn generate(spec: KeySpec) -> Result<SecretBytes, ProviderError> {
    let layout = layout(spec)?;
    let draw = |out: &mut [u8]| {
        let (head, seed) = out.split_at_mut(layout.head.len());
        head.copy_from_slice(layout.head);
        aws_lc_rs::rand::fill(seed)
    };
    let (material, drawn) =
        SecretBytes::try_build(layout.head.len() + layout.seed, draw).map_err(out_of_memory)?;
    drawn.map_err(crate::failed)?;
    Ok(material)
}

/// The seed of a material.
pub(crate) fn seed(spec: KeySpec, material: &SecretBytes) -> Result<&[u8], ProviderError> {
    let layout = layout(spec)?;
    let seed = material.expose(Exposure::HandToProvider).strip_prefix(layout.head);
    seed.filter(|seed| seed.len() == layout.seed).ok_or(ProviderError::Malformed)
}

fn layout(spec: KeySpec) -> Result<Layout, ProviderError> {
    let (head, seed): (&[u8], usize) = match spec {
        KeySpec::Ed25519 => (const { &curve25519(0x70) }, 32),
        KeySpec::X25519 => (const { &curve25519(0x6e) }, 32),
        KeySpec::MlDsa44 => (const { &ml_dsa(0x11) }, 32),
        KeySpec::MlDsa65 => (const { &ml_dsa(0x12) }, 32),
        KeySpec::MlDsa87 => (const { &ml_dsa(0x13) }, 32),
        KeySpec::MlKem512 => (const { &ml_kem(0x01) }, 64),
        KeySpec::MlKem768 => (const { &ml_kem(0x02) }, 64),
        KeySpec::MlKem1024 => (const { &ml_kem(0x03) }, 64),
        _ => return Err(ProviderError::Unsupported),
    };
    Ok(Layout { head, seed })
}

/// RFC 8410 §7: `CurvePrivateKey ::= OCTET STRING`; 1.3.101.110 and .112.
const fn curve25519(arc: u8) -> [u8; 16] {
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, arc, 0x04, 0x22, 0x04, 0x20]
}

/// RFC 9881 §6: `seed [0] OCTET STRING`; 2.16.840.1.101.3.4.3.17 to .19.
const fn ml_dsa(arc: u8) -> [u8; 22] {
    [
        0x30, 0x34, 0x02, 0x01, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03,
        arc, 0x04, 0x22, 0x80, 0x20,
    ]
}

/// RFC 9935 §6: `seed [0] OCTET STRING`, `d ‖ z`; 2.16.840.1.101.3.4.4.1 to .3.
const fn ml_kem(arc: u8) -> [u8; 22] {
    [
        0x30, 0x54, 0x02, 0x01, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04,
        arc, 0x04, 0x42, 0x80, 0x40,
    ]
}
