//! What a request presents as proof, read from its head in either form: header or presigned query.
//!
//! The checks stand in the order in which AWS answers them, so that a client sees the error it knows.

use crate::ALGORITHM;
use crate::authorization::Authorization;
use crate::clock::{check_clock, check_clock_presigned};
use crate::error::{SigV4Error, shown};
use crate::head::{RequestHead, trim, within};
use crate::limits::{MAX_EXPIRES_SECS, MAX_TOKEN_BYTES};
use crate::query::AuthParams;
use crate::scope::{Scope, read_credential};
use crate::signed_headers::SignedHeaders;
use crate::timestamp::Timestamp;
use std::borrow::Cow;
use std::fmt;

/// Where the signature stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In the `Authorization` header.
    Header,
    /// In the query.
    Presigned {
        /// How long it lives, 1 to 604800 seconds; without it the ordinary window holds.
        expires_secs: Option<u32>,
    },
}

/// What is asked of a signature beyond the rules that always hold. There is no default: each dialect says
/// which it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A `content-type` that was sent must be signed.
    pub signed_content_type: bool,
}

impl Rules {
    /// As AWS has it: `content-type` may go unsigned, because the SDKs for PHP and for JavaScript (2) never
    /// sign it. Only for a dialect that gives the header no meaning: it can be exchanged on the way.
    pub const LIKE_AWS: Self = Self { signed_content_type: false };
    /// Everything that steers the request is signed.
    pub const STRICT: Self = Self { signed_content_type: true };
}

/// A signature as presented: read, well-formed, and *not yet verified*.
#[derive(Clone)]
pub struct Presented<'a> {
    pub(crate) head: RequestHead<'a>,
    /// Header or query.
    pub form: Form,
    /// Whose key signed.
    pub access_key_id: Cow<'a, str>,
    /// What the signature is good for; its day is that of [`Presented::timestamp`].
    pub scope: Scope<'a>,
    /// Which headers it covers.
    pub signed_headers: SignedHeaders<'a>,
    /// The signature itself.
    pub signature: [u8; 32],
    /// When it was made, by the signer's clock.
    pub timestamp: Timestamp,
    /// The session token, if any; in the clear and unverified.
    pub session_token: Option<Cow<'a, [u8]>>,
    /// What the client says the body hashes to.
    pub(crate) claimed_content: Option<[u8; 32]>,
}

/// Reads the signature of a request.
///
/// # Errors
/// See [`SigV4Error`]; nothing is hashed and no key is needed to refuse.
pub fn parse<'a>(head: &RequestHead<'a>, rules: Rules) -> Result<Presented<'a>, SigV4Error> {
    head.check()?;
    let lines = Lines::gather(head)?;
    let mut params = AuthParams::read(head.query)?;
    let presented = match (lines.authorization, params.first_present()) {
        (Some(_), Some(name)) => return Err(found_both(name)),
        (Some(authorization), None) => from_header(head, &lines, authorization)?,
        (None, Some("X-Amz-Algorithm")) => from_query(head, &lines, params)?,
        (None, _) => return Err(SigV4Error::MissingAuthenticationToken),
    };
    presented.signed_headers.check_cover(head, rules.signed_content_type)?;
    Ok(presented)
}

impl Presented<'_> {
    /// Refuses a signature that is stale or from the future; `window_secs` is 300 at AWS KMS.
    ///
    /// # Errors
    /// As [`check_clock`].
    pub fn check_clock(&self, now_unix: i64, window_secs: u32) -> Result<(), SigV4Error> {
        match self.form {
            Form::Presigned { expires_secs: Some(expires) } => {
                check_clock_presigned(&self.timestamp, now_unix, window_secs, expires)
            }
            Form::Header | Form::Presigned { expires_secs: None } => {
                check_clock(&self.timestamp, now_unix, window_secs)
            }
        }
    }

    /// Refuses a signature made for another service or for a region that is not served.
    ///
    /// # Errors
    /// As [`Scope::check`].
    pub fn check_scope(&self, service: &str, served: impl FnOnce(&str) -> bool) -> Result<(), SigV4Error> {
        self.scope.check(service, served)
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("form", &self.form)
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope)
            .field("signed_headers", &self.signed_headers.as_str())
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

fn from_header<'a>(
    head: &RequestHead<'a>,
    lines: &Lines<'a>,
    authorization: &'a [u8],
) -> Result<Presented<'a>, SigV4Error> {
    let dated = lines.amz_date.or(lines.date);
    let parts = Authorization::split(authorization, dated.is_some())?;
    let timestamp = lines.timestamp()?;
    let signed_headers = SignedHeaders::read(Cow::Borrowed(parts.signed_headers.as_bytes()))?;
    if lines.amz_date.is_none() && !signed_headers.contains("date") {
        return Err(SigV4Error::unsigned("date"));
    }
    check_algorithm(parts.algorithm.as_bytes())?;
    let (access_key_id, scope) = read_credential(Cow::Borrowed(parts.credential.as_bytes()), &timestamp)?;
    Ok(Presented {
        head: *head,
        form: Form::Header,
        access_key_id,
        scope,
        signed_headers,
        signature: lower_hex(parts.signature.as_bytes()).ok_or(SigV4Error::SignatureMismatch)?,
        timestamp,
        session_token: bounded(lines.token.map(|token| Cow::Borrowed(trim(token))))?,
        claimed_content: lines.claimed_content()?,
    })
}

