//! One request: check its head, route it, read its body, let its dialect answer, finish the response.

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use ::http::request::Parts;
use ::http::{HeaderMap, StatusCode, Version, header};
use domain::{Dialect, RequestId};
use futures_util::FutureExt;
use hyper::body::{Body, Incoming};
use tokio::time::Instant;

use crate::body::{self, BodyFault, Held, RETRY_AFTER};
use crate::counts::Standing;
use crate::head::{self, HeadFault};
use crate::health;
use crate::http::{HttpDialect, Refusal, Request, Response};
use crate::pace::{Pace, Turn};
use crate::reply::{self, Asked, Reply};
use crate::route::{Route, RouteHead, RouteRefusal, route};
use crate::shared::Shared;
use crate::stage::Stage;

/// hyper's service for one connection.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pace: Arc<Pace>,
    pub(crate) peer: IpAddr,
}

impl hyper::service::Service<hyper::Request<Incoming>> for Exchange {
    type Response = hyper::Response<Reply>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        let turn = self.pace.begin();
        let (shared, peer) = (Arc::clone(&self.shared), self.peer);
        Box::pin(async move { Ok(answer(&shared, peer, turn, request).await) })
    }
}

/// What came out, before it is finished.
struct Answer {
    response: Response,
    dialect: Option<Dialect>,
    /// The rest of the connection cannot be trusted or is not worth reading.
    close: bool,
}

async fn answer(
    shared: &Shared,
    peer: IpAddr,
    turn: Turn,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Reply> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let asked = Asked {
        method: parts.method.clone(),
        http1: parts.version < Version::HTTP_2,
        received_at: (shared.clock)(),
    };
    // A chunked HTTP/1 body ends its connection: no length can contradict what nothing follows (RFC 9112 §6.1).
    let last = asked.http1 && parts.headers.contains_key(header::TRANSFER_ENCODING);
    let unread = !body.is_end_stream();
    let exchanged = exchange(shared, peer, &asked, turn.pace().contradictory(), parts, body).await;
    if exchanged.close && unread {
        turn.pace().leave_unread();
    }
    shared.counts.answered(exchanged.dialect, exchanged.response.status(), started.elapsed());
    reply::finish(shared, &asked, turn, exchanged.response, exchanged.close || last)
}

async fn exchange(
    shared: &Shared,
    peer: IpAddr,
    asked: &Asked,
    contradictory: bool,
    mut parts: Parts,
    body: Incoming,
) -> Answer {
    if let Err(fault) = head::check(&mut parts, contradictory, &shared.limits) {
        return Answer::bad_head(fault);
    }
    match route(&route_head(&parts), &shared.rules) {
        Ok(Route::Own(page)) => {
            let draining = shared.stages.has(Stage::Draining);
            let response = health::page(page, (shared.readiness)(), draining, &shared.metrics);
            Answer { response, dialect: None, close: !body.is_end_stream() }
        }
        Ok(Route::Dialect(dialect)) => match shared.dialect(dialect) {
            Some(dialect) => with_dialect(shared, dialect, peer, asked, parts, body).await,
            None => Answer::unrouted(RouteRefusal::Unclaimed, &body),
        },
        Err(refusal) => Answer::unrouted(refusal, &body),
    }
}

async fn with_dialect(
    shared: &Shared,
    dialect: &dyn HttpDialect,
    peer: IpAddr,
    asked: &Asked,
    parts: Parts,
    body: Incoming,
) -> Answer {
    let id = (shared.ids)();
    let refused = |refusal, close| Answer {
        response: dialect.refuse(refusal, id),
        dialect: Some(dialect.dialect()),
        close,
    };
    if shared.stages.has(Stage::Closing) {
        return refused(Refusal::Draining, true);
    }
    let held = match body::read(body, dialect.max_body(), &shared.bodies, shared.timeouts.body).await {
        Ok(held) => held,
        Err(BodyFault::Refused(refusal)) => return refused(refusal, true),
        Err(BodyFault::Broken) => return Answer::broken_body(dialect.dialect()),
    };
    let Some(_place) = shared.requests.take(1) else {
        return refused(Refusal::Overloaded { retry_after: RETRY_AFTER }, false);
    };
    let _standing = Standing::on(&shared.counts.under_way);
    let request = to_request(id, peer, asked, parts, &held);
    match AssertUnwindSafe(dialect.handle(request)).catch_unwind().await {
        Ok(response) => Answer { response, dialect: Some(dialect.dialect()), close: false },
        Err(_panic) => Answer::panicked(shared, dialect.dialect(), id),
    }
}

impl Answer {
    fn bad_head(fault: HeadFault) -> Self {
        Self { response: health::refusal(fault.status(), fault.text()), dialect: None, close: true }
    }

    fn unrouted(refusal: RouteRefusal, body: &Incoming) -> Self {
        let status = match refusal {
            RouteRefusal::Unclaimed => StatusCode::NOT_FOUND,
            RouteRefusal::Ambiguous(..) => StatusCode::BAD_REQUEST,
        };
        let response = health::refusal(status, &refusal.to_string());
        Self { response, dialect: None, close: !body.is_end_stream() }
    }

    fn broken_body(dialect: Dialect) -> Self {
        let response = health::refusal(StatusCode::BAD_REQUEST, "the request body broke off");
        Self { response, dialect: Some(dialect), close: true }
    }

    /// The payload of the panic goes nowhere: it may quote what it was working on.
    fn panicked(shared: &Shared, dialect: Dialect, id: RequestId) -> Self {
        shared.counts.panics.add(1);
        tracing::error!(request = %id, dialect = dialect.word(), "a request ended in a panic");
        let response = health::refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal error");
        Self { response, dialect: Some(dialect), close: true }
    }
}

fn route_head(parts: &Parts) -> RouteHead<'_> {
    RouteHead {
        method: &parts.method,
        host: parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &parts.headers,
    }
}

fn to_request(id: RequestId, peer: IpAddr, asked: &Asked, parts: Parts, body: &Held) -> Request {
    let headers: HeaderMap = parts.headers;
    Request {
        id,
        received_at: asked.received_at,
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers,
        body: body.bytes.clone(),
        peer: Some(peer),
    }
}
