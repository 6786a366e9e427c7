//! The dialect over a stubbed gate: what each request asks, what each answer says, and how hostile requests end.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod golden;
mod hostile;
mod open;
mod stub;

use std::sync::Arc;

use api::Ceremony;
use bytes::Bytes;
use domain::{RequestId, Timestamp};
use edge::{HttpDialect, Request, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};
use keystead_dialect_native::Native;

use stub::{Stub, TOKEN};

fn native(stub: &Arc<Stub>, ceremony: Option<Arc<dyn Ceremony>>) -> Native {
    Native::new(stub.clone(), ceremony.unwrap_or_else(|| Arc::new(open::Keyfile)))
}

/// A request whose target may have a query, with the good token unless told otherwise.
fn request(method: &str, target: &str, body: &str) -> Request {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {TOKEN}")).unwrap());
    Request {
        id: RequestId::random([8; 16]),
        received_at: Timestamp::from_millis(0),
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        path: format!("/keystead/v1/{path}"),
        query: query.map(str::to_owned),
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
        peer: "10.0.0.1".parse().ok(),
    }
}

async fn ask(stub: &Arc<Stub>, request: Request) -> Response {
    native(stub, None).handle(request).await
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

/// The code of an error, after checking that its body is whole.
fn code(response: &Response) -> String {
    let body: codec_native::ErrorBody = serde_json::from_slice(response.body()).unwrap();
    let known = codec_native::Code::from_word(&body.error.code).unwrap();
    assert_eq!(response.status().as_u16(), known.status());
    assert_eq!(body.error.request_id, RequestId::random([8; 16]).to_string());
    assert_eq!(body.error.doc, known.doc());
    body.error.code
}
