//! `POST transit/keys/:name`: makes a key, or shows the one that is there, unchanged.

use std::collections::BTreeMap;

use api::ops::CreateKey;
use domain::{ExportCeiling, KeySpec, Name, UsageSet};
use serde::Deserialize;

use super::read_key::shown;
use crate::call::{Exchange, key_ref};
use crate::envelope::{Answer, Errors};
use crate::fault;
use crate::member::Text;

/// Types that the original knows and this server does not have yet.
const ABSENT: &[&str] = &[
    "chacha20-poly1305",
    "xchacha20-poly1305",
    "ed25519",
    "ecdsa-p256",
    "ecdsa-p384",
    "ecdsa-p521",
    "rsa-2048",
    "rsa-3072",
    "rsa-4096",
    "hmac",
    "external-key",
    "managed_key",
    "aes128-cmac",
    "aes192-cmac",
    "aes256-cmac",
    "ml-dsa",
    "slh-dsa",
    "hybrid",
    "aes128-cbc",
    "aes256-cbc",
];

#[derive(Default, Deserialize)]
struct Asked<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    derived: Option<serde_json::Value>,
    convergent_encryption: Option<serde_json::Value>,
    exportable: Option<serde_json::Value>,
    allow_plaintext_backup: Option<serde_json::Value>,
    auto_rotate_period: Option<serde_json::Value>,
}

pub(super) async fn run(name: &str, exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let Some((name, _)) = key_ref(name) else { return Err(exchange.unsupported_path().await) };
    let asked: Asked<'_> = super::body(&exchange).await?;
    let spec = match spec(&asked) {
        Ok(spec) => spec,
        Err(errors) => return Err(exchange.refuse(errors).await),
    };
    let view = exchange.run(new_key(name.clone(), spec)).await.map_err(|f| fault::word(&f.what))?;
    shown(&view, name.text()).map(Answer::Data)
}

/// What transit makes: exportable up to the plain, but not now; destruction at once, but not allowed now.
pub(super) fn new_key(name: Name, spec: KeySpec) -> CreateKey {
    CreateKey {
        spec,
        usage: UsageSet::ENCRYPT_DECRYPT,
        description: String::new(),
        labels: BTreeMap::new(),
        name: Some(name),
        policy: None,
        bypass_lockout_check: false,
        export: ExportCeiling::Plain,
        destruction_wait: 0,
        destruction_allowed: false,
        or_find: true,
    }
}

fn spec(asked: &Asked<'_>) -> Result<KeySpec, Errors> {
    let on = |v: &Option<serde_json::Value>| {
        v.as_ref()
            .is_some_and(|v| !matches!(v.as_str(), Some("false" | "0" | "0s" | "")) && *v != false && *v != 0)
    };
    let absent = [
        (&asked.derived, "derived"),
        (&asked.convergent_encryption, "convergent_encryption"),
        (&asked.exportable, "exportable"),
        (&asked.allow_plaintext_backup, "allow_plaintext_backup"),
        (&asked.auto_rotate_period, "auto_rotate_period"),
    ];
    if let Some((_, member)) = absent.into_iter().find(|(value, _)| on(value)) {
        return Err(Errors::bad_request(format!("{member} is not supported by this server yet")));
    }
    kind(asked.kind.as_deref())
}

/// A key type by its name.
pub(super) fn kind(given: Option<&str>) -> Result<KeySpec, Errors> {
    match given {
        None | Some("" | "aes256-gcm96") => Ok(KeySpec::Aes256),
        Some("aes128-gcm96") => Ok(KeySpec::Aes128),
        Some(known) if ABSENT.contains(&known) => {
            Err(Errors::bad_request(format!("key type {known} is not supported by this server yet")))
        }
        Some(other) => Err(Errors::bad_request(format!("unknown key type {other}"))),
    }
}
