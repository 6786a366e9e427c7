//! `key …`: a key's life, and what is refused along it.

use super::Terminal;

#[test]
fn a_key_lives_its_life_in_three_formats() {
    let own = Terminal::new();
    let made = own.ok("key create app --description payroll --label team=pay --least-wait 8");
    assert!(made.contains("app, aws:app, vault:transit/app") && made.contains("team=pay"), "{made}");
    let shown = own.read("key show app");
    assert_eq!((&shown["state"], &shown["description"]), (&"active".into(), &"payroll".into()));
    let id = shown["id"].as_str().unwrap();
    assert!(own.ok(&format!("key show {id}")).contains(id));
    assert_eq!(own.read("key list")["keys"][0]["id"], id);
    assert_eq!(own.ok("key list").lines().nth(1).unwrap(), format!("{id}  app"));
    assert_eq!(own.read("key name list --space aws")["names"][0]["name"], "aws:app");
    own.ok("key name bind other app");
    assert_eq!(own.read("key name list")["names"].as_array().unwrap().len(), 2);

    let sealed = own.run_as("root.token", "key encrypt app --context a=b", b"attack at dawn").out;
    own.ok("key rotate app");
    assert_eq!(own.read("key show app")["primary"], 2);
    let opened = own.run_as("root.token", "key decrypt --context a=b", sealed.as_bytes());
    assert_eq!((opened.status, opened.out.as_str()), (0, "attack at dawn"), "{}", opened.err);
    let other = own.run_as("root.token", "key decrypt --context a=c", sealed.as_bytes());
    assert_eq!((other.status, other.out.as_str()), (2, ""), "{}", other.err);

    own.ok("key disable app");
    own.fails("key encrypt app", 5, "is suspended (wrong_state, request ");
    own.ok("key enable app");
    own.fails("key destroy app", 2, "needs `--yes`");
    own.fails("key destroy app --wait 1 --yes", 5, "waits at least");
    own.ok("key destroy app --wait 9 --yes");
    own.fails("key encrypt app", 5, "is to be destroyed at 2");
    own.ok("key cancel app");
    assert_eq!(own.read("key show app")["state"], "suspended");
}

#[test]
fn a_data_key_goes_to_a_private_file_or_to_nobody() {
    let own = Terminal::new();
    own.ok("key create app");
    let told = own.ok("key data-key app --bytes 24 --out data.key");
    assert!(told.contains("wrapped") && !told.contains("plaintext"), "{told}");
    let path = own.path("data.key");
    assert_eq!((super::mode(&path), std::fs::read(&path).unwrap().len()), (0o600, 24));
    own.fails("key data-key app --out data.key", 2, "cannot write `data.key`: File exists");
    own.fails("key data-key none --out other.key", 4, "none");
    assert!(!own.path("other.key").exists());
    let wrapped = own.ok("key data-key app --wrapped-only -o json");
    assert!(wrapped.contains("wrapped") && !wrapped.contains("plaintext"), "{wrapped}");
}

#[test]
fn what_is_asked_wrongly_is_answered_with_what_to_do() {
    let own = Terminal::new();
    own.ok("key create app");
    own.fails("key create app", 5, "leads to another key");
    own.fails("key show none", 4, "there is no key named `none`");
    own.fails("key show vault:app", 2, "write `vault:MOUNT/NAME`");
    own.fails("key create --spec aes25", 2, "aes256");
    own.fails("key list --tenant eu", 4, "there is no tenant `eu`");
    own.fails("key list --limit 0", 2, "1..=1000");
    own.fails("kye list", 2, "'key'");
    own.fails("key lsit", 2, "'list'");
    own.fails("key list -o jsn", 2, "'json'");
    own.fails("key encrypt app --in absent", 2, "cannot read `absent`");
    let shown = own.ok("key disable app --explain");
    assert!(shown.starts_with("POST http://127.0.0.1:") && shown.contains("/keys/app:disable\n"), "{shown}");
    assert_eq!(own.read("key show app")["state"], "active", "shown, not sent");
}
