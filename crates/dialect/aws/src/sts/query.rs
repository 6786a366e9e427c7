//! Parameters of the query protocol, in the query of a GET or the form of a POST. `Action` and `Version` are all that is
//! read so far; no client escapes a letter of them, so neither is unescaped.

use edge::Request;
use http::{Method, header};

use super::VERSION;
use crate::call::bounded;
use crate::wire::WireError;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked<'r> {
    pub(super) action: &'r str,
    version: Option<&'r str>,
}

impl Asked<'_> {
    pub(super) fn is(&self, action: &str) -> bool {
        (self.action, self.version) == (action, Some(VERSION))
    }

    /// What an operation that is none of ours is answered with.
    pub(super) fn unknown(&self) -> WireError {
        let (action, version) =
            (bounded(self.action), bounded(self.version.unwrap_or("NO_VERSION_SPECIFIED")));
        WireError::client("InvalidAction", format!("Could not find operation {action} for version {version}"))
    }
}

/// Whether a request speaks the query protocol: it has no target in a header, and is a form or has no body at all.
pub(crate) fn is_query(request: &Request) -> bool {
    !request.headers.contains_key("x-amz-target") && (request.method == Method::GET || is_form(request))
}

fn is_form(request: &Request) -> bool {
    let value = request.headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes()).unwrap_or_default();
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// Reads what is asked for. A parameter that stands twice is refused: one reader would take the first, another the last.
pub(super) fn read(request: &Request) -> Result<Asked<'_>, WireError> {
    let malformed = || WireError::client("MalformedQueryString", "The query string contains a syntax error.");
    let form =
        if is_form(request) { std::str::from_utf8(&request.body).map_err(|_| malformed())? } else { "" };
    let query = request.query.as_deref().unwrap_or_default();
    let (mut action, mut version) = (None, None);
    for pair in query.split('&').chain(form.split('&')) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match name {
            "Action" => &mut action,
            "Version" => &mut version,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(malformed());
        }
    }
    let missing = || WireError::client("MissingAction", "The request is missing an action.");
    Ok(Asked { action: action.ok_or_else(missing)?, version })
}
