//! What needs no gate: the fault table, the operations' table, and what may stand on the wire.

use api::Fault;
use domain::{Action, Space};
use testkit::faults;

use crate::call::Place;
use crate::operations::{ABSENT, OPERATIONS};
use crate::{fault, wire};

#[test]
fn inv_8_the_fault_table_is_as_reviewed() {
    let mut table = String::new();
    for what in faults::every(&Space::Aws) {
        let mut fault = Fault::new(what.clone());
        fault.caller_account = "123456789012".parse().ok();
        fault.owner_account = fault.caller_account;
        let error = fault::word(&fault, &Place { region: "us-east-1", operation: "Sign" });
        table.push_str(&format!("{} | {} | {} | {}\n", what.word(), error.status, error.code, error.message));
    }
    insta::assert_snapshot!(table);
}

/// The same faults in STS's codes.
#[test]
fn inv_8_the_fault_table_of_the_query_protocol_is_as_reviewed() {
    let mut table = String::new();
    let place = Place { region: "us-east-1", operation: "GetCallerIdentity" };
    for what in faults::every(&Space::Aws) {
        let error = crate::sts::of_kms(fault::word(&Fault::new(what.clone()), &place));
        let kms = fault::word(&Fault::new(what.clone()), &place);
        if (error.status, error.code) != (kms.status, kms.code) {
            table.push_str(&format!(
                "{} | {} | {} | {}\n",
                what.word(),
                error.status,
                error.code,
                error.message
            ));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn inv_6_every_operation_of_the_api_is_answered_or_deliberately_absent() {
    let page = include_str!("../COMPATIBILITY.md");
    let names = OPERATIONS.iter().map(|row| row.name).chain(ABSENT.iter().copied());
    let names: std::collections::BTreeSet<_> = names.collect();
    assert_eq!(names.len(), 56, "API 2014-11-01 has 56 operations");
    for name in names {
        let answered = OPERATIONS.iter().any(|row| row.name == name);
        let status = if answered { "answered" } else { "absent" };
        assert!(page.contains(&format!("| {name} | {status}")), "{name} has no row, or a wrong one");
    }
    for row in OPERATIONS {
        assert!(!row.asks.is_empty(), "{} asks for nothing", row.name);
    }
}

#[test]
fn every_action_has_its_own_word_in_denials() {
    assert_eq!(crate::operations::action_name(Action::Encrypt), "kms:Encrypt");
    assert_eq!(crate::operations::action_name(Action::ScheduleDestruction), "kms:ScheduleKeyDeletion");
    assert_eq!(crate::operations::action_name(Action::CreateAccount), "account:create");
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    #[serde(borrow)]
    key_id: crate::text::Text<'a>,
}

#[test]
fn bodies_are_one_object_of_bounded_depth_with_no_member_twice() {
    let read = |body: &str| wire::read::<Body<'_>>(body.as_bytes()).map(|b| b.key_id.map(|k| k.into_owned()));
    assert_eq!(read("{}"), Ok(None));
    assert_eq!(read("{\"KeyId\":\"a\",\"Other\":[1,{}]}"), Ok(Some("a".to_owned())));
    for bad in ["", "[]", "\"x\"", "{", "{\"KeyId\":1}", "{\"KeyId\":\"a\",\"KeyId\":\"b\"}", "{} x"] {
        assert_eq!(read(bad).unwrap_err().code, "SerializationException", "{bad}");
    }
    assert!(read(&format!("{{\"a\":{}", "[".repeat(100_000))).is_err());
}
