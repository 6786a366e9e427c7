//! Custodians who use the command line: a share from a file or standard input, a round begun anew.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use super::{PROGRAM, Place, Server};

/// `keystead WORDS` of a custodian, who has no token; `share` comes on standard input.
fn custodian(server: &Server, words: &[&str], share: &str) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(words).env_clear().env("KEYSTEAD_ADDR", format!("http://{}", server.address));
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = piped.spawn().unwrap();
    process.stdin.take().unwrap().write_all(share.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn shares_are_given_forgotten_and_given_again_until_it_opens() {
    let place = Place::custodians();
    let shares = place.init();
    let server = place.start();
    let file = place.data().join("a-share");
    fs::write(&file, format!("{}\n", shares[0])).unwrap();
    let first = said(&custodian(&server, &["unseal", "--share-file", file.to_str().unwrap()], ""));
    assert!(first.contains("1 of 3 given") && first.contains("round"), "{first}");
    let none = said(&custodian(&server, &["unseal", "--reset"], ""));
    assert!(none.contains("0 of 3 given") && none.contains("sealed"), "{none}");
    for (given, share) in shares.iter().enumerate().take(2) {
        let status = said(&custodian(&server, &["unseal"], share));
        assert!(status.contains(&format!("{} of 3 given", given + 1)), "{status}");
    }
    let wrong = custodian(&server, &["unseal"], "kss1-nothing");
    assert!(!wrong.status.success() && wrong.stdout.is_empty());
    let open = said(&custodian(&server, &["unseal"], &shares[4]));
    assert!(open.contains("unsealed"), "{open}");
}
