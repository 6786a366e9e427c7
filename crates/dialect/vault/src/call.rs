//! One request: path to operation, token to proof, answer or fault back to bytes.

use std::sync::Arc;

use api::ops::KeyRef;
use api::{Ceremony, Fault, FaultWhat, Kms, KmsExt, Malformed, Operation, RequestContext};
use async_trait::async_trait;
use domain::{Coordinates, Dialect, Name, Proof, RequestId, Space};
use edge::{HttpDialect, Refusal, Request, Response};
use http::{HeaderMap, Method};
use secret::SecretBytes;

use crate::envelope::{Answer, Errors};
use crate::path::{self, Path};
use crate::sys;
use crate::{envelope, fault, ops, query};

/// The original's default.
const MAX_BODY: usize = 32 * 1024 * 1024;
/// The one mount so far.
pub(crate) const MOUNT: &str = "transit";
/// Longest token that is looked at.
const MAX_TOKEN: usize = 8192;
/// Longest namespace that can lead anywhere, as coordinates are bounded.
const MAX_NAMESPACE: usize = 255;

/// The dialect.
pub struct Vault {
    kms: Arc<dyn Kms>,
    ceremony: Arc<dyn Ceremony>,
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
    /// The dialect over a gate, and over the ceremony that opens it.
    #[must_use]
    pub fn new(kms: Arc<dyn Kms>, ceremony: Arc<dyn Ceremony>) -> Self {
        Self { kms, ceremony }
    }

    async fn answer(&self, request: &Request, segments: &[String]) -> Result<Answer, Errors> {
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        let status = self.ceremony.status();
        if let Some(page) = sys::page(&parts) {
            let namespace = namespace(&request.headers);
            return page.answer(status, request, &namespace);
        }
        let verb = verb(request)?;
        if parts == ["sys", "unseal"] {
            return self.unseal(verb, request).await;
        }
        if status.sealed {
            return Err(fault::word(&FaultWhat::Sealed));
        }
        let exchange = Exchange { kms: &*self.kms, request, path: segments.join("/"), operation: "unknown" };
        if wraps(&request.headers) {
            let text = "response wrapping is not supported by this server yet";
            return Err(exchange.refuse(Errors::bad_request(text)).await);
        }
        if verb == Verb::Write && parts.last().is_some_and(|last| last.is_empty()) {
            let text = "cannot write to a path ending in '/'";
            return Err(exchange.refuse(Errors::bad_request(text)).await);
        }
        ops::dispatch(verb, &parts, exchange).await
    }

    /// What nobody is authenticated for; it concerns the whole server, so only the root namespace has it.
    async fn unseal(&self, verb: Verb, request: &Request) -> Result<Answer, Errors> {
        match verb {
            Verb::Write if namespace(&request.headers).is_empty() => {
                ops::unseal(&*self.ceremony, context(request, "write sys/unseal"), request).await
            }
            Verb::Write => Err(Errors::bad_request("operation unavailable in namespaces")),
            Verb::Read | Verb::List | Verb::Delete => Err(Errors::silent(405)),
        }
    }
}

/// What a request brings along, in the namespace that its headers name.
fn context(request: &Request, operation: &'static str) -> RequestContext {
    RequestContext {
        id: request.id,
        received_at: request.received_at,
        place: Coordinates::new(Dialect::Vault, namespace(&request.headers)),
        operation: operation.into(),
        address: request.peer,
        dry_run: false,
    }
}

/// `LIST` and `GET ?list=true` are one, and so are `PUT` and `POST`.
fn verb(request: &Request) -> Result<Verb, Errors> {
    match request.method {
        Method::GET => match query::value(request.query.as_deref(), "list") {
            None => Ok(Verb::Read),
            Some(list) => match query::truth(&list) {
                Some(true) => Ok(Verb::List),
                Some(false) => Ok(Verb::Read),
                None => Err(Errors::silent(400)),
            },
        },
        Method::POST | Method::PUT => Ok(Verb::Write),
        Method::DELETE => Ok(Verb::Delete),
        _ if request.method.as_str() == "LIST" => Ok(Verb::List),
        _ => Err(Errors::silent(405)),
    }
}

/// Whether the client wants its answer wrapped. Anything but no time at all is a wish.
fn wraps(headers: &HeaderMap) -> bool {
    headers.get("x-vault-wrap-ttl").is_some_and(|ttl| !matches!(ttl.as_bytes(), b"" | b"0" | b"0s"))
}

/// The namespace; the root is empty, and may be spelt `root`. What cannot be read is never the root: it becomes a
/// text that leads nowhere.
fn namespace(headers: &HeaderMap) -> String {
    let Some(given) = headers.get("x-vault-namespace") else { return String::new() };
    match given.to_str().map(|text| text.trim_matches('/')) {
        Ok("root") => String::new(),
        Ok(text) if text.len() <= MAX_NAMESPACE => text.to_owned(),
        Ok(_) | Err(_) => char::REPLACEMENT_CHARACTER.to_string(),
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
        self.refused().await.err().unwrap_or(errors)
    }

    /// Has the gate check the token and record a refusal.
    ///
    /// # Errors
    /// What the gate finds instead: nobody it knows, or no log to record it in.
    pub(crate) async fn refused(&self) -> Result<(), Errors> {
        let what = FaultWhat::Malformed(Malformed::Field {
            field: "request",
            why: "refused before it was an operation",
        });
        let told = self.kms.refuse(self.context(), self.proof(), Fault::new(what.clone())).await;
        if told.what == what { Ok(()) } else { Err(fault::word(&told.what)) }
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

    /// There is such a path, but not with this verb.
    pub(crate) async fn unsupported_operation(&self) -> Errors {
        self.refuse(Errors::new(405, "1 error occurred:\n\t* unsupported operation\n\n")).await
    }

    fn context(&self) -> RequestContext {
        context(self.request, self.operation)
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
            Path::Elsewhere(to) => envelope::elsewhere(&to, request.query.as_deref()),
            Path::Relative => envelope::refuse(&Errors::bad_request("relative paths not supported")),
            Path::Unknown => envelope::refuse(&Errors::silent(404)),
        }
    }

    fn refuse(&self, refusal: Refusal, _: RequestId) -> Response {
        envelope::refuse(&fault::of_edge(refusal))
    }
}
