//! Responses: awsJson1.1 with the headers that SDKs read.

use bytes::Bytes;
use domain::RequestId;
use edge::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::wire::WireError;

const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// A success; an empty body where the operation has no answer.
pub(crate) fn ok(id: RequestId, body: Vec<u8>) -> Response {
    respond(id, StatusCode::OK, body.into())
}

/// An error. AccessDenied alone writes `Message` with a capital letter.
pub(crate) fn error(id: RequestId, error: &WireError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let member = if error.code == "AccessDeniedException" { "Message" } else { "message" };
    let body = serde_json::json!({ "__type": error.code, member: error.message });
    respond(id, status, body.to_string().into())
}

fn respond(id: RequestId, status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
