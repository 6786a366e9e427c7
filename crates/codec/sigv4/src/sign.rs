//! The signing side: for our own client, the bench driver, and tests of the reading side.
//!
//! It writes through the same canonical form that the reading side uses; vectors made by other signers
//! (`tests/vectors`) keep both honest.

use crate::canonical::{push_hex, push_request, string_to_sign};
use crate::encode::push_encoded;
use crate::error::SigV4Error;
use crate::head::{Header, RequestHead};
use crate::scope::Scope;
use crate::signed_headers::SignedHeaders;
use crate::timestamp::Timestamp;
use crate::{ALGORITHM, TERMINATOR};
use std::borrow::Cow;

/// Headers that intermediaries change or that carry no meaning; they stay unsigned, as in AWS's SDKs.
const UNSIGNED: [&str; 8] = [
    "authorization",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "connection",
    "expect",
    "transfer-encoding",
    "user-agent",
    "x-amzn-trace-id",
];

/// SHA-256 of a message, brought by the caller.
pub type Sha256<'a> = dyn Fn(&[u8]) -> [u8; 32] + 'a;
/// HMAC-SHA-256 of key and message, brought by the caller.
pub type HmacSha256<'a> = dyn Fn(&[u8], &[u8]) -> [u8; 32] + 'a;

/// Who signs and with what. The signing key is [`crate::signing_key`] of the day, region and service.
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The session token of temporary credentials.
    pub session_token: Option<&'a str>,
    /// Day, region and service; the day must be that of the timestamp.
    pub scope: &'a Scope<'a>,
    /// The derived key.
    pub signing_key: &'a [u8; 32],
    /// SHA-256.
    pub sha256: &'a Sha256<'a>,
    /// HMAC-SHA-256 of key and message.
    pub hmac: &'a HmacSha256<'a>,
}

impl Signer<'_> {
    /// Signs by header. `head` holds every header but those that signing adds, `host` among them.
    /// Returns the headers to add: `x-amz-date`, `x-amz-security-token` if there is a token, `authorization`.
    ///
    /// # Errors
    /// [`SigV4Error`] if the request has no canonical form or no `host`.
    pub fn header(
        &self,
        head: &RequestHead<'_>,
        payload_sha256: &[u8; 32],
        at: &Timestamp,
    ) -> Result<Vec<(&'static str, String)>, SigV4Error> {
        let mut added = vec![("x-amz-date", at.as_str().to_owned())];
        added.extend(self.session_token.map(|token| ("x-amz-security-token", token.to_owned())));
        let lines: Vec<Header<'_>> =
            head.headers.iter().copied().chain(added.iter().map(|(n, v)| (*n, v.as_bytes()))).collect();
        let head = RequestHead { headers: &lines, ..*head };
        let signed = sign_all(head.headers)?;
        let signature = self.signature(&head, &signed, false, payload_sha256, at)?;
        let (credential, list) = (self.credential(), signed.as_str());
        let authorization =
            format!("{ALGORITHM} Credential={credential}, SignedHeaders={list}, Signature={signature}");
        added.push(("authorization", authorization));
        Ok(added)
    }

    /// Signs by query: returns the whole query, signature included. The headers in `head` (`host` among them)
    /// are signed and must be sent with the same values; `expires_secs` is 1 to 604800.
    ///
    /// # Errors
    /// As [`Signer::header`].
    pub fn presigned(
        &self,
        head: &RequestHead<'_>,
        payload_sha256: &[u8; 32],
        at: &Timestamp,
        expires_secs: u32,
    ) -> Result<String, SigV4Error> {
        let signed = sign_all(head.headers)?;
        let mut query = head.query.to_vec();
        let expires = expires_secs.to_string();
        push_param("X-Amz-Algorithm", ALGORITHM, &mut query);
        push_param("X-Amz-Credential", &self.credential(), &mut query);
        push_param("X-Amz-Date", at.as_str(), &mut query);
        push_param("X-Amz-Expires", &expires, &mut query);
        push_param("X-Amz-SignedHeaders", signed.as_str(), &mut query);
        if let Some(token) = self.session_token {
            push_param("X-Amz-Security-Token", token, &mut query);
        }
        let whole = RequestHead { query: &query, ..*head };
        let signature = self.signature(&whole, &signed, true, payload_sha256, at)?;
        push_param("X-Amz-Signature", &signature, &mut query);
        String::from_utf8(query).map_err(|_| SigV4Error::Malformed { what: "the query is not UTF-8" })
    }

    fn signature(
        &self,
        head: &RequestHead<'_>,
        signed: &SignedHeaders<'_>,
        presigned: bool,
        payload_sha256: &[u8; 32],
        at: &Timestamp,
    ) -> Result<String, SigV4Error> {
        head.check()?;
        if self.scope.date != at.day() {
            return Err(SigV4Error::Malformed { what: "the signing key is of another day" });
        }
        let mut bytes = Vec::new();
        push_request(head, signed, presigned, payload_sha256, &mut bytes)?;
        let hash = (self.sha256)(&bytes);
        bytes.clear();
        string_to_sign(at, self.scope, &hash, &mut bytes);
        let signature = (self.hmac)(self.signing_key, &bytes);
        bytes.clear();
        push_hex(&signature, &mut bytes);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn credential(&self) -> String {
        let Scope { date, region, service } = self.scope;
        format!("{}/{date}/{region}/{service}/{TERMINATOR}", self.access_key_id)
    }
}

/// The list of every header that can be signed.
fn sign_all(headers: &[Header<'_>]) -> Result<SignedHeaders<'static>, SigV4Error> {
    let mut names: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.retain(|name| !UNSIGNED.contains(&name.as_str()));
    names.sort_unstable();
    names.dedup();
    SignedHeaders::read(Cow::Owned(names.join(";").into_bytes()))
}

fn push_param(name: &str, value: &str, query: &mut Vec<u8>) {
    if !query.is_empty() {
        query.push(b'&');
    }
    query.extend_from_slice(name.as_bytes());
    query.push(b'=');
    push_encoded(value.as_bytes(), query);
}
