//! One request: path to operation, token to proof, answer or fault back to bytes.

use std::sync::Arc;

use api::ops::KeyRef;
use api::{Fault, FaultWhat, Kms, KmsExt, Malformed, Operation, RequestContext};
use async_trait::async_trait;
use domain::{Coordinates, Dialect, Name, Proof, RequestId, Space};
use edge::{HttpDialect, Refusal, Request, Response};
use http::Method;
use secret::SecretBytes;

use crate::envelope::{Answer, Errors};
use crate::path::{self, Path};
use crate::sys::{self, StatusSource};
use crate::{envelope, fault, ops};

/// The original's default.
const MAX_BODY: usize = 32 * 1024 * 1024;
/// The one mount so far.
pub(crate) const MOUNT: &str = "transit";
/// Longest token that is looked at.
const MAX_TOKEN: usize = 8192;

/// The dialect.
pub struct Vault {
    kms: Arc<dyn Kms>,
    status: StatusSource,
}

/// Reading, writing, listing, deleting: what verbs come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Read,
    Write,
    List,
    Delete,
}

/// A request inside the dialect.
pub(crate) struct Exchange<'a> {
    kms: &'a dyn Kms,
    pub(crate) request: &'a Request,
    /// The path below `/v1/`, for texts.
    pub(crate) path: String,
    operation: &'static str,
}

impl Vault {
    /// The dialect over a gate.
    #[must_use]
    pub fn new(kms: Arc<dyn Kms>, status: StatusSource) -> Self {
        Self { kms, status }
    }

    async fn answer(&self, request: &Request, segments: &[String]) -> Result<Answer, Errors> {
        let verb = verb(request).ok_or_else(|| Errors::new(405, "unsupported method"))?;
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        let status = (self.status)();
        match (verb, parts.as_slice()) {
            (Verb::Read, ["sys", "health"]) => {
                return Ok(sys::health(
                    status,
                    request.query.as_deref(),
                    &request.method,
                    request.received_at,
                ));
            }
            (Verb::Read, ["sys", "seal-status"]) => return Ok(sys::seal_status(status)),
            (Verb::Read, ["sys", "init"]) => return Ok(sys::init(status)),
            (Verb::Read, ["sys", "leader"]) => return Ok(sys::leader()),
            _ => {}
        }
        if status.sealed {
            return Err(fault::word(&FaultWhat::Sealed));
        }
        let exchange = Exchange { kms: &*self.kms, request, path: segments.join("/"), operation: "unknown" };
        if request.headers.contains_key("x-vault-wrap-ttl") {
            let text = "response wrapping is not supported by this server yet";
            return Err(exchange.refuse(Errors::bad_request(text)).await);
        }
        ops::dispatch(verb, &parts, exchange).await
    }
}

/// `LIST` and `GET ?list=true` are one, and so are `PUT` and `POST`.
fn verb(request: &Request) -> Option<Verb> {
    let listing = request.query.as_deref().is_some_and(|q| q.split('&').any(|pair| pair == "list=true"));
    match request.method {
        Method::GET if listing => Some(Verb::List),
        Method::GET | Method::HEAD => Some(Verb::Read),
        Method::POST | Method::PUT => Some(Verb::Write),
        Method::DELETE => Some(Verb::Delete),
        _ if request.method.as_str() == "LIST" => Some(Verb::List),
        _ => None,
    }
}

impl Exchange<'_> {
    /// Names the operation, for the audit log.
    pub(crate) const fn named(mut self, operation: &'static str) -> Self {
        self.operation = operation;
        self
    }

    /// Runs one operation. A request may run several (encrypting makes the key if it may): each is decided and
    /// recorded for itself.
    pub(crate) async fn run<O: Operation>(&self, op: O) -> Result<O::Output, Fault> {
        self.kms.run(self.context(), self.proof(), op).await
    }

    /// Refuses a request that is wrong in itself. The gate checks the token first and records the refusal; what it
    /// finds is graver than what was found here.
    pub(crate) async fn refuse(&self, errors: Errors) -> Errors {
        let what = FaultWhat::Malformed(Malformed::Field {
            field: "request",
            why: "refused before it was an operation",
        });
        let told = self.kms.refuse(self.context(), self.proof(), Fault::new(what.clone())).await;
        if told.what == what { errors } else { fault::word(&told.what) }
    }

    /// There is nothing at this path.
    pub(crate) async fn no_route(&self) -> Errors {
        let text = format!("no handler for route \"{}\". route entry not found.", self.path);
        self.refuse(Errors::new(404, text)).await
    }

    /// There is a mount, but not this path in it.
    pub(crate) async fn unsupported_path(&self) -> Errors {
        self.refuse(Errors::new(404, "1 error occurred:\n\t* unsupported path\n\n")).await
    }

    fn context(&self) -> RequestContext {
        let namespace =
            self.request.headers.get("x-vault-namespace").and_then(|v| v.to_str().ok()).unwrap_or_default();
        RequestContext {
            id: self.request.id,
            received_at: self.request.received_at,
            place: Coordinates::new(Dialect::Vault, namespace.trim_matches('/')),
            operation: self.operation.into(),
            address: self.request.peer,
        }
    }

    fn proof(&self) -> Proof {
        let headers = &self.request.headers;
        let bearer = || {
            let header = headers.get("authorization")?.as_bytes();
            header.strip_prefix(b"Bearer ")
        };
        let token = headers.get("x-vault-token").map(|v| v.as_bytes()).or_else(bearer).unwrap_or_default();
        match SecretBytes::try_build(token.len(), |to| to.copy_from_slice(token)) {
            Ok((secret, ())) if (1..=MAX_TOKEN).contains(&token.len()) => Proof::Bearer(secret),
            _ => Proof::Anonymous,
        }
    }
}

/// A key by its name in the mount, or by its id.
pub(crate) fn key_ref(name: &str) -> Option<(Name, KeyRef)> {
    let name = Name::new(Space::Vault { mount: MOUNT.to_owned() }, name).ok()?;
    let id = name.text().parse().ok();
    Some((name.clone(), KeyRef::NameOrId(name, id)))
}

#[async_trait]
impl HttpDialect for Vault {
    fn dialect(&self) -> Dialect {
        Dialect::Vault
    }

    fn max_body(&self) -> usize {
        MAX_BODY
    }

    async fn handle(&self, request: Request) -> Response {
        match path::read(&request.path) {
            Path::Segments(segments) => match self.answer(&request, &segments).await {
                Ok(answer) => envelope::respond(request.id, answer),
                Err(errors) => envelope::refuse(&errors),
            },
            Path::Elsewhere(to) => envelope::elsewhere(&to),
            Path::Relative => envelope::refuse(&Errors::bad_request("relative paths not supported")),
            Path::Unknown => envelope::refuse(&Errors::silent(404)),
        }
    }

    fn refuse(&self, refusal: Refusal, _: RequestId) -> Response {
        envelope::refuse(&fault::of_edge(refusal))
    }
}
