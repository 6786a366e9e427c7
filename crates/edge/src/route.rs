//! Which dialect a request speaks, from its head alone. Pure; the one place of the edge that knows wire names (INV-7).
//!
//! Rules are asked in order: the edge's own pages, Host, gRPC content type, AWS target or credential form, AWS query
//! protocol, path. All
//! that claim the request must name the same dialect: a request that looks like two is refused, never guessed at. Only
//! dialects that the listener declares can claim; a listener with one dialect gives it whatever nobody claims, so that
//! the dialect words its own "no such path".

use std::fmt;

use ::http::{HeaderMap, Method, header};
use domain::Dialect;

/// What of a request decides its route.
#[derive(Clone, Copy, Debug)]
pub struct RouteHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// Host as received, port included; over HTTP/2 the authority.
    pub host: Option<&'a str>,
    /// The path as received.
    pub path: &'a str,
    /// The query as received.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
}

/// What a listener serves.
#[derive(Clone, Debug, Default)]
pub struct ListenerRules {
    /// The declared dialects.
    pub dialects: Vec<Dialect>,
    /// Host names (lower case, without port) that belong to one dialect.
    pub hosts: Vec<(String, Dialect)>,
    /// Whether `/healthz` and `/readyz` are answered here.
    pub health: bool,
    /// Whether `/metrics` is answered here.
    pub metrics: bool,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// To a declared dialect.
    Dialect(Dialect),
    /// To a page of the edge.
    Own(OwnPage),
}

/// The pages that the edge answers itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPage {
    /// `/healthz`: the process lives.
    Health,
    /// `/readyz`: whether requests would be served.
    Ready,
    /// `/metrics`, in Prometheus' text form.
    Metrics,
}

/// Why a request goes nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteRefusal {
    /// No declared dialect claims it.
    Unclaimed,
    /// Two dialects claim it.
    Ambiguous(Dialect, Dialect),
}

impl fmt::Display for RouteRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclaimed => f.write_str("no api of this listener answers here"),
            Self::Ambiguous(one, other) => {
                write!(f, "the request speaks both `{}` and `{}`", one.word(), other.word())
            }
        }
    }
}

impl std::error::Error for RouteRefusal {}

/// Finds the one dialect that a request speaks.
///
/// # Errors
/// [`RouteRefusal`], which the edge words itself.
pub fn route(head: &RouteHead<'_>, listener: &ListenerRules) -> Result<Route, RouteRefusal> {
    if let Some(page) = own_page(head, listener) {
        return Ok(Route::Own(page));
    }
    let claims =
        [by_host(head, listener), by_content_type(head), by_credential(head), by_query(head), by_path(head)];
    let mut declared = claims.into_iter().flatten().filter(|dialect| listener.dialects.contains(dialect));
    let Some(first) = declared.next() else {
        return sole(listener).map(Route::Dialect).ok_or(RouteRefusal::Unclaimed);
    };
    match declared.find(|other| *other != first) {
        Some(other) => Err(RouteRefusal::Ambiguous(first, other)),
        None => Ok(Route::Dialect(first)),
    }
}

fn own_page(head: &RouteHead<'_>, listener: &ListenerRules) -> Option<OwnPage> {
    if !matches!(*head.method, Method::GET | Method::HEAD) {
        return None;
    }
    match head.path {
        "/healthz" if listener.health => Some(OwnPage::Health),
        "/readyz" if listener.health => Some(OwnPage::Ready),
        "/metrics" if listener.metrics => Some(OwnPage::Metrics),
        _ => None,
    }
}

fn by_host(head: &RouteHead<'_>, listener: &ListenerRules) -> Option<Dialect> {
    let name = without_port(head.host?);
    let of_name = listener.hosts.iter().find(|(host, _)| host.eq_ignore_ascii_case(name));
    of_name.map(|(_, dialect)| *dialect)
}

/// Google's clients are the ones that speak gRPC over a network.
fn by_content_type(head: &RouteHead<'_>) -> Option<Dialect> {
    let essence = essence(head)?;
    let grpc = essence == b"application/grpc" || essence.starts_with(b"application/grpc+");
    grpc.then_some(Dialect::Google)
}

fn by_credential(head: &RouteHead<'_>) -> Option<Dialect> {
    let target = head.headers.contains_key("x-amz-target");
    let signed = || {
        let mut values = head.headers.get_all(header::AUTHORIZATION).iter();
        values.any(|value| value.as_bytes().starts_with(b"AWS4-"))
    };
    let presigned = || {
        let mut pairs = head.query.unwrap_or_default().split('&');
        pairs.any(|pair| pair.starts_with("X-Amz-Algorithm="))
    };
    (target || signed() || presigned()).then_some(Dialect::Aws)
}

/// AWS's query protocol (STS): a form posted to the root, or an action and a version asked for there. The signature
/// claims it anyway; this is for those who forgot it, so that they are told so in the protocol's own words.
fn by_query(head: &RouteHead<'_>) -> Option<Dialect> {
    if head.path != "/" {
        return None;
    }
    let form = || essence(head).is_some_and(|essence| essence == b"application/x-www-form-urlencoded");
    let has = |name: &str| head.query.unwrap_or_default().split('&').any(|pair| pair.starts_with(name));
    let posted = *head.method == Method::POST && form();
    let asked = *head.method == Method::GET && has("Action=") && has("Version=");
    (posted || asked).then_some(Dialect::Aws)
}

/// The content type without its parameters, in small letters.
fn essence(head: &RouteHead<'_>) -> Option<Vec<u8>> {
    let value = head.headers.get(header::CONTENT_TYPE)?.as_bytes();
    Some(value.split(|byte| *byte == b';').next()?.trim_ascii().to_ascii_lowercase())
}

fn by_path(head: &RouteHead<'_>) -> Option<Dialect> {
    if head.path.starts_with("/v1/") {
        return Some(Dialect::Vault);
    }
    head.path.starts_with("/keystead/v1/").then_some(Dialect::Native)
}

fn sole(listener: &ListenerRules) -> Option<Dialect> {
    match listener.dialects.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// A host without its port; an IPv6 literal keeps its brackets.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests;
