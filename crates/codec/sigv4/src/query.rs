//! The query string: its canonical form, and the parameters of a presigned request that stand in it.

use crate::encode::{decoded, push_recoded};
use crate::error::SigV4Error;
use crate::head::within;
use crate::limits::MAX_QUERY_PARAMS;
use std::borrow::Cow;

/// The parameter that carries the signature, and so is the one that it does not cover.
const SIGNATURE: &[u8] = b"X-Amz-Signature";

/// Appends the parameters in canonical spelling, sorted by name and then by value (both as encoded).
///
/// A presigned request's signature is left out. A parameter without an equal sign has an empty value.
pub(crate) fn push_canonical(query: &[u8], presigned: bool, out: &mut Vec<u8>) -> Result<(), SigV4Error> {
    if query.is_empty() {
        return Ok(());
    }
    let mut spelt = Vec::with_capacity(query.len().saturating_add(query.len() / 2));
    let mut params = spell(query, &mut spelt)?;
    params.sort_unstable_by_key(|param| param.parts(&spelt));
    let kept = params.iter().map(|p| p.parts(&spelt)).filter(|(name, _)| !(presigned && *name == SIGNATURE));
    for (nth, (name, value)) in kept.enumerate() {
        if nth > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
    Ok(())
}

/// Where one parameter stands in the buffer of spelt ones.
struct Param {
    start: usize,
    middle: usize,
    end: usize,
}

impl Param {
    fn parts<'s>(&self, spelt: &'s [u8]) -> (&'s [u8], &'s [u8]) {
        let name = spelt.get(self.start..self.middle).unwrap_or_default();
        (name, spelt.get(self.middle..self.end).unwrap_or_default())
    }
}

fn spell(query: &[u8], spelt: &mut Vec<u8>) -> Result<Vec<Param>, SigV4Error> {
    let mut params = Vec::with_capacity(16);
    for (name, value) in raw_params(query)? {
        let start = spelt.len();
        push_recoded(name, spelt)?;
        let middle = spelt.len();
        push_recoded(value, spelt)?;
        params.push(Param { start, middle, end: spelt.len() });
    }
    Ok(params)
}

/// The parameters as received: (name, value), counted before they are read.
fn raw_params(query: &[u8]) -> Result<impl Iterator<Item = (&[u8], &[u8])>, SigV4Error> {
    let count = query.iter().filter(|b| **b == b'&').count().saturating_add(1);
    within("query parameters", count, MAX_QUERY_PARAMS)?;
    Ok(query.split(|b| *b == b'&').map(|pair| {
        let mut halves = pair.splitn(2, |b| *b == b'=');
        (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
    }))
}

/// The parameters that make a request a presigned one, decoded.
#[derive(Default)]
pub(crate) struct AuthParams<'a> {
    pub(crate) algorithm: Option<Cow<'a, [u8]>>,
    pub(crate) credential: Option<Cow<'a, [u8]>>,
    pub(crate) signature: Option<Cow<'a, [u8]>>,
    pub(crate) signed_headers: Option<Cow<'a, [u8]>>,
    pub(crate) date: Option<Cow<'a, [u8]>>,
    pub(crate) expires: Option<Cow<'a, [u8]>>,
    pub(crate) token: Option<Cow<'a, [u8]>>,
}

impl<'a> AuthParams<'a> {
    /// Picks them out of a query. Names are compared after decoding; a repeated one is refused.
    pub(crate) fn read(query: &'a [u8]) -> Result<Self, SigV4Error> {
        let mut found = Self::default();
        if query.is_empty() {
            return Ok(found);
        }
        for (name, value) in raw_params(query)? {
            if name.starts_with(b"X") || name.starts_with(b"%") {
                found.keep(&decoded(name)?, value)?;
            }
        }
        Ok(found)
    }

