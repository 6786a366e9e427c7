//! The command line as it is typed: the built program against a running `keystead dev`, in each of its formats, with
//! everything that goes wrong said in words and by the exit status.

mod access;
mod audit;
mod keys;
mod readme;
mod server;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::binary::{Dev, PROGRAM, TOKEN};

/// Somebody at a terminal, before a system of their own.
struct Terminal {
    folder: tempfile::TempDir,
    dev: Dev,
}

/// How a command ended.
struct Ended {
    status: i32,
    out: String,
    err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Terminal {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dev = Dev::start(folder.path());
        let own = Self { folder, dev };
        own.write("root.token", TOKEN);
        own
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a private file.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = self.path(name);
        let file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        file.unwrap().write_all(text.as_bytes()).unwrap();
        path
    }

    /// A command of somebody whose token is in a file; nothing of this process's environment is seen.
    fn command(&self, token: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("KEYSTEAD_ADDR", format!("http://{}", self.dev.address))
            .env("KEYSTEAD_TOKEN_FILE", self.path(token))
            .current_dir(self.folder.path());
        command
    }

    /// Runs a line as somebody; words are parted by single spaces.
    fn run_as(&self, token: &str, line: &str, input: &[u8]) -> Ended {
        let mut command = self.command(token);
        command.args(line.split(' '));
        run(&mut command, input)
    }

    /// Runs a line as root.
    fn run(&self, line: &str) -> Ended {
        self.run_as("root.token", line, b"")
    }

    /// What a line prints that must succeed.
    #[track_caller]
    fn ok(&self, line: &str) -> String {
        let Ended { status, out, err } = self.run(line);
        assert_eq!((status, err.as_str()), (0, ""), "{line}: {out}");
        out
    }

    /// A line that must end with a status, saying something on standard error and nothing on standard output.
    #[track_caller]
    fn fails(&self, line: &str, status: i32, says: &str) {
        self.fails_as("root.token", line, status, says);
    }

    #[track_caller]
    fn fails_as(&self, token: &str, line: &str, status: i32, says: &str) {
        let ended = self.run_as(token, line, b"x");
        assert_eq!((ended.status, ended.out.as_str()), (status, ""), "{line}: {}", ended.err);
        assert!(ended.err.starts_with("error: ") && ended.err.contains(says), "{line}: {}", ended.err);
    }

    /// What a reading line answers: the same in JSON and YAML, and something for people.
    #[track_caller]
    fn read(&self, line: &str) -> Value {
        let json: Value = serde_json::from_str(&self.ok(&format!("{line} -o json"))).unwrap();
        let yaml: Value = serde_norway::from_str(&self.ok(&format!("{line} -o yaml"))).unwrap();
        assert_eq!(json, yaml, "{line}");
        let table = self.ok(line);
        let ragged = table.lines().any(|line| line.ends_with(' '));
        assert!(!table.trim().is_empty() && !ragged && table.ends_with('\n'), "{line}: {table}");
        json
    }
}

fn run(command: &mut Command, input: &[u8]) -> Ended {
    let piped = || Stdio::piped();
    let mut child = command.stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
    // One that takes no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
