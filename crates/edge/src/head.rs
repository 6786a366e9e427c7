//! What every request's head must be before anybody routes it.

use ::http::request::Parts;
use ::http::{HeaderValue, StatusCode, Version, header};

use crate::limits::Limits;

/// Why a head is refused before it is routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadFault {
    ContradictoryLength,
    UriTooLong,
    TooManyHeaders,
    BadTarget,
    BadHost,
}

impl HeadFault {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::ContradictoryLength | Self::BadTarget | Self::BadHost => StatusCode::BAD_REQUEST,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::TooManyHeaders => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        }
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::ContradictoryLength => "the request tells its length in more than one way",
            Self::UriTooLong => "the request target is too long",
            Self::TooManyHeaders => "the request has too many headers",
            Self::BadTarget => "the request target is no path",
            Self::BadHost => "the request must name its host exactly once",
        }
    }
}

/// Checks a head, and gives it a `Host` where it named its authority another way (RFC 9113 §8.3.1).
pub(crate) fn check(parts: &mut Parts, contradictory: bool, limits: &Limits) -> Result<(), HeadFault> {
    if contradictory {
        return Err(HeadFault::ContradictoryLength);
    }
    let target = parts.uri.path().len().saturating_add(parts.uri.query().map_or(0, str::len));
    if target > limits.uri_bytes {
        return Err(HeadFault::UriTooLong);
    }
    if parts.headers.len() > limits.headers {
        return Err(HeadFault::TooManyHeaders);
    }
    if !parts.uri.path().starts_with('/') {
        return Err(HeadFault::BadTarget);
    }
    settle_host(parts)
}

/// One `Host`, equal to the authority if that is given too (RFC 9112 §3.2).
fn settle_host(parts: &mut Parts) -> Result<(), HeadFault> {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    match (hosts.next(), hosts.next(), authority) {
        (Some(host), None, _) if host.to_str().is_err() => Err(HeadFault::BadHost),
        (Some(_), None, None) => Ok(()),
        (Some(host), None, Some(authority)) if host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()) => {
            Ok(())
        }
        (None, _, Some(authority)) => {
            let host = HeaderValue::try_from(authority).map_err(|_| HeadFault::BadHost)?;
            parts.headers.insert(header::HOST, host);
            Ok(())
        }
        (None, _, None) if parts.version == Version::HTTP_10 => Ok(()),
        _ => Err(HeadFault::BadHost),
    }
}

#[cfg(test)]
mod tests {
    use ::http::Request;

    use super::*;

    fn check_head(uri: &str, hosts: &[&str], version: Version) -> Result<Option<String>, HeadFault> {
        let mut request = Request::builder().uri(uri).version(version);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        check(&mut parts, false, &Limits { uri_bytes: 20, headers: 3, ..Limits::default() })?;
        Ok(parts.headers.get(header::HOST).map(|host| host.to_str().unwrap().to_owned()))
    }

    #[test]
    fn a_host_is_named_once() {
        let one = Ok(Some("a:1".to_owned()));
        assert_eq!(check_head("/", &["a:1"], Version::HTTP_11), one);
        assert_eq!(check_head("http://a:1/", &[], Version::HTTP_2), one);
        assert_eq!(check_head("http://A:1/", &["a:1"], Version::HTTP_11), one);
        assert_eq!(check_head("/", &[], Version::HTTP_10), Ok(None));
        for (uri, hosts) in [("/", &[][..]), ("/", &["a", "a"]), ("http://b/", &["a"]), ("/", &["\u{e4}"])] {
            assert_eq!(check_head(uri, hosts, Version::HTTP_11), Err(HeadFault::BadHost), "{uri} {hosts:?}");
        }
    }

    #[test]
    fn targets_are_bounded_paths() {
        assert_eq!(check_head("/23456789?1234567890", &["a"], Version::HTTP_11), Ok(Some("a".into())));
        let long = check_head("/23456789?123456789012", &["a"], Version::HTTP_11);
        assert_eq!(long, Err(HeadFault::UriTooLong));
        assert_eq!(check_head("*", &["a"], Version::HTTP_11), Err(HeadFault::BadTarget));
        assert_eq!(check_head("a:1", &["a:1"], Version::HTTP_11), Err(HeadFault::BadTarget));
    }
}
