//! The built program with custodians: sealed at every start, opened by enough of their shares and by nothing else, on
//! either wire; and with a keyfile, which must be the right one and its owner's alone.

mod command_line;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use domain::Outcome;
use serde_json::{Value, json};

use crate::canary::needle::Needle;
use crate::canary::{files, found_in};
use crate::house;

const PROGRAM: &str = env!("CARGO_BIN_EXE_keystead");

/// A folder with everything of one system, and what its program is told.
struct Place {
    folder: tempfile::TempDir,
    settings: Vec<String>,
}

impl Place {
    fn new(root: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings =
            vec!["listen=127.0.0.1:0".to_owned(), "tls.mode=off".to_owned(), "log.format=json".to_owned()];
        settings.extend(["audit.segment_mib=1", "metrics.listen=off"].map(str::to_owned));
        settings.push(format!("data_dir={}", folder.path().join("data").display()));
        settings.extend(root.iter().map(|setting| (*setting).to_owned()));
        Self { folder, settings }
    }

    fn custodians() -> Self {
        Self::new(&["root.kind=shamir", "root.shares=5", "root.threshold=3"])
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words).stdin(Stdio::null());
        self.settings.iter().for_each(|setting| {
            command.args(["--set", setting]);
        });
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What it printed, once it succeeded.
    fn ok(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let said = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        assert!(output.status.success(), "{words:?}: {}", said(&output.stderr));
        said(&output.stdout)
    }

    /// What it complained of, once it failed.
    fn fails(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(!output.status.success(), "{words:?} went well");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Initialises; gives the printed shares.
    fn init(&self) -> Vec<String> {
        let said = self.ok(&["init"]);
        said.lines().filter(|line| line.starts_with("kss1-")).map(str::to_owned).collect()
    }

    fn token(&self) -> String {
        fs::read_to_string(self.data().join("first-token")).unwrap()
    }

    fn start(&self) -> Server {
        let stderr = self.folder.path().join("stderr");
        let process = self.command(&["server"]).stderr(fs::File::create(&stderr).unwrap()).spawn().unwrap();
        let mut server = Server { process, address: String::new(), token: self.token() };
        server.address = address(&stderr, &mut server.process);
        server
    }
}

/// Where the program says that it listens.
fn address(stderr: &Path, process: &mut Child) -> String {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        let said = fs::read_to_string(stderr).unwrap();
        let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut ready = lines.filter(|line| line["fields"]["message"] == "ready");
        if let Some(line) = ready.next() {
            return line["fields"]["address"].as_str().unwrap().to_owned();
        }
        assert!(process.try_wait().unwrap().is_none(), "it ended: {said}");
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it is not ready: {}", fs::read_to_string(stderr).unwrap());
}

/// One running `keystead server`; killed when dropped.
struct Server {
    process: Child,
    address: String,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn end_in_order(mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(asked.success() && self.process.wait().unwrap().success());
    }

    /// One request; gives its status and body. Both dialects find their token.
    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = body.to_string();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nX-Vault-Token: {token}\r\nAuthorization: Bearer {token}\r\n\
             Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
            token = self.token,
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, &json!({}))
    }

    /// The native status.
    fn status(&self) -> Value {
        self.get("/keystead/v1/sys/status").1
    }

    fn give(&self, share: &str) -> (u16, Value) {
        self.ask("POST", "/keystead/v1/sys/unseal", &json!({ "share": share }))
    }

    fn give_as_vault(&self, share: &str) -> (u16, Value) {
        self.ask("PUT", "/v1/sys/unseal", &json!({ "key": share }))
    }

    fn encrypt(&self) -> (u16, Value) {
        self.ask("POST", "/v1/transit/encrypt/k", &json!({ "plaintext": "aGVsbG8=" }))
    }

    /// Decrypts what was encrypted before.
    fn opens(&self, ciphertext: &Value) {
        let body = json!({ "ciphertext": ciphertext["data"]["ciphertext"] });
        let (status, opened) = self.ask("POST", "/v1/transit/decrypt/k", &body);
        assert_eq!((status, &opened["data"]["plaintext"]), (200, &json!("aGVsbG8=")));
    }

    fn is_sealed_on_every_page(&self, given: u64) {
        assert_eq!(self.get("/healthz").0, 200);
        assert_eq!(self.get("/readyz").0, 503);
        assert_eq!(self.get("/v1/sys/health").0, 503);
        let seal = self.get("/v1/sys/seal-status").1;
        let shown = [&seal["type"], &seal["initialized"], &seal["sealed"], &seal["t"], &seal["n"]];
        assert_eq!(shown, [&json!("shamir"), &json!(true), &json!(true), &json!(3), &json!(5)]);
        assert_eq!(seal["progress"], given);
        let status = self.status();
        assert_eq!((&status["sealed"], &status["shares"]["given"]), (&json!(true), &json!(given)));
        assert_eq!(seal["nonce"].as_str().unwrap().replace('-', ""), status["round"].as_str().unwrap_or(""));
        assert_eq!(self.encrypt(), (503, json!({ "errors": ["Vault is sealed"] })));
        let (code, refused) = self.get("/keystead/v1/me");
        assert_eq!((code, &refused["error"]["code"]), (503, &json!("sealed")));
    }
}

