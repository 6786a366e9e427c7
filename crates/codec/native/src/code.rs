//! Error codes: stable words that programs branch on, each with its HTTP status and its class.

/// What a caller can do about an error; the command line's exit status follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The request is wrong in itself; sending it again is of no use.
    Request,
    /// The caller is not known, or may not.
    Denied,
    /// What was asked for is not there.
    NotFound,
    /// What was asked for is not in a state for it.
    State,
    /// It was not done and may work later.
    Unavailable,
    /// A failure of ours.
    Failure,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, $class:ident, $retry:literal;)*) => {
        /// One error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The code of a word; `None` for one that a newer server made up.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),* }
            }

            /// What a caller can do about it.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),* }
            }

            /// Whether nothing was done and the same request may simply be sent again.
            #[must_use]
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retry),* }
            }
        }
    };
}

codes! {
    /// No token was sent.
    ProofMissing = "proof_missing", 401, Denied, false;
    /// The token is unknown or was taken away.
    CredentialUnknown = "credential_unknown", 401, Denied, false;
    /// The signature or token does not fit.
    ProofInvalid = "proof_invalid", 401, Denied, false;
    /// The credential has expired.
    CredentialExpired = "credential_expired", 401, Denied, false;
    /// Clocks differ too much.
    ClockSkew = "clock_skew", 401, Denied, false;
    /// No such tenant, or none that the caller's account may name.
    PlaceUnknown = "place_unknown", 404, NotFound, false;
    /// Not allowed.
    Denied = "denied", 403, Denied, false;
    /// No such key.
    KeyNotFound = "key_not_found", 404, NotFound, false;
    /// No such name.
    NameNotFound = "name_not_found", 404, NotFound, false;
    /// The name is bound already.
    NameTaken = "name_taken", 409, State, false;
    /// The name is kept for the system.
    NameReserved = "name_reserved", 409, State, false;
    /// No such principal, credential, policy, account or tenant.
    ObjectNotFound = "object_not_found", 404, NotFound, false;
    /// Such an object exists already.
    ObjectExists = "object_exists", 409, State, false;
    /// The key's state does not allow it.
    WrongState = "wrong_state", 409, State, false;
    /// The key's material is not here.
    MaterialAbsent = "material_absent", 409, State, false;
    /// The key is for other uses.
    WrongUsage = "wrong_usage", 400, Request, false;
    /// The operation does not fit the kind of key.
    WrongSpec = "wrong_spec", 400, Request, false;
    /// The kind of key does not serve the algorithm that was named.
    WrongAlgorithm = "wrong_algorithm", 400, Request, false;
    /// Keys of this kind have no public half.
    NoPublicHalf = "no_public_half", 400, Request, false;
    /// No provider makes this kind of key.
    SpecUnsupported = "spec_unsupported", 400, Request, false;
    /// The key has no such version.
    NoSuchVersion = "no_such_version", 404, NotFound, false;
    /// The version is not permitted for this use.
    VersionForbidden = "version_forbidden", 409, State, false;
    /// The ciphertext was made under another key.
    CiphertextForeign = "ciphertext_foreign", 400, Request, false;
    /// The ciphertext does not open.
    CiphertextInvalid = "ciphertext_invalid", 400, Request, false;
    /// The signature does not verify.
    SignatureInvalid = "signature_invalid", 400, Request, false;
    /// The message authentication code does not verify.
    MacInvalid = "mac_invalid", 400, Request, false;
    /// Imported material is not the material that was there.
    MaterialMismatch = "material_mismatch", 400, Request, false;
    /// A bound was passed.
    LimitExceeded = "limit_exceeded", 400, Request, false;
    /// The request is wrong in itself.
    Malformed = "malformed", 400, Request, false;
    /// A rule would be broken.
    Precondition = "precondition", 409, State, false;
    /// It would have been done, but it was only asked what would come of it.
    DryRun = "dry_run", 409, State, false;
    /// Understood and deliberately absent.
    Unsupported = "unsupported", 501, Request, false;
    /// Changed by others at the same time.
    Conflict = "conflict", 409, Unavailable, true;
    /// The share is none of this system's, or was given already.
    ShareRefused = "share_refused", 400, Request, false;
    /// The quota is used up.
    Throttled = "throttled", 429, Unavailable, true;
    /// The system is sealed.
    Sealed = "sealed", 503, Unavailable, false;
    /// The system is not initialised.
    Uninitialised = "uninitialised", 503, Unavailable, false;
    /// The system is initialised already.
    AlreadyInitialised = "already_initialised", 409, State, false;
    /// The audit log cannot be written.
    AuditUnavailable = "audit_unavailable", 503, Unavailable, true;
    /// The store cannot be reached.
    StoreUnavailable = "store_unavailable", 503, Unavailable, true;
    /// It may or may not have happened.
    OutcomeUnknown = "outcome_unknown", 503, Unavailable, false;
    /// A dependency of the key does not answer.
    ProviderUnavailable = "provider_unavailable", 503, Unavailable, true;
    /// What is stored does not open.
    Corrupt = "corrupt", 500, Failure, false;
    /// A bug of ours.
    Internal = "internal", 500, Failure, false;
    /// No operation has this path.
    PathUnknown = "path_unknown", 404, Request, false;
    /// The path has other methods.
    MethodNotAllowed = "method_not_allowed", 405, Request, false;
    /// The body is too large.
    BodyTooLarge = "body_too_large", 413, Request, false;
    /// The body came too slowly.
    BodyTimeout = "body_timeout", 408, Request, false;
    /// Too much is under way.
    Overloaded = "overloaded", 503, Unavailable, true;
    /// The server is stopping.
    Draining = "draining", 503, Unavailable, true;
}

impl Code {
    /// Where the documentation has a section on it, relative to the project.
    #[must_use]
    pub fn doc(self) -> String {
        format!("docs/errors.md#{}", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn a_word_leads_back_to_its_code() {
        for code in Code::ALL {
            assert_eq!(Code::from_word(code.word()), Some(*code));
        }
        assert_eq!(Code::from_word("no such"), None);
    }

    #[test]
    fn only_what_was_surely_not_done_is_retried() {
        assert!(!Code::OutcomeUnknown.is_retryable());
        assert!(!Code::Internal.is_retryable());
        assert!(Code::AuditUnavailable.is_retryable());
    }

    #[test]
    fn every_code_has_its_section_in_the_documentation() {
        let page = include_str!("../../../../docs/errors.md");
        for code in Code::ALL {
            let heading = format!("\n## {}\n", code.word());
            assert_eq!(page.matches(&heading).count(), 1, "{}", code.doc());
        }
        assert_eq!(
            page.matches("\n## ").count(),
            Code::ALL.len(),
            "a section for a code that does not exist"
        );
    }
}