    fn keep(&mut self, name: &[u8], value: &'a [u8]) -> Result<(), SigV4Error> {
        let Some((name, slot)) = self.slots().into_iter().find(|(known, _)| known.as_bytes() == name) else {
            return Ok(());
        };
        if slot.replace(decoded(value)?).is_some() {
            return Err(SigV4Error::invalid(format!("'{name}' stands more than once in the query string.")));
        }
        Ok(())
    }

    /// Every parameter by name; those AWS demands come first, in the order of its error text.
    fn slots(&mut self) -> [(&'static str, &mut Option<Cow<'a, [u8]>>); 7] {
        [
            ("X-Amz-Algorithm", &mut self.algorithm),
            ("X-Amz-Credential", &mut self.credential),
            ("X-Amz-Signature", &mut self.signature),
            ("X-Amz-SignedHeaders", &mut self.signed_headers),
            ("X-Amz-Date", &mut self.date),
            ("X-Amz-Expires", &mut self.expires),
            ("X-Amz-Security-Token", &mut self.token),
        ]
    }

    /// The first of them that is present at all.
    pub(crate) fn first_present(&mut self) -> Option<&'static str> {
        self.slots().into_iter().find(|(_, value)| value.is_some()).map(|(name, _)| name)
    }

    /// Refuses a presigned request that lacks one of the five demanded parameters, or has it empty.
    pub(crate) fn check_complete(&mut self) -> Result<(), SigV4Error> {
        let empty = |value: &Option<Cow<'_, [u8]>>| value.as_deref().is_none_or(<[u8]>::is_empty);
        let missing = self.slots().into_iter().take(5).filter(|(_, value)| empty(value));
        let mut text: String =
            missing.map(|(name, _)| format!("AWS query-string parameters must include '{name}'. ")).collect();
        if text.is_empty() {
            return Ok(());
        }
        text.push_str("Re-examine the query-string parameters.");
        Err(SigV4Error::incomplete(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(query: &str, presigned: bool) -> String {
        let mut out = Vec::new();
        push_canonical(query.as_bytes(), presigned, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn parameters_sort_by_encoded_name_then_value() {
        assert_eq!(canonical("", false), "");
        assert_eq!(canonical("Param2=value2&Param1=value1", false), "Param1=value1&Param2=value2");
        assert_eq!(canonical("Param1=value2&Param1=Value1", false), "Param1=Value1&Param1=value2");
        assert_eq!(canonical("b&a=&a", false), "a=&a=&b=");
        assert_eq!(canonical("a-b=1&a=2", false), "a=2&a-b=1");
        assert_eq!(canonical("\u{1234}=bar", false), "%E1%88%B4=bar");
        assert_eq!(canonical("p=a%20b&p=a+a&q=x=y", false), "p=a%20a&p=a%20b&q=x%3Dy");
    }

    #[test]
    fn only_a_presigned_request_leaves_its_signature_out() {
        assert_eq!(canonical("X-Amz-Signature=00&a=b", true), "a=b");
        assert_eq!(canonical("%58-Amz-Signature=00&a=b", true), "a=b");
        assert_eq!(canonical("X-Amz-Signature=00&a=b", false), "X-Amz-Signature=00&a=b");
    }

    #[test]
    fn authentication_parameters_are_found_under_any_spelling_and_once() {
        let read = AuthParams::read(b"a=b&%58-Amz-Date=2015&X-Amz-Credential=a%2Fb").unwrap();
        assert_eq!(read.date.as_deref(), Some(&b"2015"[..]));
        assert_eq!(read.credential.as_deref(), Some(&b"a/b"[..]));
        assert!(AuthParams::read(b"X-Amz-Date=1&%58-Amz-Date=1").is_err());
    }

    #[test]
    fn too_many_parameters_are_refused() {
        let query = "a&".repeat(MAX_QUERY_PARAMS);
        let refused = SigV4Error::TooLarge { what: "query parameters", limit: MAX_QUERY_PARAMS };
        assert_eq!(push_canonical(query.as_bytes(), false, &mut Vec::new()), Err(refused));
    }
}
