//! The bytes that a signature covers: the canonical request, and the string to sign around its hash.
//!
//! AWS IAM guide, "Create a signed AWS API request", steps 1 and 3.

use crate::ALGORITHM;
use crate::error::SigV4Error;
use crate::head::{RequestHead, is_blank};
use crate::presented::{Form, Presented};
use crate::scope::Scope;
use crate::signed_headers::SignedHeaders;
use crate::timestamp::Timestamp;
use crate::{path, query};

/// Appends the canonical request to `out`. `payload_sha256` is *our* hash of the body that arrived.
///
/// # Errors
/// [`SigV4Error::ContentHashMismatch`] if the client claimed another body hash; [`SigV4Error::Malformed`] and
/// [`SigV4Error::InvalidSignature`] for what has no canonical form or names a header that was not sent.
pub fn canonical_request(
    presented: &Presented<'_>,
    payload_sha256: &[u8; 32],
    out: &mut Vec<u8>,
) -> Result<(), SigV4Error> {
    if presented.claimed_content.is_some_and(|claimed| claimed != *payload_sha256) {
        return Err(SigV4Error::ContentHashMismatch);
    }
    let presigned = presented.form != Form::Header;
    push_request(&presented.head, &presented.signed_headers, presigned, payload_sha256, out)
}

/// Appends the string to sign; `canonical_sha256` is the hash of the canonical request.
pub fn string_to_sign(at: &Timestamp, scope: &Scope<'_>, canonical_sha256: &[u8; 32], out: &mut Vec<u8>) {
    out.extend_from_slice(ALGORITHM.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(at.as_str().as_bytes());
    out.push(b'\n');
    scope.push(out);
    out.push(b'\n');
    push_hex(canonical_sha256, out);
}

pub(crate) fn push_request(
    head: &RequestHead<'_>,
    signed: &SignedHeaders<'_>,
    presigned: bool,
    payload_sha256: &[u8; 32],
    out: &mut Vec<u8>,
) -> Result<(), SigV4Error> {
    out.reserve(1024);
    out.extend_from_slice(head.method.as_bytes());
    out.push(b'\n');
    path::push_canonical(head.path, out)?;
    out.push(b'\n');
    query::push_canonical(head.query, presigned, out)?;
    out.push(b'\n');
    for name in signed.iter() {
        push_header(head, name, out)?;
    }
    out.push(b'\n');
    out.extend_from_slice(signed.as_str().as_bytes());
    out.push(b'\n');
    push_hex(payload_sha256, out);
    Ok(())
}

/// `name:value\n`; the values of a repeated header are joined by commas in the order received.
fn push_header(head: &RequestHead<'_>, name: &str, out: &mut Vec<u8>) -> Result<(), SigV4Error> {
    out.extend_from_slice(name.as_bytes());
    let mut separator = b':';
    for value in head.values(name) {
        out.push(separator);
        push_trimmed(value, out)?;
        separator = b',';
    }
    if separator == b':' {
        return Err(SigV4Error::invalid(format!(
            "'{name}' is a 'SignedHeader' but no HTTP header of the request."
        )));
    }
    out.push(b'\n');
    Ok(())
}

/// The value without white space at its ends, runs of it inside made one space (inside quotes too).
fn push_trimmed(value: &[u8], out: &mut Vec<u8>) -> Result<(), SigV4Error> {
    if value.iter().any(|b| b.is_ascii_control() && *b != b'\t') {
        return Err(SigV4Error::Malformed { what: "a control character in a signed header" });
    }
    for (nth, word) in value.split(|b| is_blank(*b)).filter(|word| !word.is_empty()).enumerate() {
        if nth > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    Ok(())
}

pub(crate) fn push_hex(bytes: &[u8; 32], out: &mut Vec<u8>) {
    let mut text = [0; 64];
    if hex::encode_to_slice(bytes, &mut text).is_ok() {
        out.extend_from_slice(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(headers: &[(&str, &[u8])], name: &str) -> Result<String, SigV4Error> {
        let head = RequestHead { method: "GET", path: b"/", query: b"", headers };
        let mut out = Vec::new();
        push_header(&head, name, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn values_are_trimmed_folded_and_joined() {
        assert_eq!(header(&[("My-Header1", b" value1  ")], "my-header1").unwrap(), "my-header1:value1\n");
        assert_eq!(header(&[("X", b"\"a \t b   c\"")], "x").unwrap(), "x:\"a b c\"\n");
        assert_eq!(header(&[("X", b"b"), ("Y", b"y"), ("x", b" a ")], "x").unwrap(), "x:b,a\n");
        assert_eq!(header(&[("X", b"")], "x").unwrap(), "x:\n");
    }

    #[test]
    fn absent_headers_and_line_breaks_are_refused() {
        assert!(matches!(header(&[], "x"), Err(SigV4Error::InvalidSignature { .. })));
        for value in [b"a\nb", b"a\rb", b"a\0b"] {
            assert!(matches!(header(&[("x", value)], "x"), Err(SigV4Error::Malformed { .. })));
        }
    }
}
