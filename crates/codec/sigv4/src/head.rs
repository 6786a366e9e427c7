//! What the codec is given: the head of a request, exactly as it came over the wire.

use crate::error::SigV4Error;
use crate::limits::{MAX_HEADER_BYTES, MAX_HEADERS, MAX_METHOD_BYTES, MAX_PATH_BYTES, MAX_QUERY_BYTES};

/// One header line: name in any case, value as received.
pub type Header<'a> = (&'a str, &'a [u8]);

/// The head of a request, borrowed. An HTTP/2 server puts `:authority` in as `host`.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// The method token, as received.
    pub method: &'a str,
    /// The path as received, still percent-encoded, without the query.
    pub path: &'a [u8],
    /// The query as received, without the question mark; empty if there is none.
    pub query: &'a [u8],
    /// Every header line in the order received.
    pub headers: &'a [Header<'a>],
}

impl<'a> RequestHead<'a> {
    /// Every value of the header `name`, in the order received.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let wanted = name.as_bytes();
        self.headers.iter().filter(move |(n, _)| n.as_bytes().eq_ignore_ascii_case(wanted)).map(|(_, v)| *v)
    }

    /// Refuses a head that is over a bound or could smuggle a line break into the canonical request.
    pub(crate) fn check(&self) -> Result<(), SigV4Error> {
        within("method", self.method.len(), MAX_METHOD_BYTES)?;
        within("path", self.path.len(), MAX_PATH_BYTES)?;
        within("query", self.query.len(), MAX_QUERY_BYTES)?;
        within("headers", self.headers.len(), MAX_HEADERS)?;
        let bytes = self.headers.iter().map(|(n, v)| n.len().saturating_add(v.len()));
        within("header bytes", bytes.fold(0, usize::saturating_add), MAX_HEADER_BYTES)?;
        if self.method.is_empty() || !self.method.bytes().all(is_token) {
            return Err(SigV4Error::Malformed { what: "the method is not a token" });
        }
        Ok(())
    }
}

/// Refuses a size over its limit.
pub(crate) fn within(what: &'static str, size: usize, limit: usize) -> Result<(), SigV4Error> {
    if size > limit { Err(SigV4Error::TooLarge { what, limit }) } else { Ok(()) }
}

/// Whether the byte may stand in a token (RFC 9110 §5.6.2).
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether the byte is the white space that header values are trimmed of.
pub(crate) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// The value without white space at its ends.
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let start = value.iter().position(|b| !is_blank(*b)).unwrap_or(value.len());
    let end = value.iter().rposition(|b| !is_blank(*b)).map_or(start, |last| last.saturating_add(1));
    value.get(start..end).unwrap_or_default()
}
