//! Backups of a whole system, taken, damaged and brought back.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use api::ops::{
    AssociatedData, CiphertextForm, CreateKey, DataKeyShape, Decrypt, DecryptItem, GenerateDataKey, KeyRef,
};
use api::{Fault, KmsExt, Operation, RequestContext};
use domain::{Coordinates, Dialect, ExportCeiling, KeyId, KeySpec, Proof, UsageSet};
use secret::{Exposure, SecretBytes};
use store_record::Options;

use super::format::Backup;
use super::{BackupCommand, CreateArgs, RestoreArgs, VerifyArgs, run};
use crate::config::{Config, Layered, RootKind, TlsMode};
use crate::start::{First, started};
use crate::system::{StartError, System};

const TOKEN: &str = "kst_test";

/// A house over a folder, and a place for its backups.
pub(crate) struct House {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) config: Config,
}

impl House {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = config(&dir.path().join("data"), &dir.path().join("root.key"));
        Self { dir, config }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    async fn backup(&self, name: &str) -> PathBuf {
        let to = self.at(name);
        run(&self.config, BackupCommand::Create(CreateArgs { to: to.clone(), shares: Vec::new() }))
            .await
            .unwrap();
        to
    }

    fn restoring(&self, file: &Path, to: &str) -> RestoreArgs {
        let keyfile = Some(self.config.keyfile.clone());
        let (file, data_dir) = (file.to_owned(), self.at(to));
        RestoreArgs { file, data_dir, keyfile, shares: Vec::new(), pin: None, accept_rollback: false }
    }

    async fn restore(&self, args: RestoreArgs) -> Result<String, StartError> {
        run(&self.config, BackupCommand::Restore(args)).await
    }

    async fn verify(&self, file: &Path) -> Result<String, StartError> {
        let args = VerifyArgs { file: file.to_owned(), keyfile: None, shares: Vec::new() };
        run(&self.config, BackupCommand::Verify(args)).await
    }

    /// The house that a restored folder makes.
    async fn moved_to(&self, name: &str) -> Arc<System> {
        start(config(&self.at(name), &self.config.keyfile), Options::default()).await.unwrap()
    }
}

fn config(data: &Path, keyfile: &Path) -> Config {
    let mut config = Config::from_layers(&Layered::default()).unwrap();
    (config.data_dir, config.keyfile) = (data.to_owned(), keyfile.to_owned());
    (config.tls, config.root, config.segment_bytes) = (TlsMode::OwnCa, RootKind::Keyfile, 1 << 20);
    config
}

pub(crate) async fn start(config: Config, options: Options) -> Result<Arc<System>, StartError> {
    let system = System::open(config)?;
    started(&system, first, options).await?;
    Ok(system)
}

pub(crate) fn first() -> Result<First, StartError> {
    Ok(First { name: "operator", access_key: None, token: bytes(TOKEN) })
}

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::take_vec(text.as_bytes().to_vec())
}

async fn ask<O: Operation>(system: &System, operation: &'static str, op: O) -> Result<O::Output, Fault> {
    let context = RequestContext {
        id: system.request_id(),
        received_at: system.now(),
        place: Coordinates::new(Dialect::Native, "*/default"),
        operation: operation.into(),
        address: None,
        dry_run: false,
    };
    system.slot.run(context, Proof::Bearer(bytes(TOKEN)), op).await
}

async fn new_key(system: &System) -> KeyId {
    let op = CreateKey {
        spec: KeySpec::Aes256,
        usage: UsageSet::ENCRYPT_DECRYPT,
        description: String::new(),
        labels: BTreeMap::new(),
        name: None,
        policy: None,
        bypass_lockout_check: false,
        export: ExportCeiling::Never,
        destruction_wait: 7 * 86_400,
        destruction_allowed: true,
        or_find: false,
    };
    ask(system, "CreateKey", op).await.unwrap().key.id()
}

/// A data key in the clear, and wrapped.
async fn data_key(system: &System, key: KeyId) -> (Vec<u8>, Vec<u8>) {
    let op = GenerateDataKey {
        key: KeyRef::Id(key),
        shape: DataKeyShape::Bytes(32),
        aad: AssociatedData::Pairs(Vec::new()),
        form: CiphertextForm::Envelope,
        with_plaintext: true,
    };
    let made = ask(system, "GenerateDataKey", op).await.unwrap();
    let plain = made.plaintext.unwrap().expose(Exposure::ReturnToAuthorisedCaller).to_vec();
    (plain, made.wrapped.ciphertext)
}

