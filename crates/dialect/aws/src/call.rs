//! One request: signature to proof, target to operation, body to request type, answer or fault back to bytes.

use std::sync::Arc;

use api::{Fault, FaultWhat, Kms, KmsExt, Malformed, Operation, RequestContext};
use async_trait::async_trait;
use domain::{Coordinates, Dialect, Proof, RequestId};
use edge::{HttpDialect, Refusal, Request, Response};

use crate::ops;
use crate::signature::{self, Signed};
use crate::wire::WireError;
use crate::{fault, reply, sts};

/// SHA-256 over parts, brought by the composition root.
pub type Sha256 = Arc<dyn Fn(&[&[u8]]) -> [u8; 32] + Send + Sync>;

/// Most bytes of a body: the largest policy with room for the rest.
const MAX_BODY: usize = 256 * 1024;
/// The service name that scopes must carry.
const SERVICE: &str = "kms";
/// What stands before an operation's name in `X-Amz-Target`.
const TARGET: &str = "TrentService.";

/// The dialect.
pub struct Aws {
    kms: Arc<dyn Kms>,
    sha256: Sha256,
}

/// Where a request was addressed to and by which name, for answers that repeat it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) region: &'a str,
    /// The operation's own name, which some errors repeat.
    pub(crate) operation: &'a str,
}

/// How an operation stands on the wire.
pub(crate) trait WireOperation {
    /// Its canonical request.
    type Op: Operation;
    /// Reads its body.
    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError>;
    /// Writes its answer.
    fn write(output: <Self::Op as Operation>::Output, place: &Place<'_>) -> Result<Vec<u8>, WireError>;
}

impl Aws {
    /// The dialect over a gate.
    #[must_use]
    pub fn new(kms: Arc<dyn Kms>, sha256: Sha256) -> Self {
        Self { kms, sha256 }
    }

    async fn answer(&self, request: &Request) -> Result<Vec<u8>, WireError> {
        let name = target(request);
        let signed = self.signed(request, SERVICE, &name).await?;
        let exchange = self.exchange(request, &name, signed);
        if request.method != http::Method::POST || request.path != "/" {
            return Err(exchange.refuse(WireError::unknown_operation()).await);
        }
        ops::dispatch(&name, exchange).await
    }

    /// The signature of a request for a service; one that cannot be read is refused through the gate.
    pub(crate) async fn signed(
        &self,
        request: &Request,
        service: &str,
        operation: &str,
    ) -> Result<Signed, WireError> {
        match signature::read(request, service, &self.sha256) {
            Ok(signed) => Ok(signed),
            Err(e) => Err(self.refuse_unsigned(context(request, operation, ""), e).await),
        }
    }

    /// A signed request on its way.
    pub(crate) fn exchange<'a>(
        &'a self,
        request: &'a Request,
        operation: &'a str,
        signed: Signed,
    ) -> Exchange<'a> {
        let Signed { proof, region } = signed;
        let context = context(request, operation, &region);
        Exchange { kms: &*self.kms, context, proof, region, operation, body: &request.body }
    }

    /// A signature that cannot even be read is a failed authentication.
    async fn refuse_unsigned(&self, context: RequestContext, error: WireError) -> WireError {
        let what = if error.is_missing_token() { FaultWhat::ProofMissing } else { FaultWhat::ProofInvalid };
        let word = what.word();
        let fault = self.kms.refuse(context, Proof::Anonymous, Fault::new(what)).await;
        // Anonymous proofs come back as `proof_missing`; anything else is graver than what was said here.
        if matches!(fault.what, FaultWhat::ProofMissing) || fault.what.word() == word {
            error
        } else {
            fault::word(&fault, &Place { region: "", operation: "" })
        }
    }
}

/// A signed request on its way to its operation.
pub(crate) struct Exchange<'a> {
    kms: &'a dyn Kms,
    context: RequestContext,
    proof: Proof,
    region: String,
    /// The operation's own name, which some errors repeat.
    operation: &'a str,
    body: &'a [u8],
}

impl Exchange<'_> {
    /// Runs one operation from bytes to bytes.
    pub(crate) async fn run<W: WireOperation>(self) -> Result<Vec<u8>, WireError> {
        let body = if self.body.is_empty() { b"{}" } else { self.body };
        let op = match W::read(body, &Place { region: &self.region, operation: self.operation }) {
            Ok(op) => op,
            Err(error) => return Err(self.refuse(error).await),
        };
        let Self { kms, context, proof, region, operation, body: _ } = self;
        let place = Place { region: &region, operation };
        match kms.run(context, proof, op).await {
            Ok(output) => W::write(output, &place),
            Err(fault) => Err(fault::word(&fault, &place)),
        }
    }

    /// Refuses a request that is wrong in itself. The gate checks the proof first and records the refusal; what it
    /// finds is graver than what was found here.
    pub(crate) async fn refuse(self, error: WireError) -> WireError {
        let what = FaultWhat::Malformed(Malformed::Field {
            field: "request",
            why: "refused before it was an operation",
        });
        let fault = self.kms.refuse(self.context, self.proof, Fault::new(what.clone())).await;
        let place = Place { region: &self.region, operation: self.operation };
        if fault.what == what { error } else { fault::word(&fault, &place) }
    }
}

fn target(request: &Request) -> String {
    let header = request.headers.get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let name = header.strip_prefix(TARGET).unwrap_or_default();
    bounded(name)
}

/// A name as it is given, bounded, and with nothing in it that can break a log line.
pub(crate) fn bounded(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(64).collect()
}

fn context(request: &Request, name: &str, region: &str) -> RequestContext {
    RequestContext {
        id: request.id,
        received_at: request.received_at,
        place: Coordinates::new(Dialect::Aws, format!("{}/{region}", Coordinates::OWN_ACCOUNT)),
        operation: name.to_owned().into(),
        address: request.peer,
        dry_run: false,
    }
}

#[async_trait]
impl HttpDialect for Aws {
    fn dialect(&self) -> Dialect {
        Dialect::Aws
    }

    fn max_body(&self) -> usize {
        MAX_BODY
    }

    async fn handle(&self, request: Request) -> Response {
        if sts::is_query(&request) {
            return self.handle_query(&request).await;
        }
        match self.answer(&request).await {
            Ok(body) => reply::ok(request.id, body),
            Err(error) => reply::error(request.id, &error),
        }
    }

    fn refuse(&self, refusal: Refusal, id: RequestId) -> Response {
        reply::error(id, &fault::of_edge(refusal))
    }
}
