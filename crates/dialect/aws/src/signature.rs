//! From a signed request to the proof that the gate checks. Nothing is verified here but form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codec_sigv4::{Form, Presented, RequestHead, Rules, SigV4Error};
use domain::{CredentialId, Proof, SignatureProof, SignatureScope, Timestamp};
use edge::Request;
use secret::SecretBytes;

use crate::Sha256;
use crate::wire::WireError;

/// A signed request's proof and the region it was signed for.
pub(crate) struct Signed {
    pub(crate) proof: Proof,
    pub(crate) region: String,
}

/// Reads the signature in either form; its scope must carry the service's name.
pub(crate) fn read(request: &Request, service: &str, sha256: &Sha256) -> Result<Signed, WireError> {
    let headers: Vec<_> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let head = RequestHead {
        method: request.method.as_str(),
        path: request.path.as_bytes(),
        query: request.query.as_deref().unwrap_or_default().as_bytes(),
        headers: &headers,
    };
    let worded = |e: SigV4Error| word(&e, request, sha256);
    let presented = codec_sigv4::parse(&head, Rules::LIKE_AWS).map_err(worded)?;
    presented.check_scope(service, is_region).map_err(worded)?;
    let mut canonical = Vec::with_capacity(512);
    codec_sigv4::canonical_request(&presented, &sha256(&[&request.body]), &mut canonical).map_err(worded)?;
    let mut string_to_sign = Vec::with_capacity(160);
    codec_sigv4::string_to_sign(
        &presented.timestamp,
        &presented.scope,
        &sha256(&[&canonical]),
        &mut string_to_sign,
    );
    proof(&presented, string_to_sign)
}

fn proof(presented: &Presented<'_>, string_to_sign: Vec<u8>) -> Result<Signed, WireError> {
    let signed_at = Timestamp::from_millis(presented.timestamp.unix().saturating_mul(1000));
    let expires_at = match presented.form {
        Form::Presigned { expires_secs } => expires_secs.map(|s| signed_at.plus_seconds(i64::from(s))),
        Form::Header => None,
    };
    let unknown = |_| WireError::client("UnrecognizedClientException", crate::fault::UNRECOGNISED);
    let token = presented.session_token.as_ref().map(|t| SecretBytes::try_take_vec(t.to_vec()));
    let scope = &presented.scope;
    let proof = SignatureProof {
        credential: CredentialId::new(&presented.access_key_id).map_err(unknown)?,
        scope: SignatureScope {
            date: scope.date.clone().into_owned(),
            region: scope.region.clone().into_owned(),
            service: scope.service.clone().into_owned(),
        },
        signed_at,
        expires_at,
        string_to_sign,
        signature: presented.signature,
        session_token: token.transpose().map_err(|_| WireError::internal())?,
    };
    Ok(Signed { region: proof.scope.region.clone(), proof: Proof::Signature(Box::new(proof)) })
}

/// What can be a region's name; whether we serve it is known after authentication only.
fn is_region(region: &str) -> bool {
    (1..=32).contains(&region.len())
        && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The codec's error in KMS's own codes.
fn word(error: &SigV4Error, request: &Request, sha256: &Sha256) -> WireError {
    let code = match error {
        SigV4Error::MissingAuthenticationToken => {
            return WireError::client("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        SigV4Error::IncompleteAuthorization(_) | SigV4Error::Incomplete { .. } => {
            "IncompleteSignatureException"
        }
        SigV4Error::InvalidSignature { .. }
        | SigV4Error::SignatureMismatch
        | SigV4Error::ContentHashMismatch
        | SigV4Error::Malformed { .. }
        | SigV4Error::TooLarge { .. } => "InvalidSignatureException",
    };
    let fingerprint = || {
        let header = request.headers.get("authorization").map(|v| v.as_bytes()).unwrap_or_default();
        STANDARD.encode(sha256(&[header]))
    };
    WireError::client(code, error.text(fingerprint).into_owned())
}
