//! The credential: who signs, and the day, region and service that the signature is good for.

use crate::TERMINATOR;
use crate::error::{SigV4Error, shown};
use crate::head::within;
use crate::limits::MAX_CREDENTIAL_BYTES;
use crate::timestamp::Timestamp;
use std::borrow::Cow;

/// What a signing key is bound to. The terminator is always `aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    /// The day, `YYYYMMDD`.
    pub date: Cow<'a, str>,
    /// The region, such as `us-east-1`.
    pub region: Cow<'a, str>,
    /// The service's signing name, such as `kms`.
    pub service: Cow<'a, str>,
}

impl<'a> Scope<'a> {
    /// The scope that a request signed at `at` has to have.
    #[must_use]
    pub fn at(at: &Timestamp, region: &'a str, service: &'a str) -> Self {
        let date = Cow::Owned(at.day().to_owned());
        Self { date, region: Cow::Borrowed(region), service: Cow::Borrowed(service) }
    }

    /// Appends `date/region/service/aws4_request`.
    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        for part in [&self.date, &self.region, &self.service] {
            out.extend_from_slice(part.as_bytes());
            out.push(b'/');
        }
        out.extend_from_slice(TERMINATOR.as_bytes());
    }

    /// Refuses a scope for another service, or for a region that is not served.
    ///
    /// # Errors
    /// [`SigV4Error::InvalidSignature`] with AWS's text for each part that is wrong.
    pub fn check(&self, service: &str, region_served: impl FnOnce(&str) -> bool) -> Result<(), SigV4Error> {
        let region = (!region_served(&self.region))
            .then(|| format!("Credential should be scoped to a valid region, not '{}'.", self.region));
        let other = (self.service != service)
            .then(|| format!("Credential should be scoped to correct service: '{service}'."));
        refuse_any(&[region, other])
    }
}

/// Reads `keyid/date/region/service/aws4_request`: the key id and the scope.
pub(crate) fn read_credential<'a>(
    credential: Cow<'a, [u8]>,
    timestamp: &Timestamp,
) -> Result<(Cow<'a, str>, Scope<'a>), SigV4Error> {
    within("credential", credential.len(), MAX_CREDENTIAL_BYTES)?;
    match credential {
        Cow::Borrowed(bytes) => {
            let [key, date, region, service] = elements(bytes, timestamp)?.map(Cow::Borrowed);
            Ok((key, Scope { date, region, service }))
        }
        Cow::Owned(bytes) => {
            let [key, date, region, service] =
                elements(&bytes, timestamp)?.map(|text| Cow::Owned(text.to_owned()));
            Ok((key, Scope { date, region, service }))
        }
    }
}

fn elements<'c>(credential: &'c [u8], timestamp: &Timestamp) -> Result<[&'c str; 4], SigV4Error> {
    let [key, date, region, service, terminator] = five(credential).ok_or_else(|| {
        SigV4Error::incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{}'",
            shown(credential)
        ))
    })?;
    check_ends(terminator, date, timestamp)?;
    Ok([key, date, region, service])
}

/// Five elements of visible ASCII, none of them empty.
fn five(credential: &[u8]) -> Option<[&str; 5]> {
    let text = std::str::from_utf8(credential).ok()?;
    let mut parts = text.split('/');
    let five = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let visible = five.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic()));
    (visible && parts.next().is_none()).then_some(five)
}

fn check_ends(terminator: &str, date: &str, timestamp: &Timestamp) -> Result<(), SigV4Error> {
    let ending = (terminator != TERMINATOR).then(|| {
        format!("Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{terminator}'.")
    });
    let day = (date != timestamp.day()).then(|| {
        format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{date}' != '{}', from '{timestamp}'.",
            timestamp.day()
        )
    });
    refuse_any(&[ending, day])
}

fn refuse_any(texts: &[Option<String>]) -> Result<(), SigV4Error> {
    let wrong: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    if wrong.is_empty() { Ok(()) } else { Err(SigV4Error::invalid(wrong.join(" "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(credential: &str) -> Result<(Cow<'_, str>, Scope<'_>), String> {
        let at = Timestamp::parse_basic(b"20150830T123600Z").unwrap();
        read_credential(Cow::Borrowed(credential.as_bytes()), &at).map_err(|e| e.to_string())
    }

    #[test]
    fn a_whole_credential_is_read() {
        let (key, scope) = read("AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request").unwrap();
        assert_eq!(
            (&*key, &*scope.date, &*scope.region, &*scope.service),
            ("AKIDEXAMPLE", "20150830", "us-east-1", "kms")
        );
        let mut out = Vec::new();
        scope.push(&mut out);
        assert_eq!(out, b"20150830/us-east-1/kms/aws4_request");
    }

    #[test]
    fn a_credential_of_another_shape_is_incomplete() {
        for bad in [
            "",
            "AKID",
            "a/b/c/d",
            "a/b/c/d/e/f",
            "/20150830/us-east-1/kms/aws4_request",
            "AKID/20150830//kms/aws4_request",
            "AKID/20150830/us\n/kms/aws4_request",
            "AKID/20150830/us-east-1/kms/aws4_request/",
        ] {
            let text = format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{bad}'"
            );
            assert_eq!(read(bad).unwrap_err(), text);
        }
    }

    #[test]
    fn terminator_and_day_are_held_together() {
        assert_eq!(
            read("AKID/20150829/us-east-1/kms/aws5_request").unwrap_err(),
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. Date in \
             Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != \
             '20150830', from '20150830T123600Z'."
        );
    }

    #[test]
    fn region_and_service_are_the_callers_to_judge() {
        let (_, scope) = read("AKID/20150830/mars-1/sts/aws4_request").unwrap();
        assert_eq!(scope.check("sts", |region| region == "mars-1"), Ok(()));
        assert_eq!(
            scope.check("kms", |_| false).unwrap_err().to_string(),
            "Credential should be scoped to a valid region, not 'mars-1'. Credential should be scoped to correct \
             service: 'kms'."
        );
    }
}
