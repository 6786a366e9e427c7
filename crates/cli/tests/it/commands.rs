//! Commands from arguments to exit code.

use clap::Parser as _;
use keystead_cli::{Exit, Streams, run};

use crate::Keystead;
use crate::server::{Received, serve};

const KEY: &str = r#"{"id":"k-1","tenant":"t-1","account":"123456789012","born":"native","spec":"aes256",
    "usage":["encrypt","decrypt"],"state":"active","names":["app","aws:app"],"description":"x\u001b[2J","labels":{},
    "created_at":"2026-01-01T00:00:00.000Z","created_by":"p-1","destruction":null,"primary":1,"versions":[],
    "ratchets":{"export":"never","destruction_wait":604800,"purge_protected":false,"rotate_within":null,
    "protection":"software"},"rotation_every":null}"#;

fn answers(line: &str) -> (u16, String) {
    let error = |status, code: &str| {
        let body = format!(
            r#"{{"error":{{"code":"{code}","message":"no","request_id":"r-1","doc":"docs/errors.md#{code}"}}}}"#
        );
        (status, body)
    };
    let key = "/keystead/v1/tenants/default/keys";
    match line.strip_prefix("POST ").or(line.strip_prefix("GET ")).or(line.strip_prefix("DELETE ")) {
        Some("/keystead/v1/sys/status") => {
            let body = r#"{"initialised":true,"sealed":true,"root":"shamir","shares":{"total":5,"threshold":3,"given":1}}"#;
            (200, body.to_owned())
        }
        Some("/keystead/v1/tenants/two/keys" | "/keystead/v1/tenants/shy/keys") => {
            (200, r#"{"keys":[{"id":"k-1"},{"id":"k-2"}],"next":"AP8"}"#.to_owned())
        }
        Some("/keystead/v1/tenants/two/names?space=native&limit=1000") => {
            let names = r#"{"name":"app","key":"k-1"},{"name":"web","key":"k-1"}"#;
            (200, format!(r#"{{"names":[{names}],"next":null}}"#))
        }
        Some("/keystead/v1/tenants/shy/names?space=native&limit=1000") => error(403, "denied"),
        Some("/keystead/v1/tenants/default/keys/none:encrypt") => error(401, "proof_missing"),
        Some("/keystead/v1/me") => error(403, "denied"),
        Some("/keystead/v1/policies") => (200, r#"{"policies":[]}"#.to_owned()),
        Some("/keystead/v1/tenants") => error(500, "internal"),
        Some("/keystead/v1/principals") => error(409, "made_up_later"),
        Some("/keystead/v1/credentials/c-1") => (204, String::new()),
        Some("/keystead/v1/principals/alice/credentials") => {
            let body = r#"{"credential":{"id":"c-2","principal":"p-1","kind":"bearer-token","description":"",
                "expires_at":null,"disabled":false,"created_at":"2026-01-01T00:00:00.000Z"},"secret":"kst_new"}"#;
            (201, body.to_owned())
        }
        Some(at) if at == format!("{key}/app:encrypt") => {
            (200, r#"{"key":"k-1","version":1,"ciphertext":"AQID"}"#.to_owned())
        }
        Some(at) if at == format!("{key}/-:decrypt") => {
            (200, r#"{"key":"k-1","plaintext":"YXR0YWNrIGF0IGRhd24="}"#.to_owned())
        }
        Some(at) if at == format!("{key}/off:encrypt") => error(409, "wrong_state"),
        Some(at) if at.starts_with(&format!("{key}/")) || at == key => (200, KEY.to_owned()),
        Some(at) if at.starts_with("/keystead/v1/audit") => {
            let record = |id: u8, operation: &str| {
                format!(
                    r#"{{"id":"r-{id}","at":"2026-01-01T00:00:0{id}.000Z","principal":"alice","credential":null,
                    "address":null,"dialect":"aws","operation":"{operation}","actions":[],"tenant":null,"target":null,
                    "decision":"allowed","by":null,"outcome":"success"}}"#
                )
            };
            let all = [record(3, "Decrypt"), record(2, "audit.search"), record(1, "Encrypt")];
            (200, format!(r#"{{"records":[{}],"next":null}}"#, all.join(",")))
        }
        _ => error(404, "key_not_found"),
    }
}

struct Ended {
    exit: Exit,
    out: String,
    err: String,
}

/// Runs one command line, as somebody with a token, against an address.
async fn at(address: Option<&str>, line: &[&str], input: &[u8]) -> Ended {
    let mut args = vec!["keystead"];
    args.extend(address.iter().flat_map(|address| ["--address", address]));
    args.extend(line);
    let Keystead { global, command } = Keystead::try_parse_from(args).unwrap();
    let env = |name: &str| (name == "KEYSTEAD_TOKEN").then(|| "kst_good".into());
    let options = global.resolve(&env, false);
    let (mut input, mut out, mut err) = (input, Vec::new(), Vec::new());
    let mut streams = Streams { input: &mut input, out: &mut out, err: &mut err, interactive: false };
    let exit = run(command.remote(), options, &mut streams).await;
    Ended { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

async fn ask(line: &[&str], input: &[u8]) -> (Ended, Received) {
    let (address, received) = serve(answers).await;
    (at(Some(&address), line, input).await, received)
}

#[tokio::test]
async fn each_failure_has_its_exit_code() {
    for (line, exit) in [
        (&["status"][..], Exit::Ok),
        (&["tenant", "list"], Exit::Failure),
        (&["key", "encrypt", "app", "--context", "x"], Exit::Usage),
        (&["whoami"], Exit::Denied),
        (&["policy", "show", "none"], Exit::NotFound),
        (&["credential", "list", "nobody"], Exit::NotFound),
        (&["key", "encrypt", "off"], Exit::State),
        (&["principal", "list"], Exit::State),
        (&["key", "destroy", "app"], Exit::Usage),
        (&["principal", "update", "alice"], Exit::Usage),
    ] {
        let (ended, _) = ask(line, b"x").await;
        assert_eq!(ended.exit, exit, "{line:?}: {}", ended.err);
        assert_eq!(ended.err.starts_with("error: "), exit != Exit::Ok, "{line:?}: {}", ended.err);
    }
    assert_eq!(at(Some("http://127.0.0.1:1"), &["status"], b"").await.exit, Exit::Unavailable);
    assert_eq!(at(None, &["status"], b"").await.exit, Exit::Usage);
    assert_eq!(at(Some("http://kms.example"), &["status"], b"").await.exit, Exit::Usage);
    let codes: Vec<u8> =
        [Exit::Ok, Exit::Failure, Exit::Usage, Exit::Denied, Exit::NotFound, Exit::State, Exit::Unavailable]
            .map(Exit::code)
            .to_vec();
    assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6], "scripts depend on these");
}

#[tokio::test]
async fn plaintext_comes_from_standard_input_and_goes_to_standard_output() {
    let (ended, received) = ask(&["key", "encrypt", "app", "--context", "app=db"], b"secret").await;
    assert_eq!(ended.out, "AQID\n");
    let request = received.lock().unwrap().join("");
    assert!(request.contains(r#"{"plaintext":"c2VjcmV0","context":{"app":"db"}}"#), "{request}");
    assert!(request.contains("authorization: Bearer kst_good"), "{request}");

    let (ended, _) = ask(&["key", "decrypt"], b"AQID\n").await;
    assert_eq!(ended.out, "attack at dawn", "its bytes alone");
    let (ended, _) = ask(&["key", "decrypt", "-o", "json"], b"AQID").await;
    assert!(ended.out.contains("\"plaintext\": \"YXR0YWNrIGF0IGRhd24=\""), "{}", ended.out);
    let (ended, _) = ask(&["key", "decrypt"], b"*").await;
    assert_eq!(ended.exit, Exit::Usage);
}

#[tokio::test]
async fn a_secret_can_go_to_a_file_instead() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let line = ["credential", "create", "alice", "--out", path.to_str().unwrap()];
    let (ended, _) = ask(&line, b"").await;
    assert_eq!(ended.exit, Exit::Ok, "{}", ended.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "kst_new");
    assert!(!ended.out.contains("kst_new"), "{}", ended.out);
    let (ended, _) = ask(&["credential", "create", "alice"], b"").await;
    assert!(ended.out.contains("kst_new"), "{}", ended.out);
}

#[tokio::test]
async fn explain_shows_the_request_without_secrets_and_sends_nothing() {
    let (ended, received) = ask(&["key", "encrypt", "vault:transit/app", "--explain"], b"secret").await;
    assert_eq!(ended.exit, Exit::Ok);
    let shown: String = ended.out.split_once("/keystead").map(|(_, rest)| rest.to_owned()).unwrap();
    assert_eq!(
        shown,
        "/v1/tenants/default/keys/vault%3Atransit%2Fapp:encrypt\nauthorization: Bearer (hidden)\n\n{\n  \
         \"plaintext\": \"(hidden)\"\n}\n"
    );
    assert!(received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_taken_back_needs_a_yes() {
    let (ended, received) = ask(&["credential", "revoke", "c-1"], b"yes\n").await;
    assert_eq!(ended.exit, Exit::Usage, "nobody can be asked");
    assert!(received.lock().unwrap().is_empty());
    let (ended, received) = ask(&["credential", "revoke", "c-1", "--yes"], b"").await;
    assert_eq!((ended.exit, ended.out.as_str()), (Exit::Ok, "revoked\n"));
    assert!(received.lock().unwrap().join("").starts_with("DELETE /keystead/v1/credentials/c-1 "));
}

#[tokio::test]
async fn answers_are_printed_in_three_formats() {
    let (table, _) = ask(&["key", "show", "app"], b"").await;
    let (json, _) = ask(&["status", "-o", "json"], b"").await;
    let (yaml, _) = ask(&["status", "-o", "yaml"], b"").await;
    let (status, _) = ask(&["status"], b"").await;
    insta::assert_snapshot!([table.out, json.out, yaml.out, status.out].join("----\n"));
}

#[tokio::test]
async fn a_list_of_keys_shows_names_to_people_who_may_list_them() {
    let (two, _) = ask(&["key", "list", "--tenant", "two"], b"").await;
    assert_eq!(two.out, "ID   NAMES\nk-1  app, web\nk-2  -\nmore follow: --after AP8\n", "{}", two.err);
    let (shy, _) = ask(&["key", "list", "--tenant", "shy"], b"").await;
    assert_eq!((shy.exit, shy.out.lines().nth(1)), (Exit::Ok, Some("k-1  -")), "{}", shy.err);
    let (json, received) = ask(&["key", "list", "--tenant", "two", "-o", "json"], b"").await;
    assert!(!json.out.contains("app") && json.out.contains("k-2"), "as the server said: {}", json.out);
    assert_eq!(received.lock().unwrap().len(), 1);
}

/// Nobody reads any more.
struct Gone;

impl std::io::Write for Gone {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_reader_that_has_had_enough_is_not_complained_to() {
    let (address, _) = serve(answers).await;
    let Keystead { global, command } =
        Keystead::try_parse_from(["keystead", "--address", &address, "status"]).unwrap();
    let (mut input, mut err) = (b"".as_slice(), Vec::new());
    let mut streams = Streams { input: &mut input, out: &mut Gone, err: &mut err, interactive: false };
    let exit = run(command.remote(), global.resolve(&|_| None, false), &mut streams).await;
    assert_eq!((exit, err.as_slice()), (Exit::Failure, b"".as_slice()));
}

#[tokio::test]
async fn at_a_terminal_it_says_what_it_waits_for() {
    let (address, _) = serve(answers).await;
    let line = ["keystead", "--address", &address, "key", "encrypt", "app"];
    let Keystead { global, command } = Keystead::try_parse_from(line).unwrap();
    let (mut input, mut out, mut err) = (b"x".as_slice(), Vec::new(), Vec::new());
    let mut streams = Streams { input: &mut input, out: &mut out, err: &mut err, interactive: true };
    let exit = run(command.remote(), global.resolve(&|_| None, false), &mut streams).await;
    assert_eq!((exit, out.as_slice()), (Exit::Ok, b"AQID\n".as_slice()));
    assert_eq!(err, b"reading the plaintext from the terminal; end it with Ctrl-D\n");
}

#[tokio::test]
async fn a_missing_token_is_answered_with_where_to_put_it() {
    let (ended, _) = ask(&["key", "encrypt", "none"], b"x").await;
    assert_eq!(ended.exit, Exit::Denied);
    assert!(ended.err.contains("KEYSTEAD_TOKEN_FILE"), "{}", ended.err);
}

#[tokio::test]
async fn a_tail_prints_each_record_once_and_not_itself() {
    let operations = |ended: &Ended| -> Vec<String> {
        ended.out.lines().filter_map(|line| line.split_whitespace().nth(1)).map(str::to_owned).collect()
    };
    let (ended, received) = ask(&["tail"], b"").await;
    assert_eq!(operations(&ended), ["Encrypt", "Decrypt"], "oldest first: {}", ended.out);
    assert_eq!(received.lock().unwrap().len(), 1);
    let (ended, _) = ask(&["tail", "--lines", "1"], b"").await;
    assert_eq!(operations(&ended), ["Decrypt"]);
    let (ended, _) = ask(&["tail", "--operation", "audit.search"], b"").await;
    assert_eq!(
        operations(&ended),
        ["Encrypt", "audit.search", "Decrypt"],
        "its own too where it is asked for"
    );
}
