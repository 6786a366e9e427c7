//! Where the server is. Plain http is for loopback alone: a token in the clear is a token given away.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A server's address: scheme, host, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(crate) tls: bool,
    /// As it stands in a URL: an IPv6 literal keeps its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAddress {
    /// Neither `http://` nor `https://`, or more than scheme, host and port.
    Form,
    /// Plain http to a host that is not loopback.
    ClearText,
}

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "an address looks like `https://HOST:PORT`",
            Self::ClearText => "plain http is for loopback only; use `https://`",
        })
    }
}

impl std::error::Error for BadAddress {}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let uri: http::Uri = text.parse().map_err(|_| BadAddress::Form)?;
        let authority = uri.authority().filter(|a| !a.as_str().contains('@')).ok_or(BadAddress::Form)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(BadAddress::Form);
        }
        let (tls, usual) = match uri.scheme_str() {
            Some("https") => (true, 443),
            Some("http") => (false, 80),
            _ => return Err(BadAddress::Form),
        };
        let port = authority.port_u16().unwrap_or(usual);
        let address = Self { tls, host: authority.host().to_owned(), port };
        if tls || address.is_loopback() { Ok(address) } else { Err(BadAddress::ClearText) }
    }
}

impl Address {
    /// The host without brackets, for connecting and for certificates.
    pub(crate) fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    fn is_loopback(&self) -> bool {
        let ip = self.bare_host().parse::<IpAddr>();
        self.host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_text_stays_on_this_machine() {
        let read = |text: &str| text.parse::<Address>();
        assert_eq!(read("http://127.0.0.1:8200").unwrap().to_string(), "http://127.0.0.1:8200");
        assert_eq!(read("http://[::1]:8200/").unwrap().bare_host(), "::1");
        assert_eq!(read("https://kms.example").unwrap().port, 443);
        assert_eq!(read("http://kms.example:8200"), Err(BadAddress::ClearText));
        assert_eq!(read("http://localhost.example:80"), Err(BadAddress::ClearText));
        for text in ["", "kms", "ftp://a", "https://a/x", "https://u@a", "https://a?b"] {
            assert_eq!(read(text), Err(BadAddress::Form), "{text}");
        }
    }
}
