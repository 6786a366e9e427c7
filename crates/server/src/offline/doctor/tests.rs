//! `doctor` over a healthy folder, a broken one and an empty one.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;

use domain::Timestamp;
use store_record::{FilePin, Options, Pin};

use super::machine::Machine;
use super::{Verdict, answer, count, examine, table};
use crate::config::Config;
use crate::offline::backup::tests::{House, start};

fn good() -> Machine {
    // 2100-01-01: after whatever the tests record.
    let now = Timestamp::from_millis(4_102_444_800_000);
    Machine { now, memlock: None, core: Some(0), free: |_| Ok(5 << 40) }
}

fn shown(house: &House, config: &Config, machine: &Machine) -> String {
    table(&examine(config, machine)).replace(house.dir.path().to_str().unwrap(), "")
}

async fn healthy() -> House {
    let house = House::new();
    start(house.config.clone(), Options::default()).await.unwrap().close().await;
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_folder() {
    let house = healthy().await;
    insta::assert_snapshot!(shown(&house, &house.config, &good()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_folder_on_a_bad_machine() {
    let house = healthy().await;
    let data = &house.config.data_dir;
    let chmod = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    chmod(data, 0o755);
    chmod(&data.join("keystead.db"), 0o640);
    chmod(&house.config.keyfile, 0o644);
    fs::write(data.join("first-token"), "kst_x").unwrap();
    chmod(&data.join("first-token"), 0o600);
    let mut pin = FilePin::new(data.join("pin"));
    let mut state = pin.load().unwrap().unwrap();
    state.revision += 7;
    pin.store(&state).unwrap();
    let segment = data.join("audit/audit-00000001.jsonl");
    let text = fs::read(&segment).unwrap();
    let at = text.windows(9).position(|w| w == b"Bootstrap").unwrap();
    let file = fs::OpenOptions::new().write(true).open(&segment).unwrap();
    file.write_at(b"b", u64::try_from(at).unwrap()).unwrap();
    fs::create_dir(data.join("tls")).unwrap();
    fs::write(data.join("tls/server.pem"), "no certificate").unwrap();
    chmod(&data.join("tls/server.pem"), 0o600);
    chmod(&data.join("tls"), 0o700);
    let machine =
        Machine { now: Timestamp::from_millis(0), memlock: Some(65_536), core: None, free: |_| Ok(1 << 20) };
    insta::assert_snapshot!(shown(&house, &house.config, &machine));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_and_an_absent_one() {
    let house = House::new();
    let absent =
        examine(&house.config, &Machine { free: |_| Err(std::io::ErrorKind::NotFound.into()), ..good() });
    assert!(count(&absent, Verdict::Fail) > 0);
    crate::files::private_dir(&house.config.data_dir).unwrap();
    insta::assert_snapshot!(shown(&house, &house.config, &good()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_a_foreign_keyfile_and_a_missing_pin_fail() {
    let (house, other) = (healthy().await, healthy().await);
    let failed = |config: &Config| {
        let checks = examine(config, &good()).into_iter().filter(|c| c.verdict == Verdict::Fail);
        checks.map(|c| c.name).collect::<Vec<_>>()
    };
    let foreign = Config { keyfile: other.config.keyfile.clone(), ..house.config.clone() };
    assert_eq!(failed(&foreign), ["root of trust"]);
    let pin = house.config.data_dir.join("pin");
    fs::copy(other.config.data_dir.join("pin"), &pin).unwrap();
    assert_eq!(failed(&house.config), ["pin"]);
    fs::remove_file(pin).unwrap();
    assert_eq!(failed(&house.config), ["pin"]);
    let db = fs::OpenOptions::new().write(true).open(house.config.data_dir.join("keystead.db")).unwrap();
    db.set_len(8192).unwrap();
    assert_eq!(failed(&house.config), ["database", "pin"]);
    fs::remove_file(house.config.data_dir.join("root.json")).unwrap();
    assert_eq!(failed(&house.config), ["root of trust", "database", "pin"]);
}

/// Names, modes, times and bytes of everything in a folder.
fn all_of(dir: &Path, found: &mut BTreeMap<String, (u32, std::time::SystemTime, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let (path, about) = entry.map(|e| (e.path(), e.metadata().unwrap())).unwrap();
        let bytes = if about.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
        let name = path.to_str().unwrap().to_owned();
        found.insert(name, (about.permissions().mode(), about.modified().unwrap(), bytes));
        if about.is_dir() {
            all_of(&path, found);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_changes_nothing_and_runs_beside_a_server() {
    let house = healthy().await;
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    all_of(house.dir.path(), &mut before);
    examine(&house.config, &good());
    all_of(house.dir.path(), &mut after);
    assert!(before == after, "{:?} {:?}", before.keys(), after.keys());

    let system = start(house.config.clone(), Options::default()).await.unwrap();
    let checks = examine(&house.config, &good());
    assert_eq!(count(&checks, Verdict::Fail), 0, "{}", table(&checks));
    let answer = answer(&checks);
    assert_eq!(answer["healthy"], true);
    assert_eq!(answer["checks"][0]["verdict"], "ok");
    system.close().await;
}
