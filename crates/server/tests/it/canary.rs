//! Known secret bytes are looked for where they must not be: in every file of the data folder and in the log at its
//! finest level, in any form, never; in the image of the process only where they are listed, and nowhere once the
//! system is sealed. Positive controls show that the search finds what is there.

mod destroyed;
mod memory;
pub(crate) mod needle;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use api::ops::{DescribeKey, KeyRef, RotateKey};
use domain::{Key, VersionId};
use secret::Exposure;
use spi::{CryptoProvider, MaterialAt, MaterialVault};

use crate::house::{House, encrypt, fresh_root};
use memory::{Place, flags_at, search};
use needle::{Finder, Form, Needle};

const MATERIALS: [&str; 2] = ["material 1", "material 2"];

#[tokio::test]
async fn inv_2_secret_bytes_are_only_where_they_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    trace_into(&folder.path().join("trace.log"));
    let root = fresh_root();
    let mut needles = Needle::all("root key", root.expose(Exposure::VerifyCredential));
    let house = House::open_with(folder.path(), root, |_| ()).await;
    let key = use_everything(&house, &mut needles).await;
    let _control = control_in_memory(&house);

    look_in_memory_while_cached(&needles);
    look_in_files(folder.path(), &needles);
    house.engine.seal_now();
    let image = search(&needles);
    assert!(image.hits.is_empty(), "after sealing: {:?}", image.hits);
    assert!(house.encrypt(key.id(), "x").await.is_err(), "a sealed system uses no key");
    house.close().await;
    look_in_files(folder.path(), &needles);
    control_in_files(folder.path(), &needles);
}

/// Two versions of a key are made and used; a plaintext passes through.
async fn use_everything(house: &House, needles: &mut Vec<Needle>) -> std::sync::Arc<Key> {
    let key = house.create().await.unwrap().key;
    let plaintext = house.crypto.random(40).unwrap();
    needles.extend(Needle::all("plaintext", plaintext.expose(Exposure::VerifyCredential)));
    let old = house.run(encrypt(key.id(), plaintext)).await.unwrap().items.remove(0).unwrap().ciphertext;
    house.run(RotateKey::unbounded(KeyRef::Id(key.id()))).await.unwrap();
    let new = house.encrypt(key.id(), "by the second version").await.unwrap();
    assert_eq!(house.decrypt(&new).await.unwrap(), "by the second version");
    assert!(house.run(decrypt(&old)).await.unwrap().items[0].is_ok());
    let key = house.run(DescribeKey { key: KeyRef::Id(key.id()) }).await.unwrap().key;
    for (name, version) in MATERIALS.into_iter().zip(key.versions()) {
        let version = VersionId { key: key.id(), ordinal: version.ordinal() };
        let at = MaterialAt::Version { tenant: key.tenant(), version };
        let material = house.store.open(&at).await.unwrap();
        needles.extend(Needle::all(name, material.expose(Exposure::VerifyCredential)));
    }
    key
}

fn decrypt(ciphertext: &[u8]) -> api::ops::Decrypt {
    let item = api::ops::DecryptItem {
        ciphertext: ciphertext.to_vec(),
        aad: api::ops::AssociatedData::None,
        version: None,
    };
    api::ops::Decrypt { key: None, items: vec![item], form: api::ops::CiphertextForm::Envelope }
}

fn look_in_memory_while_cached(needles: &[Needle]) {
    let image = search(needles);
    println!("looked through {} KiB: {:?}", image.bytes / 1024, image.hits);
    assert!(image.bytes > 1 << 20, "an image of a process is larger");
    for hit in &image.hits {
        let listed =
            hit.place == Place::Arena || (hit.place == Place::AesSchedule && MATERIALS.contains(&hit.name));
        assert!(listed && hit.form == Form::Raw, "{hit:?}");
        if hit.place == Place::Arena {
            let flags = flags_at(hit.address);
            assert!(flags.contains(" dd") && flags.contains(" wf"), "neither dumped nor forked: {flags}");
        }
    }
    for name in MATERIALS {
        let schedules = image.hits.iter().filter(|hit| hit.name == name && hit.place == Place::AesSchedule);
        assert!(schedules.count() <= 1, "{name} is loaded once");
    }
    assert!(!image.hits.iter().any(|hit| hit.name == "plaintext"), "a plaintext outlived its request");
}

/// Another secret, written on the heap in every form: each must be found, outside the arena.
fn control_in_memory(house: &House) -> Vec<Vec<u8>> {
    let control = house.crypto.random(32).unwrap();
    let needles = Needle::all("control", control.expose(Exposure::VerifyCredential));
    let leaked: Vec<Vec<u8>> = needles.iter().map(Needle::unmasked).collect();
    let image = search(&needles);
    for form in Form::ALL {
        let outside = |hit: &&memory::Hit| hit.form == form && matches!(hit.place, Place::Elsewhere(_));
        assert!(image.hits.iter().any(|hit| outside(&hit)), "the search did not find {form:?}");
    }
    assert!(image.hits.iter().any(|hit| hit.place == Place::Arena), "nor the secret itself");
    leaked
}

fn look_in_files(folder: &Path, needles: &[Needle]) {
    let files = files(folder);
    let has = |name: &str| files.iter().any(|file| file.ends_with(name));
    assert!(has("keystead.db") && has("pin") && has("trace.log") && has("audit/audit.pub"), "{files:?}");
    let token = Needle::all("token", b"root-token");
    let found = found_in(&files, needles.iter().chain(&token));
    assert!(found.is_empty(), "{found:?}");
}

/// The same search finds each form in a file that does hold it.
fn control_in_files(folder: &Path, needles: &[Needle]) {
    let path = folder.join("control");
    for needle in needles {
        std::fs::write(&path, [b"?".as_slice(), &needle.unmasked(), b"!"].concat()).unwrap();
        let found = found_in(&files(folder), [needle]);
        assert_eq!(found, [(needle.name, needle.form, path.clone())], "the one that is there");
    }
}

/// What stands where.
pub(crate) fn found_in<'a>(
    files: &[PathBuf],
    needles: impl IntoIterator<Item = &'a Needle>,
) -> Vec<(&'static str, Form, PathBuf)> {
    let (finder, mut found) = (Finder::new(needles), Vec::new());
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        finder.find(&bytes, |_, needle| found.push((needle.name, needle.form, file.clone())));
    }
    found
}

/// Every file under a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Everything that any crate logs, at the finest level.
fn trace_into(path: &Path) {
    let file = std::fs::File::create(path).unwrap();
    let finest = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    finest.with_writer(Mutex::new(file)).init();
    tracing::trace!("the finest level is written");
}
