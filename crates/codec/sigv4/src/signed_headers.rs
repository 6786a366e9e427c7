//! Which headers the signature covers, and which it has to cover.

use crate::error::SigV4Error;
use crate::head::{RequestHead, is_token, within};
use crate::limits::MAX_SIGNED_HEADERS;
use std::borrow::Cow;

/// The names in `SignedHeaders`: lower case, sorted, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders<'a>(Cow<'a, str>);

const NOT_CANONICAL: &str =
    "'SignedHeaders' must be header names in lower case, sorted, each once, with semicolons between them.";

impl<'a> SignedHeaders<'a> {
    /// Reads the list as presented. An empty list is one without `host`, and said to be so.
    pub(crate) fn read(list: Cow<'a, [u8]>) -> Result<Self, SigV4Error> {
        let count = list.iter().filter(|b| **b == b';').count().saturating_add(1);
        within("signed headers", count, MAX_SIGNED_HEADERS)?;
        let text = match list {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        };
        let names = Self(text.ok_or_else(|| SigV4Error::incomplete(NOT_CANONICAL))?);
        if !names.0.is_empty() && !names.is_canonical() {
            return Err(SigV4Error::incomplete(NOT_CANONICAL));
        }
        if !names.contains("host") {
            return Err(SigV4Error::invalid(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            ));
        }
        Ok(names)
    }

    /// The list as it was presented.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(';')
    }

    /// Whether the signature covers the header; `name` in any case.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|signed| signed.eq_ignore_ascii_case(name))
    }

    fn is_canonical(&self) -> bool {
        self.iter().is_sorted_by(|a, b| a < b) && self.iter().all(is_lower_name)
    }

    /// Refuses a request with a header that the signature should cover and does not: every `x-amz-*`, and
    /// `content-type` where the rules say so. Otherwise its value could be exchanged on the way.
    pub(crate) fn check_cover(&self, head: &RequestHead<'_>, content_type: bool) -> Result<(), SigV4Error> {
        let demanded =
            |name: &str| has_amz_prefix(name) || (content_type && name.eq_ignore_ascii_case("content-type"));
        let naked = head.headers.iter().map(|(name, _)| *name).find(|n| demanded(n) && !self.contains(n));
        naked.map_or(Ok(()), |name| Err(SigV4Error::unsigned(&name.to_ascii_lowercase())))
    }
}

fn is_lower_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| is_token(b) && !b.is_ascii_uppercase())
}

fn has_amz_prefix(name: &str) -> bool {
    name.as_bytes().get(..6).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"x-amz-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str) -> Result<SignedHeaders<'_>, SigV4Error> {
        SignedHeaders::read(Cow::Borrowed(list.as_bytes()))
    }

    #[test]
    fn only_the_canonical_list_is_taken() {
        assert_eq!(read("content-type;host;x-amz-date").unwrap().iter().count(), 3);
        for bad in ["Host", "host;content-type", "host;host", "host;", ";host", "a b;host", "h\u{f6};host"] {
            assert_eq!(read(bad), Err(SigV4Error::incomplete(NOT_CANONICAL)), "{bad}");
        }
        for hostless in ["", "x-amz-date"] {
            let text = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
            assert_eq!(read(hostless), Err(SigV4Error::invalid(text)), "{hostless}");
        }
    }

    #[test]
    fn the_list_is_bounded() {
        let list = "a;".repeat(MAX_SIGNED_HEADERS) + "host";
        assert!(matches!(read(&list), Err(SigV4Error::TooLarge { what: "signed headers", .. })));
    }

    #[test]
    fn headers_that_steer_the_request_must_be_covered() {
        let check = |headers: &[(&str, &[u8])], content_type| {
            let head = RequestHead { method: "POST", path: b"/", query: b"", headers };
            read("host;x-amz-date").unwrap().check_cover(&head, content_type)
        };
        assert_eq!(check(&[("Host", b"h"), ("User-Agent", b"x"), ("amz-sdk-request", b"x")], true), Ok(()));
        assert_eq!(check(&[("X-Amz-Target", b"T")], true), Err(SigV4Error::unsigned("x-amz-target")));
        assert_eq!(check(&[("x-amz-anything", b"T")], false), Err(SigV4Error::unsigned("x-amz-anything")));
        assert_eq!(check(&[("Content-Type", b"T")], true), Err(SigV4Error::unsigned("content-type")));
        assert_eq!(check(&[("Content-Type", b"T")], false), Ok(()));
    }
}
