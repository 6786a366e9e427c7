//! The engine's faults in AWS KMS's own codes and texts: one match without a wildcard (INV-8).

use std::fmt::Write as _;

use api::{Fault, FaultWhat, Limit, Malformed, Precondition};
use domain::{Action, Algorithm, KeyId, KeySpec, Name, ResourceRef, StatementRef, Timestamp};
use edge::Refusal;

use crate::call::Place;
use crate::metadata::DAY;
use crate::wire::WireError;
use crate::words;

pub(crate) const UNRECOGNISED: &str = "The security token included in the request is invalid.";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const LOCKOUT: &str = "The new key policy will not allow you to update the key policy in the future.";
const DRY_RUN: &str = "The request would have succeeded, but the DryRun option is set.";
const RETRY: &str = "The request could not be completed. Please try again.";

/// Resource names in the words of one request.
struct Names<'a> {
    region: &'a str,
    operation: &'a str,
    owner: String,
    caller: String,
}

impl Names<'_> {
    fn key(&self, id: impl std::fmt::Display) -> String {
        format!("arn:aws:kms:{}:{}:key/{id}", self.region, self.owner)
    }

    fn alias(&self, name: &Name) -> String {
        format!("arn:aws:kms:{}:{}:alias/{}", self.region, self.owner, name.text())
    }

    /// A use that the key is not for.
    fn not_valid(&self, key: &KeyId, what: &str, word: &str) -> String {
        let (key, operation) = (self.key(key), self.operation);
        format!("{key} key {what} is {word} which is not valid for {operation}.")
    }

    fn user(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:user/{name}", self.caller)
    }

    fn resource(&self, on: &ResourceRef) -> String {
        match on {
            ResourceRef::Key { id, .. } => self.key(id),
            ResourceRef::AbsentKey { text, .. } => self.key(text),
            ResourceRef::Name { name, .. } => self.alias(name),
            ResourceRef::System
            | ResourceRef::Account(_)
            | ResourceRef::Tenant(_)
            | ResourceRef::Principal { .. }
            | ResourceRef::Policy { .. }
            | ResourceRef::AuditLog(_) => "*".to_owned(),
        }
    }
}

/// Words a fault.
pub(crate) fn word(fault: &Fault, place: &Place<'_>) -> WireError {
    let number =
        |n: Option<domain::AccountNumber>| n.map_or_else(|| "000000000000".to_owned(), |n| n.to_string());
    let owner = number(fault.owner_account);
    let caller = number(fault.caller_account.or(fault.owner_account));
    let names = Names { region: place.region, operation: place.operation, owner, caller };
    word_what(&fault.what, &names)
}

