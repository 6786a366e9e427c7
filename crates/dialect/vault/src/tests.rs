//! What needs no gate: the fault table and the operations' table.

use domain::Space;
use testkit::faults;

use crate::fault;
use crate::operations::OPERATIONS;

#[test]
fn inv_8_the_fault_table_is_as_reviewed() {
    let mut table = String::new();
    for what in faults::every(&Space::Vault { mount: "transit".to_owned() }) {
        let errors = fault::word(&what);
        table.push_str(&format!("{} | {} | {}\n", what.word(), errors.status, errors.texts.join(" / ")));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn inv_6_only_reviewed_operations_ask_for_nothing() {
    let open: Vec<_> = OPERATIONS.iter().filter(|row| row.asks.is_empty()).map(|row| row.name).collect();
    let reviewed = [
        "read sys/health",
        "read sys/seal-status",
        "write sys/unseal",
        "read sys/init",
        "read sys/leader",
        "read auth/token/lookup-self",
    ];
    assert_eq!(open, reviewed);
}

#[test]
fn ciphertexts_are_told_apart() {
    use crate::ciphertext::{Read, read};
    assert_eq!(read("vault:v0:AAAA"), Ok(Read { version: 1, bytes: vec![0, 0, 0] }));
    assert_eq!(read("vault:v1:AA\nAA"), Ok(Read { version: 1, bytes: vec![0, 0, 0] }));
    assert_eq!(read("vault:v4294967296:AAAA"), Err("invalid ciphertext: version is too new"));
    assert_eq!(
        read("vault:v-1:AAAA"),
        Err("ciphertext or signature version is disallowed by policy (too old)")
    );
    assert_eq!(read("AAAA"), Err("invalid ciphertext: no prefix"));
    assert_eq!(read("vault:v1"), Err("invalid ciphertext: wrong number of fields"));
    assert_eq!(read("vault:vx:AAAA"), Err("invalid ciphertext: version number could not be decoded"));
    assert_eq!(read("vault:v1:@"), Err("invalid ciphertext: could not decode base64"));
}
