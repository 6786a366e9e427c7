//! What the audit log says of the requests: each operation under its own name, decided as it was answered, and every
//! action that OPERATIONS lists.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Action, AuditRecord, Decision};
use spi::{AuditLog, AuditQuery};

use super::Cell;
use super::stage::Stage;
use crate::house::House;

/// The records of each request, oldest first.
pub(super) struct Records(BTreeMap<String, Vec<AuditRecord>>);

impl Records {
    pub(super) async fn read(house: &House) -> Self {
        let (mut all, mut before) = (BTreeMap::<String, Vec<AuditRecord>>::new(), None);
        loop {
            let query = AuditQuery { before, limit: 1000, ..AuditQuery::default() };
            let page = house.log.search(query).await.unwrap();
            for (_, record) in page.items {
                all.entry(record.id.to_string()).or_default().insert(0, record);
            }
            before = page.next.as_ref().and_then(audit::position_of);
            if before.is_none() {
                return Self(all);
            }
        }
    }

    pub(super) fn of(&self, id: &str) -> &[AuditRecord] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn tell_what_was_answered(&self, stage: &Stage, cells: &[Cell]) {
        for cell in cells {
            let at = format!("{} {} {} {:?}", stage.word, cell.row.name, cell.player.name, cell.state);
            let records = self.of(&cell.id);
            for record in records {
                assert_eq!(record.operation, cell.row.operation(), "{at}");
                assert_eq!(record.dialect, stage.dialect.dialect(), "{at}");
                assert_eq!(record.subject.name.as_deref(), Some(cell.player.name), "{at}");
            }
            // What asks for nothing is answered to all: by the gate, which records it, or before it.
            let Some(last) = records.last() else {
                assert!(cell.row.asks.is_empty(), "{at}: no record");
                continue;
            };
            match &last.decision {
                Decision::Denied(_) => {
                    assert!(stage.is_denied(&cell.said), "{at}: {:?}", cell.said);
                    assert_denied_where_listed(cell, last, &at);
                }
                Decision::Allowed(_) => assert!(!stage.is_denied(&cell.said), "{at}: {:?}", cell.said),
                Decision::NotReached => assert!(cell.row.asks.is_empty(), "{at}: {:?}", cell.said),
            }
            if !stage.is_denied(&cell.said) {
                let decided: BTreeSet<Action> = records.iter().flat_map(|r| r.actions.clone()).collect();
                let listed: BTreeSet<Action> = cell.row.asks.iter().map(|(action, _)| *action).collect();
                assert_eq!(decided, listed, "{at}: decided is not what OPERATIONS lists");
            }
        }
    }
}

/// A denial is about what the row says that is asked about.
fn assert_denied_where_listed(cell: &Cell, record: &AuditRecord, at: &str) {
    let kind = record.target.as_ref().map(|target| target.kind.to_string()).unwrap();
    let denied = record.actions.last().unwrap();
    let mut listed = cell.row.asks.iter().filter(|(action, _)| action == denied);
    assert!(listed.any(|(_, rule)| kinds(rule).contains(&kind.as_str())), "{at}: {denied:?} on {kind}");
}

/// The kinds of target, as records name them, that a rule of a dialect's table stands for.
fn kinds(rule: &str) -> &'static [&'static str] {
    match rule {
        "System" => &["system"],
        "Account" => &["account"],
        "Tenant" => &["tenant"],
        "Key" => &["key", "absent-key"],
        "Name" | "Alias" => &["name"],
        "Principal" => &["principal"],
        "AuditLog" => &["audit-log"],
        other => panic!("nothing is denied on `{other}`; or say here what its records name"),
    }
}
