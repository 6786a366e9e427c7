//! How the engine says no. Typed, with data, without a word of any dialect: each dialect matches every variant and
//! composes its own code and text (INV-8). Causes are for the log and never reach a client.

mod request;

use std::error::Error;
use std::fmt;

use domain::{
    AbsentReason, AccountNumber, Action, Algorithm, KeyId, KeySpec, KeyState, MaterialId, Name, ResourceRef,
    ScheduledDestruction, StatementRef, Timestamp, Usage, UsageSet,
};

pub use request::{Limit, Malformed, Precondition};

/// A refusal or failure.
#[derive(Debug)]
pub struct Fault {
    /// What is wrong, for the client's dialect to word.
    pub what: FaultWhat,
    /// Public number of the caller's account, where the gate got so far.
    pub caller_account: Option<AccountNumber>,
    /// Public number of the account that owns what was asked for, where the gate got so far.
    pub owner_account: Option<AccountNumber>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault without an inner cause.
    #[must_use]
    pub const fn new(what: FaultWhat) -> Self {
        Self { what, caller_account: None, owner_account: None, cause: None }
    }

    /// A fault with a cause for the log.
    #[must_use]
    pub fn because(what: FaultWhat, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what, caller_account: None, owner_account: None, cause: Some(cause.into()) }
    }

    /// The cause, for the log only.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.cause.as_deref()
    }
}

impl From<FaultWhat> for Fault {
    fn from(what: FaultWhat) -> Self {
        Self::new(what)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what.word())
    }
}

impl Error for Fault {}

/// What is wrong. Every dialect matches every variant (INV-8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultWhat {
    /// Nothing was presented that could prove an identity.
    ProofMissing,
    /// The credential is unknown, disabled or of another kind.
    CredentialUnknown,
    /// The signature or token does not fit the credential.
    ProofInvalid,
    /// The credential or session has expired.
    CredentialExpired,
    /// The request was signed outside the allowed clock window.
    ClockSkew {
        /// When it says it was signed.
        signed_at: Timestamp,
        /// Our time.
        now: Timestamp,
        /// Half the window in seconds.
        window: u32,
    },
    /// The coordinates lead to no tenant, or to one that the proof's account may not name.
    PlaceUnknown {
        /// As they were given.
        place: String,
    },
    /// Not allowed.
    Denied {
        /// Who asked, by name; for messages to the caller itself.
        caller: String,
        /// The first action that is not allowed.
        action: Action,
        /// On what.
        on: ResourceRef,
        /// The statement that denied; `None` when no statement allowed.
        by: Option<StatementRef>,
        /// Whether the caller may know that the resource exists.
        may_know: bool,
    },
    /// No such key in the tenant.
    KeyNotFound {
        /// As it was asked for.
        given: String,
    },
    /// No such name.
    NameNotFound {
        /// The name.
        name: Name,
    },
    /// The name is bound already.
    NameTaken {
        /// The name.
        name: Name,
    },
    /// The name is kept for the system.
    NameReserved {
        /// The name.
        name: Name,
    },
    /// No such principal, credential, policy, account or tenant.
    ObjectNotFound {
        /// Kind in canonical words.
        kind: &'static str,
        /// As it was asked for.
        given: String,
    },
    /// Such an object exists already.
    ObjectExists {
        /// Kind in canonical words.
        kind: &'static str,
        /// As it was asked for.
        given: String,
    },
    /// The key's state does not allow the use or the change.
    WrongState {
        /// The key.
        key: KeyId,
        /// Its state.
        state: KeyState,
        /// Its scheduled destruction, which comes first.
        destruction: Option<ScheduledDestruction>,
    },
    /// The key's material is not here.
    MaterialAbsent {
        /// The key.
        key: KeyId,
        /// Why.
        reason: AbsentReason,
    },
    /// The key is for other uses.
    WrongUsage {
        /// The key.
        key: KeyId,
        /// What was wanted.
        wanted: Usage,
        /// What it is for.
        usage: UsageSet,
    },
    /// The algorithm or mode does not fit the kind of key.
    WrongSpec {
        /// The key.
        key: KeyId,
        /// Its kind.
        spec: KeySpec,
    },
    /// The key's kind does not serve the algorithm that was named.
    WrongAlgorithm {
        /// The key.
        key: KeyId,
        /// Its kind.
        spec: KeySpec,
        /// What was asked for.
        algorithm: Algorithm,
    },
    /// Keys of this kind have no public half.
    NoPublicHalf {
        /// The key.
        key: KeyId,
        /// Its kind.
        spec: KeySpec,
    },
    /// No provider makes this kind of key, or it cannot serve that usage.
    SpecUnsupported {
        /// What was asked for.
        spec: KeySpec,
        /// With which uses.
        usage: UsageSet,
    },
    /// The key has no such version.
    NoSuchVersion {
        /// The key.
        key: KeyId,
        /// Asked for.
        version: u32,
        /// The newest there is.
        latest: u32,
    },
    /// The version is not permitted for this use (below a minimum, or disabled by itself).
    VersionForbidden {
        /// The key.
        key: KeyId,
        /// Asked for.
        version: u32,
    },
    /// The ciphertext was made under another key than the one named.
    CiphertextForeign {
        /// The key that was named.
        named: KeyId,
    },
    /// The ciphertext does not open: damaged, not ours, or another context.
    CiphertextInvalid,
    /// The signature does not verify.
    SignatureInvalid,
    /// The message authentication code does not verify.
    MacInvalid,
    /// Imported material is not the material this version had.
    MaterialMismatch {
        /// What it must be.
        expected: MaterialId,
    },
    /// A bound was passed.
    LimitExceeded(Limit),
    /// The request is wrong in itself.
    Malformed(Malformed),
    /// A rule would be broken.
    Precondition(Precondition),
    /// It would have been done, but it was only asked what would come of it.
    DryRun,
    /// Understood, deliberately absent here; stands in the compatibility table.
    Unsupported {
        /// What, in canonical words.
        what: &'static str,
    },
    /// Somebody else changed it at the same time, again and again; try again.
    Conflict,
    /// The caller's quota is used up.
    Throttled {
        /// Milliseconds after which it may work.
        retry_after: u32,
    },
    /// The system is sealed.
    Sealed,
    /// The system is not initialised yet.
    Uninitialised,
    /// The system is initialised already.
    AlreadyInitialised,
    /// The audit log cannot be written, so nothing was done; try again.
    AuditUnavailable {
        /// Milliseconds after which it may work.
        retry_after: u32,
    },
    /// The store cannot be reached, so nothing was done; try again.
    StoreUnavailable {
        /// Milliseconds after which it may work.
        retry_after: u32,
    },
    /// The change may or may not have happened; read before trying again.
    OutcomeUnknown,
    /// A dependency of the key (HSM, external manager) does not answer.
    ProviderUnavailable {
        /// Milliseconds after which it may work.
        retry_after: u32,
    },
    /// What is stored does not open or does not match the ledger; an operator must look.
    Corrupt {
        /// Kind of record in canonical words.
        kind: &'static str,
    },
    /// A bug of ours.
    Internal,
}

