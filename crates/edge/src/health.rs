//! The pages that operators and orchestrators read. They tell states, never names or secrets.

use ::http::{HeaderValue, StatusCode, header};
use bytes::Bytes;
use serde_json::json;

use crate::http::Response;
use crate::metrics::Metrics;
use crate::route::OwnPage;

/// Whether requests would be served, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The root of trust is unsealed.
    pub unsealed: bool,
    /// The store answers and takes writes.
    pub store: bool,
    /// The audit log takes records.
    pub audit: bool,
}

impl Readiness {
    fn reasons(self, draining: bool) -> Vec<&'static str> {
        let Self { unsealed, store, audit } = self;
        let checks = [
            (!unsealed, "sealed"),
            (!store, "store_unavailable"),
            (!audit, "audit_unavailable"),
            (draining, "draining"),
        ];
        checks.into_iter().filter_map(|(fails, reason)| fails.then_some(reason)).collect()
    }
}

/// Answers one of the edge's own pages.
pub(crate) fn page(page: OwnPage, readiness: Readiness, draining: bool, metrics: &Metrics) -> Response {
    match page {
        OwnPage::Health => json_response(StatusCode::OK, &json!({ "status": "ok" })),
        OwnPage::Ready => ready(&readiness.reasons(draining)),
        OwnPage::Metrics => {
            let body = Bytes::from(metrics.render());
            respond(
                StatusCode::OK,
                HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
                body,
            )
        }
    }
}

fn ready(reasons: &[&str]) -> Response {
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json_response(status, &json!({ "ready": reasons.is_empty(), "reasons": reasons }))
}

/// The edge's own refusal, where no dialect has come to speak.
pub(crate) fn refusal(status: StatusCode, text: &str) -> Response {
    json_response(status, &json!({ "errors": [text] }))
}

fn json_response(status: StatusCode, body: &serde_json::Value) -> Response {
    respond(status, HeaderValue::from_static("application/json"), Bytes::from(body.to_string()))
}

fn respond(status: StatusCode, kind: HeaderValue, body: Bytes) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_names_every_reason() {
        let cases = [
            (true, true, true, false, 200, r#"{"ready":true,"reasons":[]}"#),
            (false, true, true, false, 503, r#"{"ready":false,"reasons":["sealed"]}"#),
            (true, false, true, false, 503, r#"{"ready":false,"reasons":["store_unavailable"]}"#),
            (true, true, false, true, 503, r#"{"ready":false,"reasons":["audit_unavailable","draining"]}"#),
        ];
        for (unsealed, store, audit, draining, status, body) in cases {
            let readiness = Readiness { unsealed, store, audit };
            let response = page(OwnPage::Ready, readiness, draining, &Metrics::default());
            assert_eq!((response.status().as_u16(), response.body().as_ref()), (status, body.as_bytes()));
            let lives = page(OwnPage::Health, readiness, draining, &Metrics::default());
            assert_eq!(lives.status(), StatusCode::OK);
        }
    }
}
