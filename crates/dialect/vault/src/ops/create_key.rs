//! `POST transit/keys/:name`: makes a key, or shows the one that is there, unchanged.

use std::collections::BTreeMap;

use api::ops::CreateKey;
use domain::{ExportCeiling, KeyId, KeySpec, Name, UsageSet};
use serde::Deserialize;

use super::read_key::shown;
use crate::call::{Exchange, key_ref};
use crate::envelope::{Answer, Errors};
use crate::fault;
use crate::member::{Setting, Text};

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
    derived: Option<Setting>,
    convergent_encryption: Option<Setting>,
    exportable: Option<Setting>,
    allow_plaintext_backup: Option<Setting>,
    auto_rotate_period: Option<Setting>,
    key_size: Option<Setting>,
}

pub(super) async fn run(name: &str, exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let Some((name, _)) = key_ref(name) else { return Err(exchange.unsupported_path().await) };
    let asked: Asked<'_> = super::body(&exchange).await?;
    let op = match spec(&asked).and_then(|spec| new_key(name.clone(), spec)) {
        Ok(op) => op,
        Err(errors) => return Err(exchange.refuse(errors).await),
    };
    let view = exchange.run(op).await.map_err(|f| fault::word(&f.what))?;
    shown(&view, name.text()).map(Answer::Data)
}

/// What transit makes: exportable up to the plain, but not now; destruction at once, but not allowed now. No key takes
/// a name of the form of an id: ids win over names, so it could not be reached once a key had that id.
pub(super) fn new_key(name: Name, spec: KeySpec) -> Result<CreateKey, Errors> {
    if name.text().parse::<KeyId>().is_ok() {
        return Err(Errors::bad_request("the name of a new key must not have the form of a key id"));
    }
    Ok(CreateKey {
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
    })
}

fn spec(asked: &Asked<'_>) -> Result<KeySpec, Errors> {
    let on = |setting: Option<Setting>| setting.is_some_and(|Setting(on)| on);
    let absent = [
        (asked.derived, "derived"),
        (asked.convergent_encryption, "convergent_encryption"),
        (asked.exportable, "exportable"),
        (asked.allow_plaintext_backup, "allow_plaintext_backup"),
        (asked.auto_rotate_period, "auto_rotate_period"),
        (asked.key_size, "key_size"),
    ];
    if let Some((_, member)) = absent.into_iter().find(|(setting, _)| on(*setting)) {
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
