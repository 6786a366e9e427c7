//! The dialect: from a request to its operation.

use std::sync::Arc;

use api::{Ceremony, Kms, RequestContext};
use async_trait::async_trait;
use codec_native::{Code, Query};
use domain::{Dialect, Proof, RequestId};
use edge::{HttpDialect, Refusal, Request, Response};
use http::header::AUTHORIZATION;
use secret::SecretBytes;

use crate::exchange::{Asked, DEFAULT_TENANT, Exchange, place};
use crate::operations::{NoRoute, Op, OperationRow, Routed, route};
use crate::refused::Refused;
use crate::reply::Answer;
use crate::{fault, ops, reply};

/// Most bytes of a body: the largest policy or plaintext with room for the rest.
pub(crate) const MAX_BODY: usize = 256 * 1024;
/// Most bytes of a token; ours have 56.
const MAX_TOKEN: usize = 512;

/// Keystead's own API.
pub struct Native {
    kms: Arc<dyn Kms>,
    ceremony: Arc<dyn Ceremony>,
}

impl Native {
    /// The dialect over a gate, and over the ceremony that opens it.
    #[must_use]
    pub fn new(kms: Arc<dyn Kms>, ceremony: Arc<dyn Ceremony>) -> Self {
        Self { kms, ceremony }
    }

    async fn answer(&self, request: &Request) -> Result<Answer, Refused> {
        let routed = route(&request.method, &request.path);
        if let Ok(Routed { row, .. }) = &routed
            && let Some(answer) = self.open(row, request).await
        {
            return answer;
        }
        let (row, captures) = match routed {
            Ok(Routed { row, captures }) => (Ok(row), captures),
            Err(none) => (Err(unrouted(none)), Vec::new()),
        };
        let name = row.as_ref().map_or("unknown", |row| row.name);
        let tenant = row.as_ref().ok().and_then(|row| tenant(row, &captures)).unwrap_or(DEFAULT_TENANT);
        let placed = place(tenant);
        let (proof, proof_fault) = proof(request);
        let exchange = Exchange {
            kms: &*self.kms,
            context: context(request, name, placed.as_ref().ok()),
            proof,
            captures: &captures,
            query: request.query.as_deref(),
            body: &request.body,
        };
        match (row, placed.err().or(proof_fault)) {
            (_, Some(refused)) | (Err(refused), None) => Err(exchange.refuse(refused).await),
            (Ok(row), None) => ops::dispatch(row.op, exchange).await,
        }
    }

    /// What nobody is authenticated for: it tells the seal's status, or the proof is a custodian's share.
    async fn open(&self, row: &OperationRow, request: &Request) -> Option<Result<Answer, Refused>> {
        if !matches!(row.op, Op::Status | Op::Unseal | Op::ResetUnseal | Op::Init) {
            return None;
        }
        let query = match Query::parse(request.query.as_deref(), &[]) {
            Ok(query) => query,
            Err(bad) => return Some(Err(bad.into())),
        };
        let asked = Asked { captures: &[], query, body: &request.body };
        let (ceremony, context) = (&*self.ceremony, context(request, row.name, None));
        Some(match row.op {
            Op::Status => ops::status(ceremony),
            Op::Unseal => ops::unseal(ceremony, context, &asked).await,
            Op::ResetUnseal => ops::reset_unseal(ceremony, context).await,
            _ => ops::init(ceremony, context, &asked).await,
        })
    }
}

fn context(request: &Request, name: &'static str, place: Option<&domain::Coordinates>) -> RequestContext {
    let own = || domain::Coordinates::new(Dialect::Native, format!("{}/", domain::Coordinates::OWN_ACCOUNT));
    RequestContext {
        id: request.id,
        received_at: request.received_at,
        place: place.cloned().unwrap_or_else(own),
        operation: name.into(),
        address: request.peer,
        dry_run: false,
    }
}

/// The tenant that the path names.
fn tenant<'a>(row: &OperationRow, captures: &'a [String]) -> Option<&'a str> {
    captures.first().filter(|_| row.path.starts_with("tenants/{")).map(String::as_str)
}

fn unrouted(none: NoRoute) -> Refused {
    match none {
        NoRoute::Path => Refused::new(Code::PathUnknown, "no operation has this path"),
        NoRoute::Method(methods) => {
            let methods = methods.join(", ");
            let text = format!("this path has other methods: {methods}");
            Refused { allow: Some(methods), ..Refused::new(Code::MethodNotAllowed, text) }
        }
    }
}

/// The one bearer token of a request. A header that is anything else proves nothing and is refused.
fn proof(request: &Request) -> (Proof, Option<Refused>) {
    let mut values = request.headers.get_all(AUTHORIZATION).iter();
    let token = match (values.next(), values.next()) {
        (None, _) => return (Proof::Anonymous, None),
        (Some(value), None) => bearer(value.as_bytes()),
        (Some(_), Some(_)) => None,
    };
    match token.and_then(|token| SecretBytes::try_take_vec(token.to_vec()).ok()) {
        Some(token) => (Proof::Bearer(token), None),
        None => {
            let text = "the header `authorization` must be one `Bearer` and a token";
            (Proof::Anonymous, Some(Refused::new(Code::ProofInvalid, text)))
        }
    }
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    let token = token.trim_ascii();
    let fits = (1..=MAX_TOKEN).contains(&token.len()) && token.iter().all(u8::is_ascii_graphic);
    (scheme.eq_ignore_ascii_case(b"bearer ") && fits).then_some(token)
}

#[async_trait]
impl HttpDialect for Native {
    fn dialect(&self) -> Dialect {
        Dialect::Native
    }

    fn max_body(&self) -> usize {
        MAX_BODY
    }

    async fn handle(&self, request: Request) -> Response {
        match self.answer(&request).await {
            Ok(answer) => reply::answer(request.id, answer),
            Err(refused) => reply::refused(request.id, refused),
        }
    }

    fn refuse(&self, refusal: Refusal, id: RequestId) -> Response {
        reply::refused(id, fault::of_edge(refusal))
    }
}
