//! Answers as bytes. One that carries a secret lives in the arena until the connection has written it.

use bytes::Bytes;
use codec_native::{ErrorBody, ErrorDetail};
use domain::RequestId;
use edge::Response;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use secret::{Exposure, SecretBytes};
use serde::Serialize;

use crate::refused::Refused;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"keystead\"");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A success.
pub(crate) struct Answer {
    status: StatusCode,
    body: Bytes,
}

impl Answer {
    pub(crate) fn ok<T: Serialize>(value: &T) -> Result<Self, Refused> {
        Self::json(StatusCode::OK, value)
    }

    pub(crate) fn created<T: Serialize>(value: &T) -> Result<Self, Refused> {
        Self::json(StatusCode::CREATED, value)
    }

    pub(crate) const fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Bytes::new() }
    }

    /// A value that holds secrets of at most `secret_len` bytes in all.
    pub(crate) fn secret<T: Serialize>(
        status: StatusCode,
        value: &T,
        secret_len: usize,
    ) -> Result<Self, Refused> {
        // Room for base64 and the rest, so that the buffer never moves and leaves a copy behind.
        let mut text = Vec::with_capacity(secret_len.saturating_mul(2).saturating_add(4096));
        let written = serde_json::to_writer(&mut text, value);
        let text = SecretBytes::try_take_vec(text).map_err(|_| Refused::internal())?;
        written.map_err(|_| Refused::internal())?;
        Ok(Self { status, body: Bytes::from_owner(Wiped(text)) })
    }

    fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Self, Refused> {
        let body = serde_json::to_vec(value).map_err(|_| Refused::internal())?;
        Ok(Self { status, body: body.into() })
    }
}

/// A body that is wiped when the last reader lets go of it.
struct Wiped(SecretBytes);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        self.0.expose(Exposure::ReturnToAuthorisedCaller)
    }
}

/// A success as a response.
pub(crate) fn answer(id: RequestId, answer: Answer) -> Response {
    let mut response = Response::new(answer.body);
    *response.status_mut() = answer.status;
    common(response.headers_mut(), id);
    response
}

/// A refusal as a response.
pub(crate) fn refused(id: RequestId, refused: Refused) -> Response {
    let Refused { code, message, details, retry_after, allow } = refused;
    let (request_id, doc) = (id.to_string(), code.doc());
    let detail = ErrorDetail { code: code.word().to_owned(), message, request_id, doc, details };
    let body = serde_json::to_vec(&ErrorBody { error: detail }).unwrap_or_default();
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, BEARER);
    }
    if let Some(millis) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(millis.div_ceil(1000).max(1)));
    }
    if let Some(allow) = allow.and_then(|allow| HeaderValue::try_from(allow).ok()) {
        response.headers_mut().insert(ALLOW, allow);
    }
    common(response.headers_mut(), id);
    response
}

fn common(headers: &mut HeaderMap, id: RequestId) {
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, NO_STORE);
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
}
