//! Members that several operations share.

use std::fmt;

use api::ops::{AssociatedData, CiphertextForm, KeyRef};
use api::{Fault, FaultWhat};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{Algorithm, Name};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::call::Place;
use crate::constraint::Checks;
use crate::text::Text;
use crate::wire::{self, WireError};
use crate::{fault, key_ref, words};

/// An encryption context: an object of texts, no name twice.
#[derive(Debug, Default)]
pub(crate) struct Context(Vec<(String, String)>);

impl Context {
    pub(crate) fn into_aad(self) -> AssociatedData {
        if self.0.is_empty() { AssociatedData::None } else { AssociatedData::Pairs(self.0) }
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Context;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Context, A::Error> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            pairs.push((name, value));
        }
        if twice(&pairs) { Err(de::Error::custom("a name stands twice")) } else { Ok(Context(pairs)) }
    }
}

/// Whether a name stands twice. By sorting: a body of our bound holds tens of thousands of pairs, and nobody has been
/// authenticated when it is read (INV-12).
fn twice(pairs: &[(String, String)]) -> bool {
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|two| matches!(two, [a, b] if a == b))
}

/// Refuses members that change what an operation means and are not supported: never passed over.
pub(crate) fn refuse_unsupported(
    recipient: Option<IgnoredAny>,
    grants: Option<&[IgnoredAny]>,
) -> Result<(), WireError> {
    if recipient.is_some() {
        return Err(WireError::unsupported("Recipient is not supported by this server yet."));
    }
    if grants.is_some_and(|g| !g.is_empty()) {
        return Err(WireError::client(
            "InvalidGrantTokenException",
            "Grants are not supported by this server yet.",
        ));
    }
    Ok(())
}

/// Refuses what would change the meaning of a dry run.
pub(crate) fn refuse_modifiers(modifiers: Option<&[String]>) -> Result<(), WireError> {
    if modifiers.is_some_and(|modifiers| !modifiers.is_empty()) {
        return Err(WireError::unsupported("DryRunModifiers are not supported by this server yet."));
    }
    Ok(())
}

/// A blob that is no secret.
pub(crate) fn blob(text: &str) -> Result<Vec<u8>, WireError> {
    STANDARD.decode(text).map_err(|_| WireError::bad_base64())
}

/// The `KeyId` member's constraints.
pub(crate) fn check_key_id(checks: &mut Checks, key_id: &Text<'_>) {
    checks.required("keyId", key_id.as_ref());
    checks.text("keyId", key_id.as_deref(), 1, 2048);
}

/// The form of a ciphertext by its algorithm, which is symmetric unless it is named. Nothing can be bound to one of an
/// asymmetric key.
pub(crate) fn form(algorithm: &Text<'_>, context: &Context) -> Result<CiphertextForm, WireError> {
    let Some(word) = algorithm.as_deref() else { return Ok(CiphertextForm::Envelope) };
    match words::encryption(word) {
        Some(Algorithm::AesGcm) => Ok(CiphertextForm::Envelope),
        Some(Algorithm::RsaOaep(hash)) if context.0.is_empty() => Ok(CiphertextForm::Oaep(hash)),
        Some(Algorithm::RsaOaep(_)) => Err(WireError::validation(format!(
            "EncryptionContext cannot be used with algorithm {word}: asymmetric keys do not support it."
        ))),
        Some(_) | None => Err(only_in_china(word)),
    }
}

/// The algorithm of a ciphertext's form.
pub(crate) fn algorithm_word(form: CiphertextForm) -> &'static str {
    words::algorithm_word(match form {
        CiphertextForm::Envelope | CiphertextForm::Direct => Algorithm::AesGcm,
        CiphertextForm::Oaep(hash) => Algorithm::RsaOaep(hash),
    })
}

/// A word of the model that other Regions refuse.
pub(crate) fn only_in_china(word: &str) -> WireError {
    WireError::unsupported(format!("{word} is not supported in this Region."))
}

/// The constraints of an `AliasName` member.
pub(super) fn check_alias_name(checks: &mut Checks, alias: &Text<'_>) {
    checks.required("aliasName", alias.as_ref());
    checks.text("aliasName", alias.as_deref(), 1, 256);
    if let Some(name) = alias.as_deref() {
        let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b":/_-".contains(&b));
        checks.pattern("aliasName", name, "^[a-zA-Z0-9:/_-]+$", fits);
    }
}

/// The name that an `AliasName` within its constraints is; those that begin with `alias/aws/` are not a customer's.
pub(super) fn own_alias(alias: &Text<'_>) -> Result<Name, WireError> {
    let alias = alias.as_deref().unwrap_or_default();
    let text = alias.strip_prefix("alias/").filter(|rest| !rest.is_empty());
    let text = text.ok_or_else(|| WireError::validation("Alias must start with the prefix \"alias/\". Please see http://docs.aws.amazon.com/kms/latest/developerguide/programming-aliases.html"))?;
    if text.starts_with("aws/") {
        return Err(WireError::client("NotAuthorizedException", ""));
    }
    key_ref::alias_name(text).ok_or_else(|| WireError::client("InvalidAliasNameException", ""))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyOnly<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
}

/// A body whose one member names a key by id or ARN.
pub(super) fn key_only(body: &[u8], place: &Place<'_>) -> Result<KeyRef, WireError> {
    let asked: KeyOnly<'_> = wire::read(body)?;
    let mut checks = Checks::default();
    check_key_id(&mut checks, &asked.key_id);
    checks.done()?;
    key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)
}

/// The one item that was asked for. Its fault, should the gate leave it in the item, is the request's.
pub(super) fn only<T>(items: Vec<Result<T, FaultWhat>>, place: &Place<'_>) -> Result<T, WireError> {
    let item = items.into_iter().next().ok_or_else(WireError::internal)?;
    item.map_err(|what| fault::word(&Fault::new(what), place))
}