async fn unwrap(system: &System, wrapped: &[u8]) -> Vec<u8> {
    let aad = AssociatedData::Pairs(Vec::new());
    let item = DecryptItem { ciphertext: wrapped.to_vec(), aad, version: None };
    let op = Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope };
    let opened = ask(system, "Decrypt", op).await.unwrap().items.pop().unwrap().unwrap();
    opened.expose(Exposure::ReturnToAuthorisedCaller).to_vec()
}

fn holds(result: Result<String, StartError>, what: &str) {
    let said = result.map_or_else(|e| e.0, |said| panic!("it was done: {said}"));
    assert!(said.contains(what), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_taken_under_commits_restores_and_decrypts() {
    let house = House::new();
    let system = start(house.config.clone(), Options::default()).await.unwrap();
    let (plain, wrapped) = data_key(&system, new_key(&system).await).await;
    let (stop, made) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writer = tokio::spawn({
        let (system, stop, made) = (Arc::clone(&system), Arc::clone(&stop), Arc::clone(&made));
        async move {
            while !stop.load(Ordering::Relaxed) {
                new_key(&system).await;
                made.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    while made.load(Ordering::Relaxed) < 20 {
        tokio::task::yield_now().await;
    }
    let before = made.load(Ordering::Relaxed);
    let file = house.backup("one.backup").await;
    assert!(made.load(Ordering::Relaxed) > before, "nothing was committed meanwhile");
    stop.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let said = house.verify(&file).await.unwrap();
    assert!(said.contains("this root's"), "{said}");

    let said = house.restore(house.restoring(&file, "new")).await.unwrap();
    assert!(said.contains("what comes next"), "{said}");
    for _ in 0..2 {
        let restored = house.moved_to("new").await;
        assert_eq!(unwrap(&restored, &wrapped).await, plain);
        new_key(&restored).await;
        restored.close().await;
    }
    let dir = house.at("new").join("audit");
    let crypto = provider_software::Software::new();
    let key = fs::read_to_string(dir.join("audit.pub")).unwrap();
    let key = audit::VerifierKey::parse(&key, &crypto).unwrap();
    let report = audit::verify(&dir, &key, None, &crypto).unwrap();
    assert_eq!(report.findings, []);
    let first = audit::tail(&dir, &crypto, Some(0), 1).unwrap();
    assert_eq!(first.entries[0].1.record.operation, "RestoreBackup");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_anywhere_and_a_cut_or_longer_file_are_found() {
    let house = House::new();
    start(house.config.clone(), Options::default()).await.unwrap().close().await;
    let path = house.backup("one.backup").await;
    let whole = fs::read(&path).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let flip = |at: usize| {
        let offset = u64::try_from(at).unwrap();
        file.write_at(&[whole[at] ^ (1 << (at % 8))], offset).unwrap();
        assert!(!is_sound(&path), "the flip at {at} of {} was not found", whole.len());
        file.write_at(&whole[at..=at], offset).unwrap();
    };
    // Every byte of the header and of the small parts, and a sample of the database.
    let database = whole.windows(16).position(|w| w == b"SQLite format 3\0").unwrap();
    let small = whole.len() - 700;
    (0..database + 200).chain((database..small).step_by(1999)).chain(small..whole.len()).for_each(flip);
    assert!(is_sound(&path));
    for changed in [&whole[..whole.len() - 1], &[&whole[..], b"x"].concat(), &whole[..database / 2], b""] {
        fs::write(&path, changed).unwrap();
        assert!(!is_sound(&path));
    }
}

fn is_sound(path: &Path) -> bool {
    let dir = tempfile::tempdir().unwrap();
    Backup::open(path).and_then(|mut backup| backup.unpack(dir.path(), &mut |_| {})).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_can_make_digests_but_has_no_root_cannot_make_a_seal() {
    let house = House::new();
    start(house.config.clone(), Options::default()).await.unwrap().close().await;
    let path = house.backup("one.backup").await;
    let made = fs::read(&path).unwrap();
    fs::write(&path, forged(&made, "\"program\": \"", "\"program\": \"9")).unwrap();
    assert!(is_sound(&path), "the digests hold again");
    holds(house.verify(&path).await, "the seal is not this root's");
    holds(house.restore(house.restoring(&path, "new")).await, "the seal is not this root's");
    assert_eq!(fs::read_dir(house.at("new")).unwrap().count(), 0, "nothing is left behind");
    let text = String::from_utf8_lossy(&made).into_owned();
    let size = text.split("\"bytes\": ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    for (from, to, why) in [
        (&*format!("\"bytes\": {size}"), "\"bytes\": 18446744073709551615", "cut short"),
        ("\"keystead.db\"", "\"../etc/x\"", "other parts"),
        ("\"format\": 1", "\"format\": 2", "format 2"),
    ] {
        fs::write(&path, forged(&made, from, to)).unwrap();
        holds(house.verify(&path).await, why);
    }
}

/// The file with the first `from` in its header replaced, and length and digest made to fit.
fn forged(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let length = usize::try_from(u32::from_be_bytes(file[16..20].try_into().unwrap())).unwrap();
    let header = std::str::from_utf8(&file[20..20 + length]).unwrap().replacen(from, to, 1);
    let length_now = u32::try_from(header.len()).unwrap().to_be_bytes();
    let rest = &file[20 + length..];
    let mut head = [&file[..16], &length_now, header.as_bytes(), &rest[..32]].concat();
    let digest = spi::SealCrypto::sha256(&provider_software::Software::new(), &[&head]);
    head.extend_from_slice(&digest);
    [&head, &rest[64..]].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_backup_than_the_pin_is_refused_until_the_loss_is_accepted() {
    let house = House::new();
    let system = start(house.config.clone(), Options::default()).await.unwrap();
    let (plain, wrapped) = data_key(&system, new_key(&system).await).await;
    let file = house.backup("old.backup").await;
    new_key(&system).await;
    system.close().await;
    let pin = Some(house.config.data_dir.join("pin"));
    let restoring = || RestoreArgs { pin: pin.clone(), ..house.restoring(&file, "new") };
    holds(house.restore(restoring()).await, "older than the pin");
    let accepted = RestoreArgs { accept_rollback: true, ..restoring() };
    house.restore(accepted).await.unwrap();
    let restored = house.moved_to("new").await;
    assert_eq!(unwrap(&restored, &wrapped).await, plain);
    restored.close().await;
    let newest = house.backup("new.backup").await;
    let same = RestoreArgs { pin: pin.clone(), ..house.restoring(&newest, "newest") };
    assert!(house.restore(same).await.unwrap().contains("as new as the pin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_refused_before_anything_is_made() {
    let house = House::new();
    start(house.config.clone(), Options::default()).await.unwrap().close().await;
    let file = house.backup("one.backup").await;
    holds(
        run(&house.config, BackupCommand::Create(CreateArgs { to: file.clone(), shares: Vec::new() })).await,
        "replaces nothing",
    );
    let mut elsewhere = house.restoring(&file, "data");
    holds(house.restore(elsewhere).await, "not empty");
    let other = House::new();
    start(other.config.clone(), Options::default()).await.unwrap().close().await;
    elsewhere = RestoreArgs { keyfile: Some(other.config.keyfile.clone()), ..house.restoring(&file, "new") };
    holds(house.restore(elsewhere).await, "did not seal this system");
    elsewhere = RestoreArgs { pin: Some(other.config.data_dir.join("pin")), ..house.restoring(&file, "new") };
    holds(house.restore(elsewhere).await, "another installation");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_root_a_backup_says_what_it_does_not_prove() {
    let house = House::new();
    let system = start(house.config.clone(), Options::default()).await.unwrap();
    let key = fs::read(&house.config.keyfile).unwrap();
    fs::rename(&house.config.keyfile, house.at("away.key")).unwrap();
    let file = house.backup("one.backup").await;
    assert!(house.verify(&file).await.unwrap().contains("malice was not ruled out"));
    fs::rename(house.at("away.key"), &house.config.keyfile).unwrap();
    let said = house.verify(&file).await.unwrap();
    assert!(said.contains("the rows vouch for themselves"), "{said}");
    let sealed = fs::read(house.backup("two.backup").await).unwrap();
    for bytes in [fs::read(&file).unwrap(), sealed] {
        assert!(!bytes.windows(32).any(|w| w == key), "the keyfile is not in it");
        assert!(!bytes.windows(TOKEN.len()).any(|w| w == TOKEN.as_bytes()));
    }
    house.restore(house.restoring(&file, "new")).await.unwrap();
    system.close().await;
    house.moved_to("new").await.close().await;
}
