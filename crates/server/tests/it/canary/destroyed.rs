//! A key whose waiting period has passed is destroyed in earnest: its sealed bytes are in no file, its material is in no
//! part of the process, and those of its neighbour are where they were.

use std::path::Path;

use api::ops::{KeyRef, RotateKey, ScheduleDestruction};
use domain::{KeyId, TenantId, VersionId};
use secret::Exposure;
use spi::{MaterialAt, MaterialError, MaterialVault};
use store_record::{BUCKETS, Backend, MATERIAL, RowKey};

use super::files;
use super::memory::search;
use super::needle::Needle;
use crate::house::{House, WEEK};

#[tokio::test]
async fn inv_4_material_of_a_destroyed_key_is_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::open(folder.path()).await;
    let (doomed, other) = (used(&house).await, used(&house).await);
    let sealed = [sealed_rows(&house, doomed.0).await, sealed_rows(&house, other.0).await];
    assert!(sealed.iter().all(|rows| rows.len() == 2), "a row for each version");
    let mut needles = material(&house, "doomed", doomed).await;
    needles.extend(material(&house, "other", other).await);
    assert_eq!(in_memory(&needles), ["doomed", "other"], "both are loaded");
    assert_eq!([in_files(folder.path(), &sealed[0]), in_files(folder.path(), &sealed[1])], [2, 2]);

    house.run(ScheduleDestruction { key: KeyRef::Id(doomed.0), wait: WEEK }).await.unwrap();
    house.pass(WEEK + 1);
    assert_eq!(house.engine.tick().await.unwrap().destroyed, 1);

    assert_eq!(in_memory(&needles), ["other"]);
    assert_eq!([in_files(folder.path(), &sealed[0]), in_files(folder.path(), &sealed[1])], [0, 2]);
    for ordinal in [1, 2] {
        let opened = house.store.open(&place(doomed, ordinal)).await.map(drop);
        assert_eq!(opened, Err(MaterialError::Absent));
    }
    house.close().await;
    assert_eq!([in_files(folder.path(), &sealed[0]), in_files(folder.path(), &sealed[1])], [0, 2]);
}

/// A key with two versions, each of them loaded.
async fn used(house: &House) -> (KeyId, TenantId) {
    let key = house.create().await.unwrap().key;
    house.encrypt(key.id(), "by the first").await.unwrap();
    house.run(RotateKey::unbounded(KeyRef::Id(key.id()))).await.unwrap();
    house.encrypt(key.id(), "by the second").await.unwrap();
    (key.id(), key.tenant())
}

fn place((key, tenant): (KeyId, TenantId), ordinal: u32) -> MaterialAt {
    MaterialAt::Version { tenant, version: VersionId { key, ordinal } }
}

async fn material(house: &House, name: &'static str, key: (KeyId, TenantId)) -> Vec<Needle> {
    let mut needles = Vec::new();
    for ordinal in [1, 2] {
        let material = house.store.open(&place(key, ordinal)).await.unwrap();
        needles.extend(Needle::all(name, material.expose(Exposure::VerifyCredential)));
    }
    needles
}

/// Whose material is found in this process, in any form and place.
fn in_memory(needles: &[Needle]) -> Vec<&'static str> {
    let mut found: Vec<_> = search(needles).hits.iter().map(|hit| hit.name).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The sealed rows of a key's versions, as the database holds them.
async fn sealed_rows(house: &House, key: KeyId) -> Vec<Vec<u8>> {
    let none = RowKey { kind: "".into(), owner: Vec::new(), id: Vec::new() };
    let (backend, mut rows) = (house.store.backend(), Vec::new());
    for bucket in 0..BUCKETS {
        for member in backend.snapshot(&none, bucket).await.unwrap().members {
            if member.live && member.key.kind == MATERIAL && member.key.id.starts_with(key.as_bytes()) {
                let row = backend.lookup(&member.key, bucket).await.unwrap().row.unwrap();
                rows.push(row.sealed.unwrap());
            }
        }
    }
    rows
}

/// How many of the rows stand in some file, by either end.
fn in_files(folder: &Path, rows: &[Vec<u8>]) -> usize {
    let contents: Vec<_> = files(folder).iter().map(|file| std::fs::read(file).unwrap()).collect();
    let holds = |needle: &[u8]| contents.iter().any(|bytes| within(bytes, needle));
    rows.iter().filter(|row| holds(&row[..24]) || holds(&row[row.len() - 24..])).count()
}

fn within(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}
