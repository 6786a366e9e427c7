//! The `Authorization` header: an algorithm and its parameters, split apart but not yet read.

use crate::error::{AuthorizationFault, SigV4Error};
use crate::head::{trim, within};
use crate::limits::MAX_AUTHORIZATION_BYTES;

/// The parts of `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
pub(crate) struct Authorization<'a> {
    pub(crate) algorithm: &'a str,
    pub(crate) credential: &'a str,
    pub(crate) signed_headers: &'a str,
    pub(crate) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Splits the header. A scheme that is not of the `AWS4-` family is no signature at all. `dated` says
    /// whether a date came with it, because AWS reports a missing one together with missing parameters.
    pub(crate) fn split(value: &'a [u8], dated: bool) -> Result<Self, SigV4Error> {
        within("authorization header", value.len(), MAX_AUTHORIZATION_BYTES)?;
        let value = trim(value);
        if !value.starts_with(b"AWS4-") {
            return Err(SigV4Error::MissingAuthenticationToken);
        }
        let text = std::str::from_utf8(value).map_err(|_| fault(AuthorizationFault::NotAPair))?;
        let (algorithm, rest) = text.split_once([' ', '\t', ',']).unwrap_or((text, ""));
        if algorithm.contains('=') {
            return Err(fault(AuthorizationFault::NoAlgorithm));
        }
        Self::demand(algorithm, &Params::read(rest)?, dated)
    }

    fn demand(algorithm: &'a str, params: &Params<'a>, dated: bool) -> Result<Self, SigV4Error> {
        let filled = |value: Option<&'a str>| value.filter(|text| !text.is_empty());
        let (credential, signature) = (filled(params.credential), filled(params.signature));
        let missing = AuthorizationFault::Missing {
            credential: credential.is_none(),
            signature: signature.is_none(),
            signed_headers: params.signed_headers.is_none(),
            date: !dated,
        };
        match (credential, params.signed_headers, signature, dated) {
            (Some(credential), Some(signed_headers), Some(signature), true) => {
                Ok(Self { algorithm, credential, signed_headers, signature })
            }
            _ => Err(fault(missing)),
        }
    }
}

#[derive(Default)]
struct Params<'a> {
    credential: Option<&'a str>,
    signed_headers: Option<&'a str>,
    signature: Option<&'a str>,
}

impl<'a> Params<'a> {
    /// AWS divides at commas and at white space alike. Parameters that nobody knows are passed over.
    fn read(text: &'a str) -> Result<Self, SigV4Error> {
        let mut params = Self::default();
        for element in text.split([',', ' ', '\t']).filter(|element| !element.is_empty()) {
            let (name, value) = element.split_once('=').ok_or(fault(AuthorizationFault::NotAPair))?;
            let (name, slot) = match name {
                "Credential" => ("Credential", &mut params.credential),
                "SignedHeaders" => ("SignedHeaders", &mut params.signed_headers),
                "Signature" => ("Signature", &mut params.signature),
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(fault(AuthorizationFault::Duplicate(name)));
            }
        }
        Ok(params)
    }
}

fn fault(fault: AuthorizationFault) -> SigV4Error {
    SigV4Error::IncompleteAuthorization(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(value: &str) -> Result<[&str; 4], SigV4Error> {
        Authorization::split(value.as_bytes(), true)
            .map(|a| [a.algorithm, a.credential, a.signed_headers, a.signature])
    }

    #[test]
    fn parameters_come_in_any_order_with_or_without_spaces() {
        let whole = Ok(["AWS4-HMAC-SHA256", "c", "h", "s"]);
        assert_eq!(split("AWS4-HMAC-SHA256 Credential=c, SignedHeaders=h, Signature=s"), whole);
        assert_eq!(split("AWS4-HMAC-SHA256 Signature=s,SignedHeaders=h,Credential=c"), whole);
        assert_eq!(split("  AWS4-HMAC-SHA256\tCredential=c\tSignedHeaders=h Signature=s, Extra=1 "), whole);
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        use AuthorizationFault::{Duplicate, Missing, NoAlgorithm, NotAPair};
        let missing = |credential, signature, signed_headers| Missing {
            credential,
            signature,
            signed_headers,
            date: false,
        };
        for (value, wanted) in [
            ("AWS4-HMAC-SHA256", missing(true, true, true)),
            ("AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=", missing(true, true, false)),
            ("AWS4-HMAC-SHA256 Credential=c,SignedHeaders=h", missing(false, true, false)),
            ("AWS4-HMAC-SHA256 Credential= c, SignedHeaders=h, Signature=s", NotAPair),
            ("AWS4-HMAC-SHA256 Credential,SignedHeaders=h,Signature=s", NotAPair),
            ("AWS4-Credential=c SignedHeaders=h,Signature=s", NoAlgorithm),
            (
                "AWS4-HMAC-SHA256 Credential=c,Credential=c,SignedHeaders=h,Signature=s",
                Duplicate("Credential"),
            ),
        ] {
            assert_eq!(split(value), Err(fault(wanted)), "{value}");
        }
    }

    #[test]
    fn other_schemes_are_no_signature() {
        for value in ["", "Bearer abc", "Basic abc", "AWS AKID:sig", "aws4-hmac-sha256 x=y"] {
            assert_eq!(split(value), Err(SigV4Error::MissingAuthenticationToken), "{value}");
        }
    }
}