fn refused(answer: &(u16, Value), word: &str) {
    assert_eq!((answer.0, &answer.1["error"]["code"]), (400, &json!("share_refused")), "{answer:?}");
    let message = answer.1["error"]["message"].as_str().unwrap();
    assert!(message.contains(word), "{message}");
}

/// Operation and outcome of what the log of a folder tells of the root of trust, oldest first.
fn attempts(data: &Path) -> Vec<String> {
    let records = house::records(data, 0).into_iter().map(|(_, record)| record);
    let of_root = records.filter(|record| record.target.as_ref().is_some_and(|t| t.kind == "root"));
    let word = |outcome| match outcome {
        Outcome::Success => "ok".to_owned(),
        Outcome::Failure(word) => word.into_owned(),
    };
    of_root.map(|record| format!("{} {}", record.operation, word(record.outcome))).collect()
}

#[test]
fn custodians_open_it_with_enough_shares_and_with_nothing_else() {
    let (place, other) = (Place::custodians(), Place::custodians());
    let (shares, foreign) = (place.init(), other.init());
    assert_eq!((shares.len(), foreign.len()), (5, 5));

    let server = place.start();
    server.is_sealed_on_every_page(0);
    refused(&server.give(&foreign[0]), "share 1: it belongs to another system");
    refused(&server.give("kss2-nonsense"), "begins with");
    let mut mistyped = shares[1].clone();
    let last = mistyped.pop().unwrap();
    mistyped.push(if last == 'a' { 'b' } else { 'a' });
    refused(&server.give(&mistyped), "missing or wrong");
    server.is_sealed_on_every_page(0);

    assert_eq!(server.give(&shares[0]).1["shares"]["given"], 1);
    let round = server.status()["round"].clone();
    assert_eq!(round.as_str().unwrap().len(), 32);
    refused(&server.give(&shares[0]), "share 1: it was given already");
    assert_eq!(server.give_as_vault(&shares[3]).1["progress"], 2);
    assert_eq!(server.status()["round"], round);
    let told = server.give_as_vault(&foreign[1]);
    assert_eq!(told, (400, json!({ "errors": ["share 2 belongs to another system, or was replaced"] })));
    server.is_sealed_on_every_page(2);
    let (status, opened) = server.give(&shares[4]);
    assert_eq!((status, &opened["sealed"], &opened["shares"]["given"]), (200, &json!(false), &json!(0)));
    assert_eq!(server.get("/readyz").0, 200);
    assert_eq!(server.get("/v1/sys/health").0, 200);
    assert_eq!(server.give(&shares[1]).1["sealed"], false, "an open system takes no share");

    assert!(server.ask("POST", "/v1/transit/keys/k", &json!({})).0 < 300);
    let (status, ciphertext) = server.encrypt();
    assert_eq!(status, 200);

    assert_eq!(server.ask("POST", "/keystead/v1/sys/seal", &json!({})), (200, json!({ "sealed": true })));
    server.is_sealed_on_every_page(0);
    server.give(&shares[0]);
    let reset = server.ask("DELETE", "/keystead/v1/sys/unseal", &json!({}));
    assert_eq!((reset.0, &reset.1["shares"]["given"]), (200, &json!(0)));
    for share in [&shares[1], &shares[2], &shares[3]] {
        assert_eq!(server.give_as_vault(share).0, 200);
    }
    server.opens(&ciphertext);

    drop(server);
    let server = place.start();
    server.is_sealed_on_every_page(0);
    server.give(&shares[2]);
    server.is_sealed_on_every_page(1);
    drop(server);
    let server = place.start();
    server.is_sealed_on_every_page(0);
    for n in [4, 2, 0] {
        server.give(&shares[n]);
    }
    server.opens(&ciphertext);
    server.end_in_order();

    assert_eq!(house::findings(&place.data()), []);
    let expected = "sys.init ok,sys.unseal share_foreign,sys.unseal not_a_share,sys.unseal share_mistyped,\
        sys.unseal ok,sys.unseal share_duplicate,write sys/unseal ok,write sys/unseal share_foreign,\
        sys.unseal ok,sys.unseal already_unsealed,sys.unseal ok,sys.reset-unseal ok,write sys/unseal ok,\
        write sys/unseal ok,write sys/unseal ok,sys.unseal ok,sys.unseal ok,sys.unseal ok,sys.unseal ok";
    assert_eq!(attempts(&place.data()).join(","), expected);
    let needles: Vec<_> = shares.iter().flat_map(|share| Needle::all("share", share.as_bytes())).collect();
    assert_eq!(found_in(&files(place.folder.path()), &needles), []);
    fs::write(place.folder.path().join("control"), &shares[3]).unwrap();
    assert!(!found_in(&files(place.folder.path()), &needles).is_empty(), "positive control");
}

