//! The built program, killed and started again, seen from outside: what it answered before is there afterwards, its
//! files hold no plaintext and no token, and its own offline verification finds the log whole.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::canary::needle::Needle;
use crate::canary::{files, found_in};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_keystead");
pub(crate) const TOKEN: &str = "canary-token-of-the-black-box";
const PLAINTEXT: &[u8] = b"canary plaintext of the black box";

/// One running `keystead dev`; killed when dropped.
pub(crate) struct Dev {
    process: Child,
    /// Host and port.
    pub(crate) address: String,
    took: Duration,
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Dev {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[], &[])
    }

    /// With more options and settings in the environment.
    pub(crate) fn start_with(folder: &Path, options: &[&str], environment: &[(&str, &str)]) -> Self {
        let begun = Instant::now();
        let mut process = Command::new(PROGRAM)
            .args(["dev", "--listen", "127.0.0.1:0", "--root-token", TOKEN, "--data-dir"])
            .arg(folder.join("data"))
            .args(options)
            .env("RUST_LOG", "trace")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.join("stderr")).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.find_map(|line| {
            let (_, address) = line.strip_prefix("ready ")?.split_once("://")?;
            Some(address.to_owned())
        });
        let address = ready.expect("the program says when it is ready");
        Self { process, address, took: begun.elapsed() }
    }

    /// Asks it to stop, and waits until it has.
    fn end_in_order(mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(asked.success() && self.process.wait().unwrap().success());
    }

    /// One request of the Vault dialect; gives status and body.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} /v1/{path} HTTP/1.1\r\nHost: {}\r\nX-Vault-Token: {TOKEN}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// A string in the `data` of a successful answer.
    fn data(&self, path: &str, body: &str, field: &str) -> String {
        let (status, text) = self.ask("POST", path, body);
        assert_eq!(status, 200, "{path}: {text}");
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json["data"][field].as_str().unwrap_or_else(|| panic!("{path}: {text}")).to_owned()
    }
}

/// What `keystead audit verify` finds.
fn found_by_verification(folder: &Path) -> Vec<String> {
    let log = folder.join("data/audit");
    let output = Command::new(PROGRAM).args(["audit", "verify"]).arg(log).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let found: Vec<String> =
        text.lines().filter(|line| line.starts_with("FOUND")).map(String::from).collect();
    assert!(text.contains("records") && output.status.success() == found.is_empty(), "{text}");
    found
}

#[test]
fn what_a_killed_program_answered_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let text = secret::SecretBytes::take_vec(PLAINTEXT.to_vec());
    let text = text.encode_base64_std(secret::Exposure::ReturnToAuthorisedCaller).unwrap();
    let (mut sealed, mut starts) = (Vec::new(), Vec::new());
    for round in 0..5 {
        let dev = Dev::start(folder.path());
        starts.push(dev.took);
        for (key, ciphertext) in &sealed {
            let body = format!("{{\"ciphertext\":\"{ciphertext}\"}}");
            assert_eq!(dev.data(&format!("transit/decrypt/{key}"), &body, "plaintext"), text.as_str());
        }
        let key = format!("k{round}");
        assert!(dev.ask("POST", &format!("transit/keys/{key}"), "{}").0 < 300);
        let body = format!("{{\"plaintext\":\"{}\"}}", text.as_str());
        sealed.push((key.clone(), dev.data(&format!("transit/encrypt/{key}"), &body, "ciphertext")));
        assert!(hardened(&dev), "no core file, and memory is locked");
        drop(dev);
        assert_eq!(found_by_verification(folder.path()), [""; 0]);
    }
    // The one in the middle: a busy machine may delay some.
    starts.sort_unstable();
    assert!(starts[2] < Duration::from_secs(2), "starts took {starts:?}");
    Dev::start(folder.path()).end_in_order();
    assert_eq!(found_by_verification(folder.path()), [""; 0]);
    let mut needles = Needle::all("plaintext", PLAINTEXT);
    needles.extend(Needle::all("token", TOKEN.as_bytes()));
    let files = files(folder.path());
    assert!(files.iter().any(|file| file.ends_with("data/keystead.db")), "{files:?}");
    assert_eq!(found_in(&files, &needles), []);
    std::fs::write(folder.path().join("control"), TOKEN).unwrap();
    assert_eq!(found_in(&crate::canary::files(folder.path()), &needles).len(), 1, "positive control");
}

/// Status and body of a page.
fn page(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn metrics_stand_where_the_setting_says_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let dev = Dev::start_with(folder.path(), &[], &[("KEYSTEAD_METRICS__LISTEN", &free)]);
    assert_eq!(page(&dev.address, "/metrics").0, 404);
    assert_eq!(page(&dev.address, "/healthz").0, 200);
    let (status, text) = page(&free, "/metrics");
    assert!(status == 200 && text.contains("keystead_edge_connections "), "{status} {text}");
    for path in ["/healthz", "/v1/sys/health", "/"] {
        assert_eq!(page(&free, path).0, 404, "{path}");
    }
    dev.end_in_order();
    let dev = Dev::start_with(folder.path(), &[], &[("KEYSTEAD_METRICS__LISTEN", "off")]);
    assert_eq!(page(&dev.address, "/metrics").0, 404);
    drop(dev);
    assert_eq!(page(&Dev::start(folder.path()).address, "/metrics").0, 200, "dev is loopback only");
}

/// What the kernel says of the running program.
fn hardened(dev: &Dev) -> bool {
    let about = |what: &str| std::fs::read_to_string(format!("/proc/{}/{what}", dev.process.id())).unwrap();
    let line = |text: String, name: &str| -> Vec<String> {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        line[name.len()..].split_whitespace().map(String::from).collect()
    };
    let core = line(about("limits"), "Max core file size");
    let locked: u64 = line(about("status"), "VmLck:")[0].parse().unwrap();
    core[..2] == ["0", "0"] && locked > 0
}
