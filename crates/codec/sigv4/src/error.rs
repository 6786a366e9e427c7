//! Why a signature cannot be read or is refused, in the words that AWS uses where AWS has words.
//!
//! The texts are AWS's own because clients and operators search for them; that is why they keep its capitals
//! and full stops. No text repeats the `Authorization` header: like AWS today, a fingerprint stands for it.

use std::borrow::Cow;
use std::fmt;

/// Why a request's signature is refused. [`SigV4Error::text`] is what the client reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigV4Error {
    /// No signature at all (`MissingAuthenticationTokenException`).
    MissingAuthenticationToken,
    /// The `Authorization` header cannot be read (`IncompleteSignatureException`).
    IncompleteAuthorization(AuthorizationFault),
    /// Another part is missing or malformed (`IncompleteSignatureException`).
    Incomplete {
        /// AWS's text.
        text: String,
    },
    /// The signature is refused by a rule: scope, clock, signed headers (`InvalidSignatureException`).
    InvalidSignature {
        /// AWS's text where it has one.
        text: String,
    },
    /// The signature is not the one computed, or cannot be one (`InvalidSignatureException`).
    SignatureMismatch,
    /// `x-amz-content-sha256` is not the hash of the body (`InvalidSignatureException` at KMS).
    ContentHashMismatch,
    /// The request is not one that can be put in canonical form (`InvalidSignatureException` at KMS).
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A part is over its bound; nothing of it was read.
    TooLarge {
        /// The part.
        what: &'static str,
        /// Its bound, in bytes or in elements.
        limit: usize,
    },
}

/// What is wrong with an `Authorization` header. AWS ends these texts with the header's fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationFault {
    /// An element has no equal sign.
    NotAPair,
    /// The header starts with a parameter instead of the algorithm.
    NoAlgorithm,
    /// A parameter stands more than once.
    Duplicate(&'static str),
    /// Parameters, or the date that goes with them, are missing.
    Missing {
        /// `Credential` is missing.
        credential: bool,
        /// `Signature` is missing.
        signature: bool,
        /// `SignedHeaders` is missing.
        signed_headers: bool,
        /// Neither `X-Amz-Date` nor `Date` was sent.
        date: bool,
    },
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check \
     your AWS Secret Access Key and signing method. Consult the service documentation for details.";

impl SigV4Error {
    /// The text for the client. `fingerprint` gives the base64 of the SHA-256 of the `Authorization` header
    /// as received; it is asked for only where AWS's text ends with it.
    pub fn text(&self, fingerprint: impl FnOnce() -> String) -> Cow<'_, str> {
        match self {
            Self::MissingAuthenticationToken => Cow::Borrowed("Request is missing Authentication Token"),
            Self::IncompleteAuthorization(fault) => Cow::Owned(fault.text(&fingerprint())),
            Self::Incomplete { text } | Self::InvalidSignature { text } => Cow::Borrowed(text),
            Self::SignatureMismatch => Cow::Borrowed(MISMATCH),
            Self::ContentHashMismatch => {
                Cow::Borrowed("The provided 'x-amz-content-sha256' header does not match what was computed.")
            }
            Self::Malformed { what } => Cow::Borrowed(what),
            Self::TooLarge { what, limit } => Cow::Owned(format!("{what} over the limit of {limit}")),
        }
    }

    pub(crate) fn incomplete(text: impl Into<String>) -> Self {
        Self::Incomplete { text: text.into() }
    }

    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self::InvalidSignature { text: text.into() }
    }

    pub(crate) fn unsigned(name: &str) -> Self {
        Self::invalid(format!("'{name}' must be a 'SignedHeader' in the AWS Authorization."))
    }
}

impl AuthorizationFault {
    fn text(self, fingerprint: &str) -> String {
        const HASHED: &str = "(Hashed with SHA-256 and encoded with Base64) Authorization=";
        match self {
            Self::NotAPair => format!(
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and \
                 encoded with Base64): '{fingerprint}'."
            ),
            Self::NoAlgorithm => format!(
                "Authorization header must begin with the algorithm name, which cannot include an equal-sign. \
                 {HASHED}{fingerprint}"
            ),
            Self::Duplicate(name) => {
                format!("Authorization header has more than one '{name}' parameter. {HASHED}{fingerprint}")
            }
            Self::Missing { .. } => format!("{}{HASHED}{fingerprint}", self.missing()),
        }
    }

    /// One sentence for each thing that is missing, in AWS's order.
    fn missing(self) -> String {
        let Self::Missing { credential, signature, signed_headers, date } = self else {
            return String::new();
        };
        let named = [(credential, "Credential"), (signature, "Signature"), (signed_headers, "SignedHeaders")];
        let mut text: String = named
            .iter()
            .filter(|(missing, _)| *missing)
            .map(|(_, name)| format!("Authorization header requires '{name}' parameter. "))
            .collect();
        if date {
            text.push_str(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
            );
        }
        text
    }
}

impl fmt::Display for SigV4Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(|| "(withheld)".to_owned()))
    }
}

impl std::error::Error for SigV4Error {}

/// User input for a text: at most 128 bytes of it, and nothing that is not UTF-8.
pub(crate) fn shown(input: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(input.get(..128).unwrap_or(input))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_parameter_is_named_in_the_order_of_aws() {
        let fault = AuthorizationFault::Missing {
            credential: true,
            signature: true,
            signed_headers: true,
            date: true,
        };
        assert_eq!(
            SigV4Error::IncompleteAuthorization(fault).text(|| "abc=".into()),
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
             parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires \
             existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with \
             Base64) Authorization=abc="
        );
    }

    #[test]
    fn an_element_that_is_no_pair_shows_only_a_fingerprint() {
        assert_eq!(
            SigV4Error::IncompleteAuthorization(AuthorizationFault::NotAPair).text(|| "abc=".into()),
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and \
             encoded with Base64): 'abc='."
        );
    }

    #[test]
    fn shown_input_is_bounded() {
        assert_eq!(shown(&[b'a'; 4096]).len(), 128);
        assert_eq!(shown(b"short"), "short");
    }
}
