//! Requests as SDKs send them (their signatures are of the right form; only the gate would compare them), and answers.

use std::sync::Arc;

use api::Command;
use bytes::Bytes;
use domain::{RequestId, Timestamp};
use edge::{HttpDialect as _, Request};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keystead_dialect_aws::Aws;
use testkit::stub_kms::{Asked, Call, StubKms};

pub(crate) const SCOPE: &str = "AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request";
const SIGNATURE: &str = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

/// The dialect, its gate, and whatever runs futures.
pub(crate) struct Bench {
    pub(crate) kms: Arc<StubKms>,
    aws: Aws,
    runtime: tokio::runtime::Runtime,
}

/// An answer as a client sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// Code and text of an error.
    pub(crate) fn error(&self) -> (String, String) {
        let error: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        let member = |name: &str| error[name].as_str().map(str::to_owned);
        (member("__type").unwrap(), member("message").or(member("Message")).unwrap())
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let kms = Arc::new(StubKms::default());
        // Not SHA-256: what it must be is the composition root's affair; here it must only depend on every byte.
        let aws = Aws::new(kms.clone(), Arc::new(digest));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { kms, aws, runtime }
    }

    pub(crate) fn send(&self, request: Request) -> Answer {
        self.send_for(request, "application/x-amz-json-1.1")
    }

    /// A request of the query protocol, whose answers are XML.
    pub(crate) fn send_query(&self, request: Request) -> Answer {
        self.send_for(request, "text/xml")
    }

    fn send_for(&self, request: Request, content_type: &str) -> Answer {
        let id = request.id.to_string();
        let response = self.runtime.block_on(self.aws.handle(request));
        let headers = response.headers();
        assert_eq!(headers["content-type"], content_type);
        assert_eq!(headers["x-amzn-requestid"], *id);
        assert!(!headers.contains_key("transfer-encoding"));
        let body = String::from_utf8(response.body().to_vec()).unwrap();
        Answer { status: response.status().as_u16(), body }
    }

    pub(crate) fn post(&self, operation: &str, body: impl Into<Bytes>) -> Answer {
        self.send(request(&format!("TrentService.{operation}"), body))
    }

    /// The one call that went through the seam.
    pub(crate) fn only_call(&self) -> Call {
        let mut calls = self.kms.take_calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.remove(0)
    }

    pub(crate) fn only_command(&self) -> Command {
        match self.only_call().asked {
            Asked::Command(command) => command,
            Asked::Refusal(what) => panic!("refused: {what:?}"),
        }
    }

    /// The code and text of a request that must be refused, once, through the gate's own refusal.
    pub(crate) fn refused(&self, operation: &str, body: impl Into<Bytes>) -> (String, String) {
        let answer = self.post(operation, body);
        assert_eq!(answer.status, 400, "{answer:?}");
        let call = self.only_call();
        assert!(matches!(call.asked, Asked::Refusal(_)), "{call:?}");
        answer.error()
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut sum = [0x5a_u8; 32];
    for (place, byte) in parts.iter().copied().flatten().enumerate() {
        sum[place % 32] = sum[place % 32].rotate_left(3) ^ byte;
    }
    sum
}

pub(crate) fn request(target: &str, body: impl Into<Bytes>) -> Request {
    let signed = "content-type;host;x-amz-date;x-amz-target";
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders={signed}, Signature={SIGNATURE}");
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "127.0.0.1:8200"),
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-date", "20150830T123600Z"),
        ("x-amz-target", target),
        ("authorization", authorization.as_str()),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    Request {
        id: RequestId::at(Timestamp::from_millis(1_440_938_160_000), [7; 10]),
        received_at: Timestamp::from_millis(1_440_938_160_000),
        method: Method::POST,
        path: "/".to_owned(),
        query: None,
        headers,
        body: body.into(),
        peer: None,
    }
}

/// The same request, presigned.
pub(crate) fn presigned(target: &str, body: impl Into<Bytes>, expires: &str) -> Request {
    let mut request = request(target, body);
    request.headers.remove("authorization");
    request.headers.remove("x-amz-date");
    let scope = SCOPE.replace('/', "%2F");
    request.query = Some(format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Date=20150830T123600Z\
         &X-Amz-Expires={expires}&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-target\
         &X-Amz-Signature={SIGNATURE}"
    ));
    request
}
