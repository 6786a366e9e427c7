//! How a request names a key: id, key ARN, alias name or alias ARN; in AWS's order of checks.

use api::ops::KeyRef;
use domain::{AccountNumber, Coordinates, Dialect, Name, Space};

use crate::call::Place;
use crate::wire::WireError;

const ALIAS: &str = "alias/";

/// Reads a `KeyId` member that must be there.
pub(crate) fn read(given: &str, place: &Place<'_>) -> Result<KeyRef, WireError> {
    match given.strip_prefix("arn:") {
        Some(rest) => arn(given, rest, place),
        None => plain(given),
    }
}

/// Reads a member that takes a key by id or ARN, never by alias (changes of state do not follow aliases).
pub(crate) fn read_key_only(given: &str, place: &Place<'_>) -> Result<KeyRef, WireError> {
    let is_alias =
        given.starts_with(ALIAS) || given.rsplit(':').next().is_some_and(|last| last.starts_with(ALIAS));
    if is_alias { Err(invalid_id(given)) } else { read(given, place) }
}

fn plain(given: &str) -> Result<KeyRef, WireError> {
    if let Some(name) = given.strip_prefix(ALIAS) {
        return Ok(KeyRef::Name(alias_name(name).ok_or_else(|| invalid_id(given))?));
    }
    key_id(given)
}

/// A key's id and nothing else.
fn key_id(given: &str) -> Result<KeyRef, WireError> {
    if let Some(hex) = given.strip_prefix("mrk-") {
        // A well-formed multi-Region id leads to no key here; a malformed one is no id.
        let fits = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        return if fits { Ok(multi_region(given)) } else { Err(invalid_id(given)) };
    }
    given.parse().map(KeyRef::Id).map_err(|_| invalid_id(given))
}

/// `arn:aws:kms:REGION:ACCOUNT:key/ID` or `…:alias/NAME`.
fn arn(given: &str, rest: &str, place: &Place<'_>) -> Result<KeyRef, WireError> {
    let invalid = || WireError::client("InvalidArnException", format!("Invalid arn {given}"));
    let mut parts = rest.splitn(5, ':');
    let (partition, service) = (parts.next(), parts.next());
    let (Some("aws"), Some("kms")) = (partition, service) else { return Err(invalid()) };
    let (Some(region), Some(account), Some(resource)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(invalid());
    };
    if region != place.region {
        return Err(WireError::client("NotFoundException", format!("Invalid arn {region}")));
    }
    let account: AccountNumber = account.parse().map_err(|_| invalid())?;
    let key = match resource.strip_prefix("key/") {
        Some(id) => key_id(id)?,
        None if resource.starts_with(ALIAS) => plain(resource)?,
        None => return Err(invalid()),
    };
    let place = Coordinates::new(Dialect::Aws, format!("{account}/{region}"));
    Ok(KeyRef::At { place, key: Box::new(key) })
}

/// The domain's name for an alias, without the prefix it has on the wire.
pub(crate) fn alias_name(name: &str) -> Option<Name> {
    Name::new(Space::Aws, name).ok()
}

/// No multi-Region key exists here; the reference keeps the request's own words for the answer.
fn multi_region(given: &str) -> KeyRef {
    KeyRef::Unknown(given.to_owned())
}

fn invalid_id(given: &str) -> WireError {
    let shown: String = given.chars().take(2048).collect();
    WireError::client("NotFoundException", format!("Invalid keyId '{shown}'"))
}
