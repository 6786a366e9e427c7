//! Which services are approved (FIPS 140-3 IG 2.4.C), as AWS-LC's FIPS module says of itself: `docs/fips.md` has the
//! table with its reasons.
//!
//! The module has an indicator of its own, but it counts per thread and moves with every approved step inside a call, so
//! that it says too much about calls of several steps. What is not named here is not approved.

use domain::{HashAlgorithm, KeySpec, MessageForm, SignatureAlgorithm};
use spi::{Approval, Service};

/// Whether the AWS-LC in this process is a FIPS module. It is not: this build links the library's ordinary form, whose
/// algorithms are the same and whose approval is none.
const FIPS_MODULE: bool = false;

/// What holds in this process.
pub(crate) fn here(service: Service) -> Approval {
    if FIPS_MODULE { in_fips_module(service) } else { Approval::NotApproved }
}

/// What holds where the library is the FIPS module. Code that calls it in the same way is taken for granted.
#[must_use]
pub fn in_fips_module(service: Service) -> Approval {
    if approved(service) { Approval::Approved } else { Approval::NotApproved }
}

fn approved(service: Service) -> bool {
    use KeySpec::{Aes128, Aes256, EcP256, EcP384, EcP521, Rsa2048, Rsa3072, Rsa4096};
    match service {
        Service::Random => true,
        Service::Generate(spec) => generation(spec),
        // Its first key is a bare HMAC of the material: SP 800-108r1 has no such form.
        Service::SealEnvelope(_) | Service::OpenEnvelope(_) => false,
        // The module makes no nonces for AES-192, and does not name it.
        Service::SealDirect(spec) | Service::OpenDirect(spec) => matches!(spec, Aes128 | Aes256),
        Service::Wrap(spec) => matches!(spec, Aes128 | Aes256),
        Service::Sign(spec, algorithm, form) | Service::Verify(spec, algorithm, form) => {
            algorithm.fits(spec) && signature(spec, algorithm, form)
        }
        Service::Mac(hash) => !matches!(hash, HashAlgorithm::Sha1),
        Service::EncryptOaep(spec, hash) | Service::DecryptOaep(spec, hash) => {
            matches!(spec, Rsa2048 | Rsa3072 | Rsa4096) && !matches!(hash, HashAlgorithm::Sha224)
        }
        Service::Agree(spec) => matches!(spec, EcP256 | EcP384 | EcP521),
        Service::Encapsulate(spec) | Service::Decapsulate(spec) => {
            matches!(spec, KeySpec::MlKem512 | KeySpec::MlKem768 | KeySpec::MlKem1024)
        }
    }
}

/// The module's own generation, and symmetric keys as its generator's output (SP 800-133r2 §6.1). A key from a seed that
/// is drawn here is not made by the module's service, though the same bits would be.
fn generation(spec: KeySpec) -> bool {
    use KeySpec::{EcP256, EcP384, EcP521, Rsa2048, Rsa3072, Rsa4096};
    spec.symmetric_len().is_some() || matches!(spec, Rsa2048 | Rsa3072 | Rsa4096 | EcP256 | EcP384 | EcP521)
}

/// Signatures over messages that the module hashes by itself. What is handed over hashed is not approved.
fn signature(spec: KeySpec, algorithm: SignatureAlgorithm, form: MessageForm) -> bool {
    let hash = !matches!(algorithm.hash(), Some(HashAlgorithm::Sha1 | HashAlgorithm::Sha224));
    let scheme = !matches!(algorithm, SignatureAlgorithm::Ed25519Ph) && !matches!(spec, KeySpec::EcSecp256k1);
    matches!(form, MessageForm::Raw) && hash && scheme
}

#[cfg(test)]
mod tests {
    use spi::CryptoProvider;

    use super::*;
    use crate::Software;

    #[test]
    fn this_build_claims_nothing() {
        for service in
            [Service::Random, Service::SealDirect(KeySpec::Aes256), Service::Agree(KeySpec::EcP256)]
        {
            assert_eq!(Software::new().approval(service), Approval::NotApproved, "{service:?}");
        }
    }

    #[test]
    fn the_table_is_the_documents() {
        use HashAlgorithm::{Sha1, Sha224, Sha256};
        use KeySpec::{
            Aes128, Aes192, Aes256, EcP256, EcSecp256k1, Ed25519, HmacSha224, MlDsa65, MlKem768, Rsa2048,
            X25519,
        };
        use MessageForm::{Digest, ExternalMu, Raw};
        use Service::{
            Agree, Decapsulate, DecryptOaep, Encapsulate, EncryptOaep, Generate, Mac, OpenDirect,
            OpenEnvelope, Random, SealDirect, SealEnvelope, Sign, Verify, Wrap,
        };
        use SignatureAlgorithm::{Ecdsa, Ed25519 as Pure, Ed25519Ph, MlDsa, RsaPkcs1v15, RsaPss};
        let approved = [
            Random,
            Generate(Aes192),
            Generate(HmacSha224),
            Generate(Rsa2048),
            Generate(EcP256),
            SealDirect(Aes128),
            OpenDirect(Aes256),
            Wrap(Aes256),
            Mac(Sha224),
            Sign(Rsa2048, RsaPss(Sha256), Raw),
            Verify(Rsa2048, RsaPkcs1v15(Sha256), Raw),
            Sign(EcP256, Ecdsa(Sha256), Raw),
            Sign(Ed25519, Pure, Raw),
            Sign(MlDsa65, MlDsa, Raw),
            EncryptOaep(Rsa2048, Sha1),
            DecryptOaep(Rsa2048, Sha256),
            Agree(EcP256),
            Encapsulate(MlKem768),
            Decapsulate(MlKem768),
        ];
        let not_approved = [
            Generate(EcSecp256k1),
            Generate(Ed25519),
            Generate(X25519),
            Generate(MlDsa65),
            Generate(MlKem768),
            SealEnvelope(Aes256),
            OpenEnvelope(Aes256),
            SealDirect(Aes192),
            OpenDirect(Aes192),
            Wrap(Aes192),
            Mac(Sha1),
            Sign(Rsa2048, RsaPss(Sha256), Digest),
            Verify(Rsa2048, RsaPkcs1v15(Sha256), Digest),
            Sign(Rsa2048, RsaPss(Sha224), Raw),
            Sign(Rsa2048, Ecdsa(Sha256), Raw),
            Sign(EcP256, Ecdsa(Sha256), Digest),
            Sign(EcSecp256k1, Ecdsa(Sha256), Raw),
            Sign(Ed25519, Ed25519Ph, Digest),
            Sign(MlDsa65, MlDsa, ExternalMu),
            EncryptOaep(Rsa2048, Sha224),
            DecryptOaep(EcP256, Sha256),
            Agree(EcSecp256k1),
            Agree(X25519),
            Encapsulate(EcP256),
        ];
        for service in approved {
            assert_eq!(in_fips_module(service), Approval::Approved, "{service:?}");
        }
        for service in not_approved {
            assert_eq!(in_fips_module(service), Approval::NotApproved, "{service:?}");
        }
    }
}