fn from_query<'a>(
    head: &RequestHead<'a>,
    lines: &Lines<'a>,
    mut params: AuthParams<'a>,
) -> Result<Presented<'a>, SigV4Error> {
    params.check_complete()?;
    for (name, line) in [("X-Amz-Date", lines.amz_date), ("X-Amz-Security-Token", lines.token)] {
        if line.is_some() {
            return Err(SigV4Error::invalid(format!(
                "'{name}' must not be an HTTP header of a presigned request."
            )));
        }
    }
    let date = params.date.unwrap_or_default();
    let timestamp = Timestamp::parse_basic(&date).ok_or_else(|| bad_date(&date))?;
    let expires_secs = params.expires.as_deref().map(read_expires).transpose()?;
    let signed_headers = SignedHeaders::read(params.signed_headers.unwrap_or_default())?;
    check_algorithm(&params.algorithm.unwrap_or_default())?;
    let (access_key_id, scope) = read_credential(params.credential.unwrap_or_default(), &timestamp)?;
    let signature = params.signature.unwrap_or_default();
    Ok(Presented {
        head: *head,
        form: Form::Presigned { expires_secs },
        access_key_id,
        scope,
        signed_headers,
        signature: lower_hex(&signature).ok_or(SigV4Error::SignatureMismatch)?,
        timestamp,
        session_token: bounded(params.token)?,
        claimed_content: lines.claimed_content()?,
    })
}

/// The header lines that mean something to us. Each may stand once: of two, we might read the one and the
/// room that acts on it the other.
#[derive(Default)]
struct Lines<'a> {
    authorization: Option<&'a [u8]>,
    amz_date: Option<&'a [u8]>,
    date: Option<&'a [u8]>,
    token: Option<&'a [u8]>,
    content: Option<&'a [u8]>,
    target: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    content_type: Option<&'a [u8]>,
}

impl<'a> Lines<'a> {
    fn gather(head: &RequestHead<'a>) -> Result<Self, SigV4Error> {
        let mut lines = Self::default();
        for (name, value) in head.headers {
            if lines.slot(name).is_some_and(|slot| slot.replace(value).is_some()) {
                let name = name.to_ascii_lowercase();
                return Err(SigV4Error::invalid(format!(
                    "'{name}' stands more than once among the HTTP headers."
                )));
            }
        }
        Ok(lines)
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<&'a [u8]>> {
        let known: [(&str, &mut Option<&'a [u8]>); 8] = [
            ("authorization", &mut self.authorization),
            ("x-amz-date", &mut self.amz_date),
            ("date", &mut self.date),
            ("x-amz-security-token", &mut self.token),
            ("x-amz-content-sha256", &mut self.content),
            ("x-amz-target", &mut self.target),
            ("host", &mut self.host),
            ("content-type", &mut self.content_type),
        ];
        known.into_iter().find(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, slot)| slot)
    }

    /// `x-amz-date` rules; without it `Date` counts, in the HTTP form or in the basic one.
    fn timestamp(&self) -> Result<Timestamp, SigV4Error> {
        let line = trim(self.amz_date.or(self.date).unwrap_or_default());
        let http = || Timestamp::parse_http(line).filter(|_| self.amz_date.is_none());
        Timestamp::parse_basic(line).or_else(http).ok_or_else(|| bad_date(line))
    }

    /// The body hash that the client claims; modes that leave the body unsigned are refused.
    fn claimed_content(&self) -> Result<Option<[u8; 32]>, SigV4Error> {
        let Some(line) = self.content else { return Ok(None) };
        let refused = || {
            SigV4Error::invalid(
                "'x-amz-content-sha256' must be the SHA-256 of the body in lower-case hex; unsigned and \
                 streaming payloads are not accepted by this service.",
            )
        };
        lower_hex(trim(line)).map(Some).ok_or_else(refused)
    }
}

fn found_both(name: &str) -> SigV4Error {
    SigV4Error::invalid(format!(
        "Found both '{name}' as a query-string param and 'Authorization' as HTTP header."
    ))
}

fn bad_date(date: &[u8]) -> SigV4Error {
    SigV4Error::incomplete(format!(
        "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
        shown(date)
    ))
}

fn check_algorithm(algorithm: &[u8]) -> Result<(), SigV4Error> {
    if algorithm == ALGORITHM.as_bytes() {
        return Ok(());
    }
    let shown = shown(algorithm);
    Err(SigV4Error::incomplete(format!(
        "Unsupported AWS 'algorithm': '{shown}' (only {ALGORITHM} for now). "
    )))
}

fn read_expires(text: &[u8]) -> Result<u32, SigV4Error> {
    let digits = (1..=10).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(text).ok().filter(|_| digits).and_then(|t| t.parse::<u32>().ok());
    match number {
        Some(secs @ 1..=MAX_EXPIRES_SECS) => Ok(secs),
        Some(0) => Err(SigV4Error::incomplete("X-Amz-Expires must be at least 1 second")),
        Some(_) => Err(SigV4Error::incomplete(format!(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
             than {MAX_EXPIRES_SECS} seconds"
        ))),
        None => Err(SigV4Error::incomplete("X-Amz-Expires should be a number")),
    }
}

fn bounded(token: Option<Cow<'_, [u8]>>) -> Result<Option<Cow<'_, [u8]>>, SigV4Error> {
    within("session token", token.as_deref().map_or(0, <[u8]>::len), MAX_TOKEN_BYTES)?;
    Ok(token)
}

/// 32 bytes in hex as AWS writes it; upper case is another string, and so another signature.
fn lower_hex(text: &[u8]) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let lower = !text.iter().any(u8::is_ascii_uppercase);
    hex::decode_to_slice(text, &mut bytes).ok().filter(|()| lower).map(|()| bytes)
}
