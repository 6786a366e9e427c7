//! What must be true after a crash, told by the audit log alone: its records, replayed in their order, give the state
//! of every key. The store must hold exactly that, no more (nothing unaudited) and no less (nothing lost).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::{AuditRecord, Decision, Key, KeyState, Outcome, TenantId};

use crate::house::records;

/// One key as the log tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) state: KeyState,
    pub(super) scheduled: bool,
    pub(super) versions: usize,
}

impl Told {
    /// One key as the store holds it.
    pub(super) fn by_store(key: &Key) -> Self {
        Self { state: key.state(), scheduled: key.destruction().is_some(), versions: key.versions().len() }
    }
}

/// The log of one folder, read on after each crash.
#[derive(Default)]
pub(super) struct Truth {
    /// The next leaf to read.
    next: u64,
    pub(super) keys: BTreeMap<String, Told>,
    /// Requests that were done, by id.
    pub(super) done: BTreeSet<String>,
    /// Keys that changed since they were last looked at.
    pub(super) touched: BTreeSet<String>,
    /// The tenant of all of them.
    pub(super) tenant: Option<TenantId>,
}

impl Truth {
    /// Reads what the log holds beyond what was read before.
    pub(super) fn read_on(&mut self, folder: &Path) {
        for (place, record) in records(folder, self.next) {
            assert_eq!(place, self.next, "leaves follow each other");
            self.next = place + 1;
            self.take(&record);
        }
    }

    fn take(&mut self, record: &AuditRecord) {
        if record.outcome != Outcome::Success {
            return;
        }
        let id = record.id.to_string();
        assert!(self.done.insert(id.clone()), "request {id} stands twice in the log");
        let Some(target) = record.target.as_ref().filter(|target| target.kind == "key") else { return };
        assert!(matches!(record.decision, Decision::Allowed(_)), "done and not decided: {record:?}");
        self.tenant = record.tenant;
        self.replay(&record.operation, &target.id);
    }

    fn replay(&mut self, operation: &str, id: &str) {
        if operation == "CreateKey" {
            let new = Told { state: KeyState::Active, scheduled: false, versions: 1 };
            assert!(self.keys.insert(id.to_owned(), new).is_none(), "key {id} was made twice");
            self.touched.insert(id.to_owned());
            return;
        }
        let key = self.keys.get_mut(id).unwrap_or_else(|| panic!("{operation} on {id} before it was made"));
        assert!(!key.state.is_destroyed(), "{operation} on {id} after it was destroyed");
        match operation {
            "DeleteKey" => (key.state, key.scheduled) = (KeyState::Destroyed, false),
            "DisableKey" => key.state = KeyState::Suspended,
            "EnableKey" => key.state = KeyState::Active,
            "ScheduleDestruction" => key.scheduled = true,
            "CancelDestruction" => (key.state, key.scheduled) = (KeyState::Suspended, false),
            "RotateKey" => key.versions += 1,
            "DescribeKey" | "Encrypt" | "Decrypt" => return,
            other => panic!("a record of an operation that nobody asked for: {other}"),
        }
        self.touched.insert(id.to_owned());
    }
}
