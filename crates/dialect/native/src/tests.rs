//! What needs no gate: the fault table, and the pages that must name everything.

use api::{FaultWhat, ShareRefusal};
use codec_native::Code;
use domain::{Action, KeyId, ResourceRef, Space, StatementRef, TenantId};
use edge::Refusal;
use testkit::faults;

use crate::fault;
use crate::operations::OPERATIONS;

#[test]
fn inv_8_the_fault_table_is_as_reviewed() {
    let mut table = String::new();
    for what in faults::every(&Space::Vault { mount: "transit".to_owned() }) {
        let refused = fault::word(&what);
        assert_eq!(refused.code.word(), what.word(), "a code is the fault's own word");
        assert!(!refused.message.ends_with('.') && !refused.message.starts_with(char::is_uppercase));
        let code = refused.code;
        table.push_str(&format!("{} | {} | {}\n", code.status(), code.word(), refused.message));
    }
    for why in [
        ShareRefusal::NotAShare,
        ShareRefusal::Mistyped,
        ShareRefusal::Foreign { index: 1 },
        ShareRefusal::Altered { index: 2 },
        ShareRefusal::Duplicate { index: 3 },
        ShareRefusal::NoCustodians,
        ShareRefusal::WrongRoot,
    ] {
        let refused = fault::of_share(why);
        let code = refused.code;
        table.push_str(&format!("{} | {} | {}\n", code.status(), code.word(), refused.message));
    }
    for refusal in [
        Refusal::BodyTooLarge,
        Refusal::BodyTimeout,
        Refusal::Overloaded { retry_after: 1 },
        Refusal::Draining,
    ] {
        let refused = fault::of_edge(refusal);
        table.push_str(&format!(
            "{} | {} | {}\n",
            refused.code.status(),
            refused.code.word(),
            refused.message
        ));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn who_may_not_know_reads_the_same_of_what_is_there_and_what_is_not() {
    let denied = |on, by| {
        fault::word(&FaultWhat::Denied {
            caller: "alice".to_owned(),
            action: Action::Decrypt,
            on,
            by,
            may_know: false,
        })
    };
    let tenant = TenantId::random([2; 16]);
    let by = StatementRef { document: "key-policy".to_owned(), statement: "0".to_owned() };
    let there = denied(ResourceRef::Key { tenant, id: KeyId::random([1; 16]) }, Some(by));
    assert_eq!(there, denied(ResourceRef::AbsentKey { tenant, text: "app".to_owned() }, None));
}

#[test]
fn every_fault_of_the_gate_has_a_code() {
    for what in faults::every(&Space::Vault { mount: "transit".to_owned() }) {
        assert_eq!(Code::from_word(what.word()).map(Code::word), Some(what.word()));
    }
}

#[test]
fn inv_6_the_compatibility_page_has_every_operation() {
    let page = include_str!("../COMPATIBILITY.md");
    for row in OPERATIONS {
        let asks: Vec<_> =
            row.asks.iter().map(|(action, on)| format!("{} on {on:?}", action.word())).collect();
        let line = format!("| {} | {} {} | {} |\n", row.name, row.method, row.path, asks.join(", "));
        assert!(page.contains(&line), "missing or wrong: {line}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains(" | ")).count();
    assert_eq!(rows, OPERATIONS.len() + 1, "a row for an operation that does not exist");
}