/// How many refused attempts the log tells of in sum.
fn counted(data: &Path) -> u32 {
    let records = house::records(data, 0).into_iter().map(|(_, record)| record);
    records.filter(|record| record.operation == "UnsealFailures").filter_map(|record| record.items).sum()
}

#[test]
fn whoever_guesses_is_held_up_counted_and_leaves_the_round_as_it_was() {
    let place = Place::custodians();
    let shares = place.init();
    let server = place.start();
    server.give(&shares[0]);
    let codes: Vec<u16> = (0..40).map(|_| server.give("kss1-aaaa").0).collect();
    assert!(codes[..10].iter().all(|code| *code == 400) && codes[10..].iter().all(|code| *code == 429));
    assert_eq!(server.status()["shares"]["given"], 1);
    assert_eq!(server.give_as_vault(&shares[1]).0, 429, "from this address, on either wire");
    let begun = Instant::now();
    while counted(&place.data()) < 31 {
        assert!(begun.elapsed() < Duration::from_secs(20), "what was held up is counted within seconds");
        std::thread::sleep(Duration::from_millis(200));
    }
    drop(server);
    assert_eq!(counted(&place.data()), 31);
    let refused = attempts(&place.data()).iter().filter(|line| line.ends_with("share_mistyped")).count();
    assert_eq!(refused, 10);
}

#[test]
fn shares_may_go_to_private_files_and_are_verified_one_by_one_without_unsealing() {
    let place = Place::custodians();
    let dir = place.folder.path().join("shares");
    let shares_dir = ["init", "--shares-dir", dir.to_str().unwrap()];
    assert!(!place.ok(&shares_dir).contains("kss1-a"), "not printed too");
    assert!(place.fails(&shares_dir).contains("holds a system already"));
    let one = dir.join("share-1-of-5");
    let about = fs::metadata(&one).unwrap();
    assert_eq!((about.mode() & 0o7777, fs::metadata(&dir).unwrap().mode() & 0o7777), (0o600, 0o700));
    let verify = |file: &Path| place.run(&["share", "verify", file.to_str().unwrap()]);
    let said = String::from_utf8(verify(&one).stdout).unwrap();
    assert!(said.contains("share 1 of 5, whole and this system's; 3 together"), "{said}");

    let other = Place::custodians();
    let foreign = other.folder.path().join("foreign");
    let full = ["init", "--shares-dir", dir.to_str().unwrap()];
    assert!(other.fails(&full).contains("is not empty"), "no share is written over");
    fs::write(&foreign, &other.init()[2]).unwrap();
    let said = String::from_utf8(verify(&foreign).stderr).unwrap();
    assert!(said.contains("share 3") && said.contains("belongs to split"), "{said}");
    fs::write(&foreign, vec![b'a'; 10_000]).unwrap();
    assert!(!verify(&foreign).status.success());
}