fn word_what(what: &FaultWhat, names: &Names<'_>) -> WireError {
    match what {
        FaultWhat::ProofMissing => {
            WireError::client("MissingAuthenticationTokenException", "Missing Authentication Token")
        }
        FaultWhat::CredentialUnknown => WireError::client("UnrecognizedClientException", UNRECOGNISED),
        FaultWhat::ProofInvalid => WireError::client("InvalidSignatureException", MISMATCH),
        FaultWhat::CredentialExpired => WireError::client(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        FaultWhat::ClockSkew { signed_at, now, window } => {
            WireError::client("InvalidSignatureException", clock(*signed_at, *now, *window))
        }
        FaultWhat::PlaceUnknown { .. } => {
            WireError::client("InvalidSignatureException", "Credential should be scoped to a valid region.")
        }
        FaultWhat::Denied { caller, action, on, by, may_know } => WireError::client(
            "AccessDeniedException",
            denied(names, caller, *action, on, by.as_ref(), *may_know),
        ),
        FaultWhat::KeyNotFound { given } => {
            WireError::client("NotFoundException", format!("Key '{}' does not exist", names.key(given)))
        }
        FaultWhat::NameNotFound { name } => {
            WireError::client("NotFoundException", format!("Alias {} is not found.", names.alias(name)))
        }
        FaultWhat::NameTaken { name } => WireError::client(
            "AlreadyExistsException",
            format!("An alias with the name {} already exists", names.alias(name)),
        ),
        FaultWhat::NameReserved { .. } => WireError::client("NotAuthorizedException", ""),
        FaultWhat::ObjectNotFound { kind, given } => {
            WireError::client("NotFoundException", format!("{kind} '{given}' does not exist"))
        }
        FaultWhat::ObjectExists { kind, given } => {
            WireError::client("AlreadyExistsException", format!("{kind} '{given}' already exists"))
        }
        FaultWhat::WrongState { key, destruction: Some(_), .. } => {
            WireError::client("KMSInvalidStateException", format!("{} is pending deletion.", names.key(key)))
        }
        FaultWhat::WrongState { key, state, .. } if state.is_destroyed() => {
            WireError::client("NotFoundException", format!("Key '{}' does not exist", names.key(key)))
        }
        FaultWhat::WrongState { key, .. } => {
            WireError::client("DisabledException", format!("{} is disabled.", names.key(key)))
        }
        FaultWhat::MaterialAbsent { key, .. } => {
            WireError::client("KMSInvalidStateException", format!("{} is pending import.", names.key(key)))
        }
        FaultWhat::WrongUsage { key, usage, .. } => WireError::client(
            "InvalidKeyUsageException",
            names.not_valid(key, "usage", words::usage_word(*usage)),
        ),
        FaultWhat::WrongSpec { key, spec } => {
            WireError::client("InvalidKeyUsageException", names.not_valid(key, "spec", spec_word(*spec)))
        }
        FaultWhat::WrongAlgorithm { spec, algorithm, .. } => {
            let (algorithm, spec) = (words::algorithm_word(*algorithm), spec_word(*spec));
            let text = format!("Algorithm {algorithm} is incompatible with key spec {spec}.");
            WireError::client("InvalidKeyUsageException", text)
        }
        FaultWhat::NoPublicHalf { key, spec } => {
            WireError::unsupported(names.not_valid(key, "spec", spec_word(*spec)))
        }
        FaultWhat::SpecUnsupported { .. } => {
            WireError::unsupported("KeySpec and KeyUsage are not supported together by this server.")
        }
        FaultWhat::NoSuchVersion { .. } | FaultWhat::CiphertextInvalid => {
            WireError::client("InvalidCiphertextException", "")
        }
        FaultWhat::VersionForbidden { key, .. } => {
            WireError::client("DisabledException", format!("{} is disabled.", names.key(key)))
        }
        FaultWhat::CiphertextForeign { .. } => WireError::client(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
        ),
        FaultWhat::SignatureInvalid => WireError::client("KMSInvalidSignatureException", ""),
        FaultWhat::MacInvalid => WireError::client("KMSInvalidMacException", ""),
        FaultWhat::MaterialMismatch { .. } => WireError::client("IncorrectKeyMaterialException", ""),
        FaultWhat::LimitExceeded(limit) => limited(*limit, names),
        FaultWhat::Malformed(what) => malformed(what, names),
        FaultWhat::Precondition(what) => precondition(what, names),
        FaultWhat::DryRun => WireError::client("DryRunOperationException", DRY_RUN),
        FaultWhat::Unsupported { what } => {
            WireError::unsupported(format!("This server does not support {what}."))
        }
        FaultWhat::Conflict => WireError::client(
            "ConflictException",
            "The resource was changed at the same time. Please try again.",
        ),
        FaultWhat::Throttled { .. } => WireError::client("ThrottlingException", "Rate exceeded"),
        FaultWhat::Sealed | FaultWhat::Uninitialised => {
            WireError::server(503, "DependencyTimeoutException", "The key management system is sealed.")
        }
        FaultWhat::AlreadyInitialised | FaultWhat::Internal | FaultWhat::Corrupt { .. } => {
            WireError::internal()
        }
        FaultWhat::AuditUnavailable { .. }
        | FaultWhat::StoreUnavailable { .. }
        | FaultWhat::OutcomeUnknown
        | FaultWhat::ProviderUnavailable { .. } => WireError::server(500, "KMSInternalException", RETRY),
    }
}

/// A kind's word in errors; those of other dialects have none.
fn spec_word(spec: KeySpec) -> &'static str {
    words::spec_word(spec).unwrap_or("UNKNOWN")
}

/// Words a refusal of the edge.
pub(crate) fn of_edge(refusal: Refusal) -> WireError {
    match refusal {
        Refusal::BodyTooLarge => WireError {
            status: 413,
            ..WireError::client("RequestEntityTooLargeException", "Request size exceeded")
        },
        Refusal::BodyTimeout => WireError::client("RequestTimeoutException", "The request timed out."),
        Refusal::Overloaded { .. } => WireError::client("ThrottlingException", "Rate exceeded"),
        Refusal::Draining => WireError::server(503, "ServiceUnavailableException", RETRY),
    }
}

fn basic(at: Timestamp) -> String {
    codec_sigv4::Timestamp::from_unix(at.seconds()).as_str().to_owned()
}

fn clock(signed_at: Timestamp, now: Timestamp, window: u32) -> String {
    let (minutes, window) = (window / 60, i64::from(window));
    let latest = now.plus_seconds(window);
    if signed_at > latest {
        let (signed, latest, now) = (basic(signed_at), basic(latest), basic(now));
        return format!(
            "Signature not yet current: {signed} is still later than {latest} ({now} + {minutes} min.)"
        );
    }
    let (signed, earliest, now) = (basic(signed_at), basic(now.plus_seconds(-window)), basic(now));
    format!("Signature expired: {signed} is now earlier than {earliest} ({now} - {minutes} min.)")
}

