//! Markers and limits of listings.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Cursor;
use serde_json::{Map, Value};

use crate::constraint::Checks;
use crate::wire::WireError;

/// First byte of a marker of ours, so that chance text is none.
const MARK: u8 = 0x6d;

/// A cursor as a marker.
pub(crate) fn marker(cursor: &Cursor) -> String {
    URL_SAFE_NO_PAD.encode([&[MARK], cursor.0.as_slice()].concat())
}

/// A marker as a cursor.
pub(crate) fn cursor(marker: Option<&str>) -> Result<Option<Cursor>, WireError> {
    let Some(marker) = marker else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
    let own = bytes.as_deref().and_then(|b| b.strip_prefix(&[MARK])).map(|b| Cursor(b.to_vec()));
    own.map(Some).ok_or_else(|| WireError::client("InvalidMarkerException", ""))
}

/// The answer of a listing: its items under their member, and where to go on.
pub(crate) fn answer(member: &str, items: Value, next: Option<&Cursor>) -> Vec<u8> {
    let mut answer = Map::new();
    answer.insert(member.to_owned(), items);
    answer.insert("Truncated".to_owned(), next.is_some().into());
    if let Some(next) = next {
        answer.insert("NextMarker".to_owned(), marker(next).into());
    }
    Value::Object(answer).to_string().into_bytes()
}

/// A limit within 1 to 1000, or the operation's default.
pub(crate) fn limit(given: Option<i64>, default: usize) -> usize {
    given.and_then(|n| usize::try_from(n).ok()).unwrap_or(default)
}

/// The constraints that every listing has.
pub(crate) fn check(checks: &mut Checks, limit: Option<i64>, marker: Option<&str>) {
    checks.range("limit", limit, 1, 1000);
    checks.text("marker", marker, 1, 1024);
}