#[test]
fn a_backup_of_a_system_with_custodians_is_restored_with_their_shares() {
    let place = Place::custodians();
    let dir = place.folder.path().join("shares");
    place.ok(&["init", "--shares-dir", dir.to_str().unwrap()]);
    let backup = place.folder.path().join("backup").to_str().unwrap().to_owned();
    let share = |n: u8| dir.join(format!("share-{n}-of-5")).to_str().unwrap().to_owned();
    let (one, two, five) = (share(1), share(2), share(5));
    let shares = ["--share", &one, "--share", &two, "--share", &five];
    place.ok(&[&["backup", "create", "--to", &backup], &shares[..]].concat());
    let restored = place.folder.path().join("restored").to_str().unwrap().to_owned();
    let restore = ["backup", "restore", &backup, "--data-dir", &restored];
    assert!(place.fails(&restore).contains("--share"));
    assert!(place.fails(&[&restore[..], &shares[..4]].concat()).contains("3 are needed"));
    assert!(place.ok(&[&restore[..], &shares[..]].concat()).contains("root.kind=shamir"));
    assert!(place.ok(&["backup", "verify", &backup]).contains("neither a keyfile nor shares"));
    let examined = place.run(&["doctor", "--data-dir", &restored]);
    let said = String::from_utf8(examined.stdout).unwrap();
    assert!(said.contains("3 of 5 custodians' shares open it"), "{said}");
}

#[test]
fn a_system_with_custodians_is_initialised_by_hand_and_known_by_its_record() {
    let place = Place::custodians();
    assert!(place.fails(&["server"]).contains("keystead init"));
    place.init();
    let as_keyfile = Place { settings: place.settings.clone(), ..Place::new(&[]) };
    let mut settings = as_keyfile.settings.clone();
    settings.push("root.kind=keyfile".to_owned());
    let as_keyfile = Place { settings, ..as_keyfile };
    assert!(as_keyfile.fails(&["server"]).contains("sealed by `shamir`"));
    fs::remove_file(place.data().join("keystead.db")).unwrap();
    assert!(place.fails(&["server"]).contains("no database"));
    let impossible = Place::new(&["root.kind=shamir", "root.shares=5", "root.threshold=6"]);
    assert!(impossible.fails(&["config", "check"]).contains("root.threshold"));
    let keyfile = Place::new(&[]);
    assert!(keyfile.fails(&["init", "--shares-dir", "x"]).contains("root.kind = shamir only"));
}

#[test]
fn a_keyfile_must_be_the_right_one_and_its_owners_alone() {
    let (place, other) = (Place::new(&[]), Place::new(&[]));
    assert!(place.init().is_empty());
    other.init();
    let key = place.data().join("root.key");
    assert_eq!(fs::metadata(&key).unwrap().mode() & 0o7777, 0o600);
    let (server, right) = (place.start(), fs::read(&key).unwrap());
    assert_eq!(
        (server.status()["sealed"].clone(), server.status()["root"].clone()),
        (json!(false), json!("keyfile"))
    );
    assert_eq!(server.give("kss1-aaaa").1["sealed"], false);
    assert!(server.ask("POST", "/v1/transit/keys/k", &json!({})).0 < 300);
    let ciphertext = server.encrypt().1;
    assert_eq!(server.ask("POST", "/keystead/v1/sys/seal", &json!({})).0, 200);
    assert_eq!((server.encrypt().0, server.get("/readyz").0), (503, 503));
    refused(&server.give("kss1-aaaa"), "restart the server");
    server.end_in_order();

    fs::write(&key, fs::read(other.data().join("root.key")).unwrap()).unwrap();
    assert!(place.fails(&["server"]).contains("this root of trust did not seal this system"));
    fs::write(&key, &right).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(place.fails(&["server"]).contains("0600"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    place.start().opens(&ciphertext);
    let told = attempts(&place.data()).join(",");
    assert_eq!(
        told,
        "sys.init ok,sys.unseal ok,sys.unseal already_unsealed,sys.unseal no_custodians,sys.unseal wrong_root,sys.unseal ok"
    );
}