fn denied(
    names: &Names<'_>,
    caller: &str,
    action: Action,
    on: &ResourceRef,
    by: Option<&StatementRef>,
    may_know: bool,
) -> String {
    let (user, verb, resource) =
        (names.user(caller), crate::operations::action_name(action), names.resource(on));
    let mut text = format!("User: {user} is not authorized to perform: {verb} on resource: {resource} ");
    let document = by.map(|by| by.document.as_str());
    let _ = match document {
        Some("key-policy") => write!(text, "with an explicit deny in a resource-based policy"),
        Some(name) if name.starts_with("guardrail:") => {
            write!(text, "with an explicit deny in a service control policy")
        }
        Some(_) => write!(text, "with an explicit deny in an identity-based policy"),
        None if may_know || matches!(on, ResourceRef::Tenant(_)) => {
            write!(text, "because no identity-based policy allows the {verb} action")
        }
        None => write!(
            text,
            "because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
        ),
    };
    text
}

fn limited(limit: Limit, names: &Names<'_>) -> WireError {
    let longer = |member: &str, max: usize| {
        WireError::validation(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {max}"
        ))
    };
    match limit {
        Limit::PlaintextBytes { max } => longer("plaintext", max),
        Limit::AlgorithmPlaintextBytes { algorithm, spec, max } => {
            let (algorithm, spec) = (words::algorithm_word(algorithm), spec_word(spec));
            WireError::validation(format!(
                "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {max} bytes."
            ))
        }
        Limit::MessageBytes { max } => longer("message", max),
        Limit::CiphertextBytes { max } => longer("ciphertextBlob", max),
        Limit::DescriptionChars { max } => longer("description", max),
        Limit::PolicyBytes { max } => longer("policy", max),
        Limit::LabelsPerKey { .. } => WireError::client("TagException", "Too many tags"),
        Limit::RotationsOnDemand { key, .. } => WireError::client(
            "LimitExceededException",
            format!(
                "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {}",
                names.key(key)
            ),
        ),
        Limit::NamesPerKey { .. }
        | Limit::BatchItems { .. }
        | Limit::ListItems { .. }
        | Limit::RecordBytes { .. } => WireError::client(
            "LimitExceededException",
            "The request was rejected because a quota was exceeded.",
        ),
    }
}

fn malformed(what: &Malformed, names: &Names<'_>) -> WireError {
    match what {
        Malformed::KeyReference { given } => {
            WireError::client("NotFoundException", format!("Invalid keyId '{given}'"))
        }
        Malformed::Name { given, .. } => WireError::client(
            "InvalidAliasNameException",
            format!("arn:aws:kms:{}:{}:{given}", names.region, names.owner),
        ),
        Malformed::Cursor => WireError::client("InvalidMarkerException", ""),
        Malformed::Digest { algorithm } => {
            let algorithm = words::algorithm_word(Algorithm::Signature(*algorithm));
            WireError::validation(format!("Digest is invalid length for algorithm {algorithm}."))
        }
        Malformed::MessageForm { algorithm, form } => {
            let algorithm = words::algorithm_word(Algorithm::Signature(*algorithm));
            let form = words::form_word(*form);
            WireError::validation(format!("MessageType {form} is not valid for algorithm {algorithm}."))
        }
        Malformed::PeerKey => WireError::validation(""),
        Malformed::Policy { why } => WireError::client(
            "MalformedPolicyDocumentException",
            format!("Policy contains a statement that is not supported or not valid: {why}"),
        ),
        Malformed::OutOfRange { field, min, max } => {
            WireError::validation(format!("{field} must be between {min} and {max}."))
        }
        Malformed::Field { field, why } => WireError::validation(format!("{field}: {why}")),
    }
}

fn precondition(what: &Precondition, names: &Names<'_>) -> WireError {
    match what {
        Precondition::PolicyLockout => WireError::client("MalformedPolicyDocumentException", LOCKOUT),
        Precondition::DestructionNotScheduled { key } => WireError::client(
            "KMSInvalidStateException",
            format!("{} is not pending deletion.", names.key(key)),
        ),
        Precondition::DestructionNotAllowed => {
            WireError::client("KMSInvalidStateException", "The key does not allow its deletion yet.")
        }
        Precondition::DestructionWait { least } => WireError::validation(format!(
            "The waiting period of this key is at least {} days.",
            least.div_ceil(DAY)
        )),
        Precondition::UnlikeKeys { now, then } => WireError::validation(format!(
            "The alias leads to {}; {} is not of the same type and key usage.",
            names.key(now),
            names.key(then)
        )),
        Precondition::Ratchet(which) => {
            WireError::unsupported(format!("{which} can be tightened but not loosened."))
        }
        Precondition::NotRotatable { .. } => WireError::unsupported(""),
    }
}
