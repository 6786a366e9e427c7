//! The `Date` header (RFC 9110 §6.6.1) by the house's own clock, since clients correct their signatures' skew by it.
//! Formatted once a second.

use std::sync::Arc;

use ::http::HeaderValue;
use arc_swap::ArcSwapOption;
use domain::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

/// The last date that was written.
#[derive(Debug, Default)]
pub(crate) struct Dates(ArcSwapOption<(i64, HeaderValue)>);

impl Dates {
    /// The header for this time; none for a time that the calendar does not have.
    pub(crate) fn header(&self, now: Timestamp) -> Option<HeaderValue> {
        let second = now.seconds();
        if let Some(last) = self.0.load().as_deref().filter(|last| last.0 == second) {
            return Some(last.1.clone());
        }
        let value = format(second)?;
        self.0.store(Some(Arc::new((second, value.clone()))));
        Some(value)
    }
}

fn format(second: i64) -> Option<HeaderValue> {
    let time = jiff::Timestamp::from_second(second).ok()?;
    let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()?;
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_an_imf_fixdate_of_the_given_second() {
        let dates = Dates::default();
        for (millis, text) in [
            (784_111_777_999, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_778_000, "Sun, 06 Nov 1994 08:49:38 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] {
            assert_eq!(dates.header(Timestamp::from_millis(millis)).unwrap(), text);
        }
        assert!(dates.header(Timestamp::from_millis(i64::MAX)).is_none());
    }
}
