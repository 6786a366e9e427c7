//! `audit …`: the same records from a server and from the log's files.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::Terminal;

#[test]
fn what_was_done_is_found_through_the_server_and_in_the_files() {
    let own = Terminal::new();
    own.ok("key create app");
    own.ok("key disable app");
    own.fails("key encrypt app", 5, "suspended");
    let id = own.read("key show app")["id"].as_str().unwrap().to_owned();

    let found: Value = serde_json::from_str(&own.ok("audit search --operation key.encrypt -o json")).unwrap();
    let record = &found["records"][0];
    assert_eq!((&record["outcome"], &record["target"]["id"]), (&"wrong_state".into(), &id.as_str().into()));
    let table = own.ok(&format!("audit search --target {id}"));
    assert!(table.starts_with("AT ") && table.contains("key.disable"), "{table}");
    own.ok("audit search --operation key.encrypt -o yaml");
    let page: Value = serde_json::from_str(&own.ok("audit search --limit 1 -o json")).unwrap();
    let next = own.ok(&format!("audit search --limit 1 --after {} -o json", page["next"].as_str().unwrap()));
    assert_ne!(next, own.ok("audit search --limit 1 -o json"));
    own.fails("audit search --since noon", 2, "`since` is no instant");

    let files = own.path("data/audit");
    let files = files.display();
    let in_files = own.ok(&format!("audit search {files} --operation key.encrypt -o json"));
    assert_eq!(in_files.lines().count(), 1);
    let line: Value = serde_json::from_str(&in_files).unwrap();
    assert_eq!(
        line["record"]["request"].as_str().or(line["record"]["id"].as_str()),
        record["id"].as_str(),
        "{line}"
    );
    assert!(own.ok(&format!("audit search {files} --failed")).contains("key.encrypt"));
    own.fails(&format!("audit search {files} --since noon"), 1, "`--since` is no instant");
    own.fails("audit search /nowhere", 1, "/nowhere");
    own.fails(
        &format!("audit search {files} --tenant eu"),
        2,
        "`--tenant` is for commands that ask a server",
    );
}

#[test]
fn a_tail_shows_the_last_records_and_follows() {
    let own = Terminal::new();
    own.ok("key create app");
    own.ok("key disable app");
    let last = own.ok("audit tail -n 1");
    assert!(last.lines().count() == 1 && last.contains("key.disable"), "{last}");
    let files = own.path("data/audit");
    let last = own.ok(&format!("audit tail {} -n 30 -o json", files.display()));
    assert!(last.lines().any(|line| line.contains("key.disable")), "{last}");

    for dir in ["", files.to_str().unwrap()] {
        let mut command = own.command("root.token");
        command.args(["audit", "tail", "-n", "1", "--follow"]);
        if !dir.is_empty() {
            command.arg(dir);
        }
        let mut tail = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
        assert!(lines.next().unwrap().is_ok(), "the last one so far");
        own.ok("key rotate app --explain");
        own.ok("key enable app");
        let new = lines.find(|line| line.as_ref().unwrap().contains("key.enable"));
        tail.kill().unwrap();
        tail.wait().unwrap();
        assert!(new.is_some(), "{dir}");
        own.ok("key disable app");
    }
}
