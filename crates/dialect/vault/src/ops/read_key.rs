//! `GET transit/keys/:name`.

use api::FaultWhat;
use api::ops::{DescribeKey, KeyView};
use domain::{KeySpec, KeyState};
use serde_json::{Map, Value, json};

use crate::call::{Exchange, key_ref};
use crate::envelope::{Answer, Errors};
use crate::fault;

pub(super) async fn run(name: &str, exchange: Exchange<'_>) -> Result<Answer, Errors> {
    let Some((name, key)) = key_ref(name) else { return Err(exchange.unsupported_path().await) };
    let view = exchange.run(DescribeKey { key }).await.map_err(|f| fault::word(&f.what))?;
    shown(&view, name.text()).map(Answer::Data)
}

/// A key as transit shows it.
pub(super) fn shown(view: &KeyView, name: &str) -> Result<Value, Errors> {
    let key = &view.key;
    let kind = match key.spec() {
        KeySpec::Aes256 => "aes256-gcm96",
        KeySpec::Aes128 => "aes128-gcm96",
        spec => return Err(fault::word(&FaultWhat::WrongSpec { key: key.id(), spec })),
    };
    if key.state().is_destroyed() {
        return Err(Errors::silent(404));
    }
    let versions: Map<String, Value> =
        key.versions().iter().map(|v| (v.ordinal().to_string(), v.created_at().seconds().into())).collect();
    let held_back = key.state() != KeyState::Active || key.destruction().is_some();
    Ok(json!({
        "name": name,
        "type": kind,
        "keys": versions,
        "latest_version": key.versions().iter().map(domain::KeyVersion::ordinal).max().unwrap_or(0),
        "min_available_version": 0,
        "min_decryption_version": key.versions().iter().find(|v| v.process_allowed()).map_or(1, domain::KeyVersion::ordinal),
        "min_encryption_version": 0,
        "deletion_allowed": false,
        "derived": false,
        "exportable": key.details.exportable,
        "allow_plaintext_backup": false,
        "imported_key": false,
        "auto_rotate_period": key.details.rotation.every.unwrap_or(0),
        "soft_deleted": held_back,
        "supports_encryption": true,
        "supports_decryption": true,
        "supports_derivation": true,
        "supports_signing": false,
    }))
}
