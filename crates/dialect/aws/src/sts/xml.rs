//! Responses of the query protocol.

use std::fmt::Write as _;

use bytes::Bytes;
use domain::RequestId;
use edge::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::wire::WireError;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const XML: HeaderValue = HeaderValue::from_static("text/xml");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// A success of an operation with the elements of its result.
pub(super) fn ok(id: RequestId, action: &str, result: &[u8]) -> Response {
    let result = String::from_utf8_lossy(result);
    let body = format!(
        "<{action}Response xmlns=\"{NAMESPACE}\">\n  <{action}Result>\n{result}  </{action}Result>\n  \
         <ResponseMetadata>\n    <RequestId>{id}</RequestId>\n  </ResponseMetadata>\n</{action}Response>\n"
    );
    respond(id, StatusCode::OK, body)
}

/// An error, and whose it is.
pub(super) fn error(id: RequestId, error: &WireError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let whose = if status.is_server_error() { "Receiver" } else { "Sender" };
    let mut inner = element("Type", whose);
    inner.push_str(&element("Code", error.code));
    inner.push_str(&element("Message", &error.message));
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">\n  <Error>\n{inner}  </Error>\n  <RequestId>{id}</RequestId>\n\
         </ErrorResponse>\n"
    );
    respond(id, status, body)
}

/// One element with a text, as it stands in a result or an error.
pub(super) fn element(name: &str, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // What XML 1.0 has no way to say at all.
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    let mut line = String::new();
    let _ = writeln!(line, "    <{name}>{escaped}</{name}>");
    line
}

fn respond(id: RequestId, status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, XML);
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
