//! The engine's faults in Vault's own words: one match without a wildcard (INV-8).

use api::{FaultWhat, Limit, Malformed, Precondition};
use edge::Refusal;

use crate::envelope::Errors;

/// What a caller is told while a key is held back: Vault has no such state, OpenBao calls it soft-deleted.
const HELD_BACK: &str = "key is disabled: it was soft-deleted here or disabled in another dialect";

/// Words a fault. What differs between operations (a missing key) is worded by them.
pub(crate) fn word(what: &FaultWhat) -> Errors {
    let (bad, new) = (Errors::bad_request, Errors::new);
    match what {
        FaultWhat::ProofMissing
        | FaultWhat::CredentialUnknown
        | FaultWhat::ProofInvalid
        | FaultWhat::CredentialExpired
        | FaultWhat::ClockSkew { .. }
        | FaultWhat::Denied { .. } => Errors::denied(),
        FaultWhat::PlaceUnknown { .. } => new(404, "namespace not found".to_owned()),
        FaultWhat::KeyNotFound { .. } | FaultWhat::NameNotFound { .. } | FaultWhat::ObjectNotFound { .. } => {
            Errors::silent(404)
        }
        FaultWhat::NameTaken { name } => {
            bad(format!("the name `{}` leads to a key that was made in another dialect", name.text()))
        }
        FaultWhat::NameReserved { name } => bad(format!("the name `{}` is reserved", name.text())),
        FaultWhat::ObjectExists { kind, .. } => bad(format!("{kind} exists already")),
        FaultWhat::WrongState { state, .. } if state.is_destroyed() => Errors::silent(404),
        FaultWhat::WrongState { destruction: Some(_), .. } => {
            bad("key is to be destroyed and cannot be used".to_owned())
        }
        FaultWhat::WrongState { .. } => bad(HELD_BACK.to_owned()),
        FaultWhat::MaterialAbsent { .. } => bad("key material is not present".to_owned()),
        FaultWhat::WrongUsage { .. }
        | FaultWhat::WrongSpec { .. }
        | FaultWhat::WrongAlgorithm { .. }
        | FaultWhat::NoPublicHalf { .. } => bad("key type does not support this operation".to_owned()),
        FaultWhat::SpecUnsupported { .. } => bad("key type is not supported by this server yet".to_owned()),
        FaultWhat::NoSuchVersion { .. } => {
            bad("requested version for encryption is higher than the latest key version".to_owned())
        }
        FaultWhat::VersionForbidden { .. } => {
            bad("ciphertext or signature version is disallowed by policy (too old)".to_owned())
        }
        FaultWhat::CiphertextForeign { .. } | FaultWhat::CiphertextInvalid => {
            bad("cipher: message authentication failed".to_owned())
        }
        FaultWhat::SignatureInvalid => bad("signature does not verify".to_owned()),
        FaultWhat::MacInvalid => bad("hmac does not verify".to_owned()),
        FaultWhat::MaterialMismatch { .. } => bad("key material does not match".to_owned()),
        FaultWhat::LimitExceeded(limit) => bad(limited(*limit)),
        FaultWhat::Malformed(what) => bad(malformed(what)),
        FaultWhat::Precondition(what) => bad(precondition(what)),
        FaultWhat::DryRun => bad("nothing was done: it was only asked what would come of it".to_owned()),
        FaultWhat::Unsupported { what } => bad(format!("{what} is not supported by this server yet")),
        FaultWhat::Throttled { .. } => new(429, "request rate limit exceeded".to_owned()),
        FaultWhat::Sealed => new(503, "Vault is sealed".to_owned()),
        FaultWhat::Uninitialised => new(503, "Vault is not initialized".to_owned()),
        FaultWhat::AlreadyInitialised => bad("Vault is already initialized".to_owned()),
        FaultWhat::Conflict
        | FaultWhat::AuditUnavailable { .. }
        | FaultWhat::StoreUnavailable { .. }
        | FaultWhat::OutcomeUnknown
        | FaultWhat::ProviderUnavailable { .. } => {
            new(500, "the request could not be completed, try again".to_owned())
        }
        FaultWhat::Corrupt { .. } | FaultWhat::Internal => new(500, "internal error".to_owned()),
    }
}

/// Words a refusal of the edge.
pub(crate) fn of_edge(refusal: Refusal) -> Errors {
    match refusal {
        Refusal::BodyTooLarge => Errors::new(413, "request body too large"),
        Refusal::BodyTimeout => Errors::new(408, "request timed out"),
        Refusal::Overloaded { .. } => Errors::new(429, "request rate limit exceeded"),
        Refusal::Draining => Errors::new(503, "server is shutting down"),
    }
}

fn limited(limit: Limit) -> String {
    match limit {
        Limit::PlaintextBytes { max } => format!("plaintext is longer than {max} bytes"),
        Limit::AlgorithmPlaintextBytes { max, .. } => {
            format!("plaintext is longer than the {max} bytes that the key encrypts")
        }
        Limit::MessageBytes { max } => format!("input is longer than {max} bytes"),
        Limit::CiphertextBytes { max } => format!("ciphertext is longer than {max} bytes"),
        Limit::PolicyBytes { max } => format!("policy is longer than {max} bytes"),
        Limit::DescriptionChars { max } => format!("description is longer than {max} characters"),
        Limit::NamesPerKey { max } => format!("a key has at most {max} names"),
        Limit::LabelsPerKey { max } => format!("a key has at most {max} labels"),
        Limit::RotationsOnDemand { max, .. } => format!("a key has at most {max} versions on demand"),
        Limit::BatchItems { max } => format!("a batch has at most {max} items"),
        Limit::ListItems { max } => format!("there are more than {max} items"),
        Limit::RecordBytes { .. } => "the key has grown too large".to_owned(),
    }
}

fn malformed(what: &Malformed) -> String {
    match what {
        Malformed::KeyReference { .. } | Malformed::Name { .. } => "unsupported path".to_owned(),
        Malformed::Digest { .. } => "input is no digest of the algorithm".to_owned(),
        Malformed::MessageForm { .. } => "the algorithm does not take such input".to_owned(),
        Malformed::PeerKey => "the peer's public key does not fit the key".to_owned(),
        Malformed::Cursor => "malformed list position".to_owned(),
        Malformed::Policy { why } => why.clone(),
        Malformed::OutOfRange { field, min, max } => format!("{field} must be between {min} and {max}"),
        Malformed::Field { field, why } => format!("{field}: {why}"),
    }
}

fn precondition(what: &Precondition) -> String {
    match what {
        Precondition::PolicyLockout => "the policy would lock its author out".to_owned(),
        Precondition::DestructionNotScheduled { .. } => "no destruction is scheduled".to_owned(),
        Precondition::DestructionNotAllowed => "deletion is not allowed for this key".to_owned(),
        Precondition::DestructionWait { least } => format!("destruction waits at least {least} seconds"),
        Precondition::UnlikeKeys { .. } => "the keys are of different types".to_owned(),
        Precondition::Ratchet(which) => format!("{which} can be tightened but not loosened"),
        Precondition::NotRotatable { .. } => "only symmetric encryption keys rotate".to_owned(),
    }
}
