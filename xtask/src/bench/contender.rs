//! The servers that are measured: each started once, on a loopback port of its own, ended by its own process id.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::install;
use crate::layer::bao;
use crate::shell::step;

pub(crate) const ACCESS_KEY: &str = "AKIDBENCH00000000000";
pub(crate) const SECRET_KEY: &str = "bench-secret-key-of-forty-characters-long";
pub(crate) const TOKEN: &str = "bench-root-token";
/// The tenant that is measured, and its neighbour.
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const OTHER_REGION: &str = "eu-west-1";

/// What is run.
pub(crate) struct Programs {
    keystead: PathBuf,
    ceiling: PathBuf,
    pub(crate) presign: PathBuf,
    pub(crate) revoke: PathBuf,
    disk: PathBuf,
    bao: PathBuf,
}

impl Programs {
    pub(crate) fn build(root: &Path, python: &Path) -> Outcome<Self> {
        let build = ["build", "--release", "--locked", "-p", "keystead", "-p", "keystead-bench"];
        step("cargo").args(build).within(root).run()?;
        let at = |name: &str| install::target(root).join("release").join(name);
        Ok(Self {
            keystead: at("keystead"),
            ceiling: at("bench-ceiling"),
            presign: at("bench-presign"),
            revoke: at("bench-revoke"),
            disk: at("bench-disk"),
            bao: bao(python)?,
        })
    }

    /// Microseconds of one fdatasync in the folder where the logs will lie.
    pub(crate) fn disk(&self, folder: &Path) -> Outcome<serde_json::Value> {
        let text = step(&self.disk).arg(folder.join("disk-probe")).read()?;
        serde_json::from_str(&text).map_err(|e| Failure::new(format!("disk figure: {e}")))
    }
}

/// A running server.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
    /// The key it is asked to use, where one was made for it.
    pub(crate) key: String,
    child: Child,
}

impl Drop for Contender {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Contender {
    /// CPU seconds of the process so far (user and system).
    pub(crate) fn cpu_seconds(&self) -> Outcome<f64> {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = fs::read_to_string(&path).map_err(Failure::while_doing(&path))?;
        let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks = |n: usize| after.split(' ').nth(n).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
        Ok((ticks(11) + ticks(12)) / 100.0)
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Resident bytes now.
    pub(crate) fn resident_mib(&self) -> f64 {
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.child.id())).unwrap_or_default();
        statm.split(' ').nth(1).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0 / 1_048_576.0
    }
}

/// Starts every contender and makes the keys they are asked to use.
pub(crate) fn start_all(programs: &Programs, folder: &Path) -> Outcome<Vec<Contender>> {
    let mut all = vec![ceiling(programs, folder)?];
    all.push(keystead(programs, folder, "keystead-os", "os", false)?);
    all.push(keystead(programs, folder, "keystead-fsync", "fsync", false)?);
    all.push(keystead(programs, folder, "keystead-tls", "os", true)?);
    all.push(openbao(programs, folder)?);
    Ok(all)
}

fn ceiling(programs: &Programs, folder: &Path) -> Outcome<Contender> {
    let address = free_address()?;
    let mut command = Command::new(&programs.ceiling);
    command.arg(address.to_string());
    start("ceiling", command, address, folder, false)
}

fn keystead(
    programs: &Programs,
    folder: &Path,
    name: &'static str,
    durability: &str,
    tls: bool,
) -> Outcome<Contender> {
    let address = free_address()?;
    let mut command = Command::new(&programs.keystead);
    command
        .args(["--set", &format!("audit.durability={durability}"), "dev", "--listen", &address.to_string()])
        .arg("--data-dir")
        .arg(folder.join(name))
        .args(["--access-key", &format!("{ACCESS_KEY}:{SECRET_KEY}"), "--root-token", TOKEN])
        .args(["--region", REGION, "--region", OTHER_REGION]);
    if tls {
        command.arg("--tls");
    }
    let mut server = start(name, command, address, folder, tls)?;
    // The transit load uses a name, the signed loads the same name's id.
    vault_write(&server, "transit/keys/bench")?;
    server.key = "bench".to_owned();
    Ok(server)
}

fn openbao(programs: &Programs, folder: &Path) -> Outcome<Contender> {
    let address = free_address()?;
    let data = folder.join("openbao");
    fs::create_dir_all(&data).map_err(Failure::while_doing(data.display()))?;
    let audit = data.join("audit.log");
    let config = data.join("bao.hcl");
    let text = format!(
        "audit \"file\" \"file\" {{\n  options {{\n    file_path = {:?}\n  }}\n}}\n",
        audit.display().to_string()
    );
    fs::write(&config, text).map_err(Failure::while_doing(config.display()))?;
    let mut command = Command::new(&programs.bao);
    command
        .args(["server", "-dev", "-dev-no-store-token"])
        .arg(format!("-dev-listen-address={address}"))
        .arg(format!("-dev-root-token-id={TOKEN}"))
        .arg(format!("-config={}", config.display()))
        .env("HOME", &data);
    let mut server = start("openbao", command, address, folder, false)?;
    vault_post(&server, "sys/mounts/transit", "{\"type\":\"transit\"}")?;
    vault_write(&server, "transit/keys/bench")?;
    server.key = "bench".to_owned();
    if !audit.exists() {
        return Err(Failure::new("openbao writes no audit file: the comparison would not be fair"));
    }
    Ok(server)
}

fn start(
    name: &'static str,
    mut command: Command,
    address: SocketAddr,
    folder: &Path,
    tls: bool,
) -> Outcome<Contender> {
    let log = folder.join(format!("{name}.log"));
    let out = File::create(&log).map_err(Failure::while_doing(log.display()))?;
    let err = out.try_clone().map_err(Failure::while_doing(log.display()))?;
    let child =
        command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().map_err(Failure::while_doing(name))?;
    let contender = Contender { name, address, tls, key: "bench".to_owned(), child };
    let deadline = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(address).is_err() {
        if Instant::now() > deadline {
            return Err(Failure::new(format!("{name} does not listen; see {}", log.display())));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(contender)
}

fn vault_write(server: &Contender, path: &str) -> Outcome {
    vault_post(server, path, "{}")
}

fn vault_post(server: &Contender, path: &str, body: &str) -> Outcome {
    let scheme = if server.tls { "https" } else { "http" };
    step("curl")
        .args(["-sfk", "--retry", "20", "--retry-all-errors", "--retry-delay", "1", "-X", "POST", "-d", body])
        .args(["-H", &format!("X-Vault-Token: {TOKEN}")])
        .arg(format!("{scheme}://{}/v1/{path}", server.address))
        .read()
        .map(drop)
}

fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::while_doing("a free port"))?;
    listener.local_addr().map_err(Failure::while_doing("a free port"))
}
