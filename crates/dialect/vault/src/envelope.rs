//! Responses: the envelope around data, and the list of errors.

use bytes::Bytes;
use domain::RequestId;
use edge::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

/// An error answer: status and texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Errors {
    pub(crate) status: u16,
    pub(crate) texts: Vec<String>,
}

impl Errors {
    pub(crate) fn new(status: u16, text: impl Into<String>) -> Self {
        Self { status, texts: vec![text.into()] }
    }

    /// A status without a word, as a missing key has.
    pub(crate) const fn silent(status: u16) -> Self {
        Self { status, texts: Vec::new() }
    }

    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(400, text)
    }

    pub(crate) fn denied() -> Self {
        Self::new(403, "permission denied")
    }
}

/// What an operation answers.
pub(crate) enum Answer {
    /// Data in the envelope.
    Data(Value),
    /// Data in the envelope under another status (a batch with failures).
    DataWith(u16, Value),
    /// Data already written as JSON, for the hot path and for plaintexts.
    Raw(Vec<u8>),
    /// Nothing.
    Empty,
    /// An object without an envelope (`sys` pages).
    Bare(u16, Value),
}

/// Writes an answer.
pub(crate) fn respond(id: RequestId, answer: Answer) -> Response {
    match answer {
        Answer::Data(data) => json_response(200, enveloped(id, data.to_string().as_bytes())),
        Answer::DataWith(status, data) => json_response(status, enveloped(id, data.to_string().as_bytes())),
        Answer::Raw(data) => json_response(200, enveloped(id, &data)),
        Answer::Empty => status_only(StatusCode::NO_CONTENT),
        Answer::Bare(status, value) => json_response(status, value.to_string().into_bytes()),
    }
}

/// Writes errors.
pub(crate) fn refuse(errors: &Errors) -> Response {
    json_response(errors.status, json!({ "errors": errors.texts }).to_string().into_bytes())
}

/// Leads a client to the clean spelling of its path.
pub(crate) fn elsewhere(to: &str, query: Option<&str>) -> Response {
    let to = query.map_or_else(|| to.to_owned(), |query| format!("{to}?{query}"));
    let mut response = status_only(StatusCode::TEMPORARY_REDIRECT);
    if let Ok(to) = HeaderValue::try_from(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

fn enveloped(id: RequestId, data: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(data.len() + 192);
    body.extend_from_slice(
        format!(
            "{{\"request_id\":\"{id}\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":0,\"data\":"
        )
        .as_bytes(),
    );
    body.extend_from_slice(data);
    body.extend_from_slice(b",\"wrap_info\":null,\"warnings\":null,\"auth\":null}\n");
    body
}

fn json_response(status: u16, body: Vec<u8>) -> Response {
    let mut response = status_only(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = body.into();
    response
}

fn status_only(status: StatusCode) -> Response {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
