//! `status`, `seal`, `unseal`, and reaching a server at all.

use super::{Ended, Terminal, run};
use crate::binary::{Dev, TOKEN};

#[test]
fn a_sealed_server_says_so_and_refuses_everything() {
    let own = Terminal::new();
    own.ok("key create app");
    let status = own.read("status");
    assert_eq!((&status["sealed"], &status["initialised"]), (&false.into(), &true.into()));
    assert!(own.ok("status").contains("unsealed"));
    own.fails("seal", 2, "needs `--yes`");
    own.write("wrong.token", "kst_wrong");
    own.fails_as("wrong.token", "seal --yes", 3, "credential_unknown");
    assert_eq!(own.ok("seal --yes"), "sealed\n");
    assert_eq!(own.read("status")["sealed"], true);
    for line in ["key encrypt app", "key list", "whoami", "audit search", "policy list", "seal --yes"] {
        own.fails(line, 6, "the system is sealed");
    }
    own.fails("unseal", 2, "this system has no custodians");
    let Terminal { folder, dev } = own;
    drop(dev);
    let own = Terminal { dev: Dev::start(folder.path()), folder };
    assert_eq!(own.read("status")["sealed"], false, "its keyfile unseals it at the next start");
    assert_eq!(own.run_as("root.token", "key encrypt app", b"x").status, 0);
}

#[test]
fn who_cannot_reach_or_prove_is_told_what_to_do() {
    let own = Terminal::new();
    own.fails_as("absent.token", "key list", 2, "cannot read the token from");
    own.write("wrong.token", "kst_wrong");
    own.fails_as("wrong.token", "key list", 3, "the token is unknown or was revoked");
    let without = |names: &[&str], line: &[&str]| -> Ended {
        let mut command = own.command("root.token");
        for name in names {
            command.env_remove(name);
        }
        run(command.args(line), b"")
    };
    let ended = without(&["KEYSTEAD_ADDR"], &["key", "list"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("`--address` or `KEYSTEAD_ADDR`"), "{}", ended.err);
    let ended = without(&["KEYSTEAD_ADDR"], &["--address", "http://127.0.0.1:1", "key", "list"]);
    assert_eq!(ended.status, 6);
    assert!(ended.err.contains("cannot reach http://127.0.0.1:1"), "{}", ended.err);
    let ended = without(&["KEYSTEAD_TOKEN_FILE"], &["key", "list"]);
    assert_eq!(ended.status, 3);
    assert!(ended.err.contains("give one by `KEYSTEAD_TOKEN_FILE`"), "{}", ended.err);
    let ended = without(&["KEYSTEAD_TOKEN_FILE"], &["status"]);
    assert_eq!(ended.status, 0, "it needs no token: {}", ended.err);

    let mut from_systemd = own.command("root.token");
    from_systemd.env_remove("KEYSTEAD_TOKEN_FILE").env("CREDENTIALS_DIRECTORY", own.folder.path());
    own.write("keystead.token", TOKEN);
    let ended = run(from_systemd.arg("whoami"), b"");
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
}

#[test]
fn a_token_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let own = Terminal::new();
    std::fs::set_permissions(own.path("root.token"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let ended = own.run("whoami");
    assert_eq!(ended.status, 0);
    assert!(
        ended.err.starts_with("warning: others can read") && ended.err.contains("chmod 600"),
        "{}",
        ended.err
    );
}

#[test]
fn over_tls_the_servers_authority_is_asked_for_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start_with(folder.path(), &["--tls"], &[]);
    let own = Terminal { folder, dev };
    own.write("root.token", TOKEN);
    let ask = |authority: Option<&std::path::Path>| {
        let mut command = own.command("root.token");
        command.env("KEYSTEAD_ADDR", format!("https://{}", own.dev.address)).args(["whoami", "-o", "json"]);
        if let Some(path) = authority {
            command.env("KEYSTEAD_CA", path);
        }
        run(&mut command, b"")
    };
    let ended = ask(None);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("`--ca` or `KEYSTEAD_CA`"), "{}", ended.err);
    let ended = ask(Some(&own.path("data/tls/ca.pem")));
    assert_eq!(ended.status, 0, "{}", ended.err);
    let other = tempfile::tempdir().unwrap();
    let stranger = Dev::start_with(other.path(), &["--tls"], &[]);
    let ended = ask(Some(&other.path().join("data/tls/ca.pem")));
    assert_eq!((ended.status, ended.out.as_str()), (6, ""), "{}", ended.err);
    drop(stranger);
}