impl FaultWhat {
    /// One word for metrics and the audit log; stable.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::ProofMissing => "proof_missing",
            Self::CredentialUnknown => "credential_unknown",
            Self::ProofInvalid => "proof_invalid",
            Self::CredentialExpired => "credential_expired",
            Self::ClockSkew { .. } => "clock_skew",
            Self::PlaceUnknown { .. } => "place_unknown",
            Self::Denied { .. } => "denied",
            Self::KeyNotFound { .. } => "key_not_found",
            Self::NameNotFound { .. } => "name_not_found",
            Self::NameTaken { .. } => "name_taken",
            Self::NameReserved { .. } => "name_reserved",
            Self::ObjectNotFound { .. } => "object_not_found",
            Self::ObjectExists { .. } => "object_exists",
            Self::WrongState { .. } => "wrong_state",
            Self::MaterialAbsent { .. } => "material_absent",
            Self::WrongUsage { .. } => "wrong_usage",
            Self::WrongSpec { .. } => "wrong_spec",
            Self::WrongAlgorithm { .. } => "wrong_algorithm",
            Self::NoPublicHalf { .. } => "no_public_half",
            Self::SpecUnsupported { .. } => "spec_unsupported",
            Self::NoSuchVersion { .. } => "no_such_version",
            Self::VersionForbidden { .. } => "version_forbidden",
            Self::CiphertextForeign { .. } => "ciphertext_foreign",
            Self::CiphertextInvalid => "ciphertext_invalid",
            Self::SignatureInvalid => "signature_invalid",
            Self::MacInvalid => "mac_invalid",
            Self::MaterialMismatch { .. } => "material_mismatch",
            Self::LimitExceeded(_) => "limit_exceeded",
            Self::Malformed(_) => "malformed",
            Self::Precondition(_) => "precondition",
            Self::DryRun => "dry_run",
            Self::Unsupported { .. } => "unsupported",
            Self::Conflict => "conflict",
            Self::Throttled { .. } => "throttled",
            Self::Sealed => "sealed",
            Self::Uninitialised => "uninitialised",
            Self::AlreadyInitialised => "already_initialised",
            Self::AuditUnavailable { .. } => "audit_unavailable",
            Self::StoreUnavailable { .. } => "store_unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::ProviderUnavailable { .. } => "provider_unavailable",
            Self::Corrupt { .. } => "corrupt",
            Self::Internal => "internal",
        }
    }
}
