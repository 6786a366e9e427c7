//! ListKeyRotations (AWS KMS API Reference, ListKeyRotations): versions that rotation made, or all; oldest first. Takes a
//! key id or key ARN, never an alias.

use api::ops::{ListRotations, RotationPage};
use domain::{KeyVersion, Making};
use serde::Deserialize;
use serde_json::json;

use super::members::check_key_id;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::metadata::epoch;
use crate::text::Text;
use crate::wire::{self, WireError};
use crate::{key_ref, paging};

const ALL: &str = "ALL_KEY_MATERIAL";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    #[serde(borrow)]
    include_key_material: Text<'a>,
    limit: Option<i64>,
    #[serde(borrow)]
    marker: Text<'a>,
}

pub(super) struct ListKeyRotations;

impl WireOperation for ListKeyRotations {
    type Op = ListRotations;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        let include = asked.include_key_material.as_deref();
        checks.one_of("includeKeyMaterial", include, &[ALL, "ROTATIONS_ONLY"]);
        paging::check(&mut checks, asked.limit, asked.marker.as_deref());
        checks.done()?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let after = paging::cursor(asked.marker.as_deref())?;
        Ok(ListRotations {
            key,
            first_too: include == Some(ALL),
            after,
            limit: paging::limit(asked.limit, 100),
        })
    }

    fn write(page: RotationPage, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let rotations: Vec<_> = page.versions.items.iter().map(|version| entry(version, &page)).collect();
        Ok(paging::answer("Rotations", rotations.into(), page.versions.next.as_ref()))
    }
}

/// The first material has neither date nor type.
fn entry(version: &KeyVersion, page: &RotationPage) -> serde_json::Value {
    let current = page.primary == Some(version.ordinal());
    let mut entry = json!({
        "KeyId": page.key.to_string(),
        "KeyMaterialId": version.material_id().to_string(),
        "KeyMaterialState": if current { "CURRENT" } else { "NON_CURRENT" },
    });
    let kind = match version.making() {
        Making::Born => None,
        Making::OnDemand => Some("ON_DEMAND"),
        Making::Automatic => Some("AUTOMATIC"),
    };
    if let (Some(kind), Some(object)) = (kind, entry.as_object_mut()) {
        object.insert("RotationDate".to_owned(), epoch(version.created_at()).into());
        object.insert("RotationType".to_owned(), kind.into());
    }
    entry
}
