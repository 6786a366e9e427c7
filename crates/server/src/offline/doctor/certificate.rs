//! When the server's certificate ends. Only the way to `notAfter` is read (RFC 5280 §4.1); whether the certificate is
//! any good is for TLS to say.

use std::path::PathBuf;

use domain::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::Check;
use crate::config::{Config, TlsMode};

const NAME: &str = "certificate";
const DAY: i64 = 86_400;
/// Days before its end at which a warning is due.
const SOON: i64 = 30;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The certificate that the server shows.
pub(super) fn expiry(config: &Config, now: Timestamp) -> Check {
    let (path, hint): (PathBuf, _) = match &config.tls {
        TlsMode::Off => return Check::ok(NAME, "TLS is off; the address is a loopback one"),
        TlsMode::OwnCa => (
            config.data_dir.join("tls/server.pem"),
            "delete the folder tls and start the server: it makes a new authority, which clients must then trust",
        ),
        TlsMode::Files { certificate, .. } => (certificate.clone(), "renew it, then send the server SIGHUP"),
    };
    if config.tls == TlsMode::OwnCa && !path.exists() {
        return Check::ok(NAME, "the server makes one at its first start");
    }
    let shown = path.display();
    let Some(end) = CertificateDer::from_pem_file(&path).ok().and_then(|der| not_after(&der)) else {
        return Check::fail(NAME, format!("{shown} holds no readable certificate"), hint);
    };
    let (left, date) = ((end.seconds() - now.seconds()).div_euclid(DAY), end.rfc3339());
    if end <= now {
        return Check::fail(NAME, format!("{shown} ended {date}"), hint);
    }
    if left < SOON {
        return Check::warn(NAME, format!("{shown} ends in {left} days, {date}"), hint);
    }
    Check::ok(NAME, format!("good until {date}"))
}

/// The end of a certificate's validity.
fn not_after(der: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = element(der, SEQUENCE)?;
    let (mut rest, _) = element(certificate, SEQUENCE)?;
    if let Some((_, after)) = element(rest, VERSION) {
        rest = after;
    }
    // Serial number, signature algorithm, issuer.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        (_, rest) = element(rest, tag)?;
    }
    let (validity, _) = element(rest, SEQUENCE)?;
    let (_, end) = time(validity)?;
    time(end).map(|(time, _)| time)
}

/// Content and rest of one element of a tag, in DER.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    if first < 0x80 {
        return rest.split_at_checked(first.into());
    }
    let (length, rest) = rest.split_at_checked((first & 0x7f).into())?;
    if length.is_empty() || length.len() > 4 {
        return None;
    }
    let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    rest.split_at_checked(length)
}

/// A time in either form; years of two digits are of 1950 to 2049 (§4.1.2.5.1).
fn time(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    if let Some((text, rest)) = element(bytes, UTC_TIME) {
        let (year, text) = number(text, 2)?;
        let century = if year < 50 { 2000 } else { 1900 };
        return Some((within(century + year, text)?, rest));
    }
    let (text, rest) = element(bytes, GENERALIZED_TIME)?;
    let (year, text) = number(text, 4)?;
    Some((within(year, text)?, rest))
}

fn within(year: i64, text: &[u8]) -> Option<Timestamp> {
    let (month, text) = number(text, 2)?;
    let (day, text) = number(text, 2)?;
    let (hour, text) = number(text, 2)?;
    let (minute, text) = number(text, 2)?;
    let (second, text) = number(text, 2)?;
    let fits =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    (fits && text == b"Z").then(|| Timestamp::from_millis(seconds * 1000))
}

fn number(text: &[u8], digits: usize) -> Option<(i64, &[u8])> {
    let (number, rest) = text.split_at_checked(digits)?;
    let digits = number.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(number).ok()?.parse().ok()?;
    digits.then_some((number, rest))
}

/// Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(end: (i32, u8, u8)) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(end.0, end.1, end.2);
        params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_in_both_forms_of_time() {
        for (end, text) in [
            ((2027, 2, 28), "2027-02-28T00:00:00.000Z"),
            ((2049, 12, 31), "2049-12-31T00:00:00.000Z"),
            ((2052, 2, 29), "2052-02-29T00:00:00.000Z"),
            ((4096, 1, 1), "4096-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(not_after(&made(end)).unwrap().rfc3339(), text);
        }
    }

    #[test]
    fn a_certificate_that_is_cut_or_altered_gives_a_time_or_nothing_but_no_panic() {
        let der = made((2027, 2, 28));
        for at in 0..der.len() {
            let mut altered = der.clone();
            altered[at] ^= 0xff;
            let _ = not_after(&altered);
        }
        for at in 0..100 {
            assert_eq!(not_after(&der[..at]), None, "cut at {at}");
        }
    }
}
