//! The instant a request was signed at: ISO 8601 basic form as SigV4 signs it, and the HTTP `Date` form.

use std::fmt;

/// An instant in whole seconds, 1970 to 9999, with the spelling that stands in the string to sign.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    unix: i64,
    basic: [u8; 16],
}

const LAST: i64 = 253_402_300_799;
const DAY: i64 = 86_400;
const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

impl Timestamp {
    /// Reads `YYYYMMDDTHHMMSSZ`, and nothing else.
    #[must_use]
    pub fn parse_basic(text: &[u8]) -> Option<Self> {
        let basic: [u8; 16] = text.try_into().ok()?;
        let [y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'] = basic else {
            return None;
        };
        let date = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
        let unix = unix_of(date, (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?))?;
        Some(Self { unix, basic })
    }

    /// Reads an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 7231 §7.1.1.1). `-0000` and `+0000`
    /// pass for `GMT`, because botocore writes its `Date` header so (RFC 5322 §3.3).
    #[must_use]
    pub fn parse_http(text: &[u8]) -> Option<Self> {
        let (text, zone) = text.split_at_checked(26)?;
        let text: [u8; 26] = text.try_into().ok()?;
        let [w1, w2, w3, b',', b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', clock @ ..] = text
        else {
            return None;
        };
        let [h1, h2, b':', n1, n2, b':', s1, s2, b' '] = clock else {
            return None;
        };
        let month = MONTHS.iter().position(|name| **name == [m1, m2, m3])?;
        let month = i64::try_from(month).ok()? + 1;
        let date = (number(&[y1, y2, y3, y4])?, month, number(&[d1, d2])?);
        let unix = unix_of(date, (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?))?;
        let universal = matches!(zone, b"GMT" | b"-0000" | b"+0000");
        let named_day = [w1, w2, w3].iter().all(u8::is_ascii_alphabetic);
        (universal && named_day).then(|| Self::from_unix(unix))
    }

    /// The instant `unix` seconds after 1970, held within 1970 to 9999.
    #[must_use]
    pub fn from_unix(unix: i64) -> Self {
        let unix = unix.clamp(0, LAST);
        let (year, month, day) = civil(unix / DAY);
        let (hour, minute, second) = (unix % DAY / 3600, unix % 3600 / 60, unix % 60);
        let text = format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z");
        let basic = text.as_bytes().try_into().unwrap_or(*b"19700101T000000Z");
        Self { unix, basic }
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn unix(&self) -> i64 {
        self.unix
    }

    /// The spelling `YYYYMMDDTHHMMSSZ`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.basic).unwrap_or_default()
    }

    /// The day, `YYYYMMDD`.
    #[must_use]
    pub fn day(&self) -> &str {
        self.as_str().get(..8).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

fn unix_of((year, month, day): (i64, i64, i64), (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    let real = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    real.then(|| days(year, month, day) * DAY + hour * 3600 + minute * 60 + second)
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar; years are counted from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date that lies `days` after 1970-01-01: the inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_test_suites_instant_reads_in_both_forms() {
        let basic = Timestamp::parse_basic(b"20150830T123600Z").unwrap();
        assert_eq!(
            (basic.unix(), basic.day(), basic.as_str()),
            (1_440_938_160, "20150830", "20150830T123600Z")
        );
        for zone in ["GMT", "-0000", "+0000"] {
            let text = format!("Sun, 30 Aug 2015 12:36:00 {zone}");
            assert_eq!(Timestamp::parse_http(text.as_bytes()), Some(basic), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "20150830T123600",
            "2015-08-30T12:36:00Z",
            "20150229T000000Z",
            "20151301T000000Z",
            "20150001T000000Z",
            "20150100T000000Z",
            "20150101T240000Z",
            "20150101T006000Z",
            "20150101T000060Z",
            "19691231T235959Z",
            "+0150830T123600Z",
            "20150830t123600z",
            "",
            "20150830T123600ZZ",
        ] {
            assert_eq!(Timestamp::parse_basic(text.as_bytes()), None, "{text}");
        }
        for text in [
            "",
            "Sun, 30 Aug 2015 12:36:00 +0100",
            "Sun, 30 Aug 2015 12:36:00 ",
            "Sun, 30 Agu 2015 12:36:00 GMT",
            "Sun, 31 Feb 2015 12:36:00 GMT",
            "Sun, 30 Aug 2015 12:36:00 UTC",
        ] {
            assert_eq!(Timestamp::parse_http(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn leap_days_and_the_ends_of_the_range_are_exact() {
        assert_eq!(Timestamp::parse_basic(b"20240229T000000Z").unwrap().unix(), 1_709_164_800);
        assert_eq!(Timestamp::parse_basic(b"20000229T000000Z").unwrap().unix(), 951_782_400);
        assert_eq!(Timestamp::parse_basic(b"21000229T000000Z"), None);
        assert_eq!(Timestamp::from_unix(-5).as_str(), "19700101T000000Z");
        assert_eq!(Timestamp::from_unix(i64::MAX).as_str(), "99991231T235959Z");
    }

    proptest! {
        #[test]
        fn every_instant_survives_its_spelling(unix in 0..=LAST) {
            let spelt = Timestamp::from_unix(unix);
            prop_assert_eq!(spelt.unix(), unix);
            prop_assert_eq!(Timestamp::parse_basic(spelt.as_str().as_bytes()), Some(spelt));
        }
    }
}
