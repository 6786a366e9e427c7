//! What KMS says in its own codes, in those of the query protocol (AWS STS API Reference, Common Errors). The fault
//! itself is worded in one place for both (INV-8); services of AWS differ in how they spell what goes wrong before an
//! operation begins.

use crate::wire::WireError;

/// The same error with this protocol's code and status; codes that are of this protocol already stay.
pub(crate) fn of_kms(error: WireError) -> WireError {
    let (status, code) = match error.code {
        "MissingAuthenticationTokenException" => {
            let message = "Request is missing Authentication Token";
            return WireError { status: 403, ..WireError::client("MissingAuthenticationToken", message) };
        }
        "UnrecognizedClientException" => (403, "InvalidClientTokenId"),
        "InvalidSignatureException" => (403, "SignatureDoesNotMatch"),
        "IncompleteSignatureException" => (403, "IncompleteSignature"),
        "ExpiredTokenException" => (403, "ExpiredToken"),
        "AccessDeniedException" => (403, "AccessDenied"),
        "ThrottlingException" => (400, "Throttling"),
        "DependencyTimeoutException" => (503, "ServiceUnavailable"),
        "KMSInternalException" => (500, "InternalFailure"),
        own => (error.status, own),
    };
    WireError { status, code, ..error }
}
