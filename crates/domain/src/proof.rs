//! What a client presented, and who it turned out to be. Codecs make proofs; only `access` turns one into a caller.

use std::net::IpAddr;
use std::sync::Arc;

use secret::SecretBytes;

use crate::{AccountId, CredentialId, Dialect, PrincipalId, PrincipalKind, Role, Timestamp};

/// Evidence of identity, as presented. Holds what must be checked, never a verdict.
#[derive(Debug)]
pub enum Proof {
    /// Nothing was presented.
    Anonymous,
    /// A request signed with a shared secret.
    Signature(Box<SignatureProof>),
    /// A token as sent.
    Bearer(SecretBytes),
}

/// A signed request, reduced to what verification needs (AWS Signature Version 4).
#[derive(Debug)]
pub struct SignatureProof {
    /// The public half of the credential.
    pub credential: CredentialId,
    /// What the signing key is derived for.
    pub scope: SignatureScope,
    /// When the client says it signed.
    pub signed_at: Timestamp,
    /// The instant past which a presigned request is void.
    pub expires_at: Option<Timestamp>,
    /// The exact bytes under the signature.
    pub string_to_sign: Vec<u8>,
    /// HMAC-SHA-256 as presented.
    pub signature: [u8; 32],
    /// A session token, if one was sent.
    pub session_token: Option<SecretBytes>,
}

/// The credential scope of a signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignatureScope {
    /// `YYYYMMDD`.
    pub date: String,
    /// The region the client names.
    pub region: String,
    /// The service the client names.
    pub service: String,
}

/// An authenticated caller: who, by what, from where.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub principal: PrincipalId,
    /// Whose.
    pub account: AccountId,
    /// The principal's name, for logs and messages.
    pub name: Arc<str>,
    /// What it is.
    pub kind: PrincipalKind,
    /// Built-in roles.
    pub roles: Arc<[Role]>,
    /// The identity policies in force, opaque here.
    pub policies: CallerPolicies,
    /// By which credential.
    pub credential: CredentialId,
    /// When that credential ends; checked on every request.
    pub expires_at: Option<Timestamp>,
    /// Whether a second factor was shown.
    pub mfa: bool,
    /// From where.
    pub address: Option<IpAddr>,
    /// In which dialect.
    pub via: Dialect,
}

/// The ids of a caller's identity policies, in the order of its record.
pub type CallerPolicies = Arc<[crate::PolicyId]>;
