//! The page `docs/key-states.md` as a test: how each dialect shows every lawful combination of state, material and
//! scheduled destruction, and that what it shows never contradicts what the gate admits.

use keystead_domain::{AbsentReason, KeyState, MaterialState};

#[derive(Clone, Copy, Debug)]
struct Shown {
    state: KeyState,
    material: MaterialState,
    scheduled: bool,
}

impl Shown {
    fn protects(self) -> bool {
        self.has_material() && !self.scheduled && self.state.may_protect()
    }

    fn processes(self) -> bool {
        self.has_material() && !self.scheduled && self.state.may_process()
    }

    fn has_material(self) -> bool {
        !matches!(self.material, MaterialState::Absent(_))
    }
}

/// Every combination that can come about: a destroyed version has no material and nothing left to schedule.
fn lawful() -> Vec<Shown> {
    let absent = [AbsentReason::Expired, AbsentReason::Deleted, AbsentReason::PendingImport]
        .map(MaterialState::Absent);
    let materials = [&[MaterialState::Present][..], &absent, &[MaterialState::External]].concat();
    let mut all = Vec::new();
    for state in KeyState::ALL {
        for material in &materials {
            for scheduled in [false, true] {
                let gone = *material == MaterialState::Absent(AbsentReason::Deleted);
                if state.is_destroyed() && (scheduled || !gone) {
                    continue;
                }
                all.push(Shown { state, material: *material, scheduled });
            }
        }
    }
    all
}

fn aws(s: Shown) -> &'static str {
    match s {
        Shown { state, .. } if state.is_destroyed() => "NotFound",
        Shown { scheduled: true, .. } => "PendingDeletion",
        Shown { material: MaterialState::Absent(_), .. } => "PendingImport",
        Shown { state: KeyState::Active, .. } => "Enabled",
        _ => "Disabled",
    }
}

fn vault(s: Shown) -> &'static str {
    match s {
        Shown { state, .. } if state.is_destroyed() => "404",
        s if s.protects() => "usable",
        s if s.processes() => "decrypt only",
        _ => "soft-deleted",
    }
}

fn azure(s: Shown) -> &'static str {
    match s {
        Shown { state, .. } if state.is_destroyed() => "404 (purged)",
        Shown { scheduled: true, .. } => "deleted, recoverable",
        s if s.protects() => "enabled",
        s if s.processes() => "enabled, expired",
        _ => "disabled",
    }
}

fn google(s: Shown) -> &'static str {
    match s {
        Shown { state, .. } if state.is_destroyed() => "DESTROYED",
        Shown { scheduled: true, .. } => "DESTROY_SCHEDULED",
        Shown { material: MaterialState::Absent(AbsentReason::PendingImport), .. } => "PENDING_IMPORT",
        Shown { state: KeyState::PreActivation, .. } => "PENDING_GENERATION",
        s if s.protects() => "ENABLED",
        _ => "DISABLED",
    }
}

fn kmip(s: Shown) -> &'static str {
    match s.state {
        KeyState::PreActivation => "Pre-Active",
        KeyState::Active if s.protects() => "Active",
        KeyState::Compromised => "Compromised",
        KeyState::Destroyed => "Destroyed",
        KeyState::DestroyedCompromised => "Destroyed Compromised",
        KeyState::Active | KeyState::Suspended | KeyState::Deactivated => "Deactivated",
    }
}

fn pkcs11(s: Shown) -> &'static str {
    match s {
        Shown { state, .. } if state.is_destroyed() => "no object",
        Shown { scheduled: true, .. } => "no object",
        s if s.protects() => "CKA_ENCRYPT, CKA_DECRYPT",
        s if s.processes() => "CKA_DECRYPT",
        _ => "neither",
    }
}

fn table() -> String {
    let mut rows = String::from(
        "| state | material | destruction scheduled | AWS | Vault | Azure | Google | KMIP | PKCS#11 |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for s in lawful() {
        let material = match s.material {
            MaterialState::Present => "present",
            MaterialState::Absent(AbsentReason::Expired) => "expired",
            MaterialState::Absent(AbsentReason::Deleted) => "deleted",
            MaterialState::Absent(AbsentReason::PendingImport) => "awaits import",
            MaterialState::External => "external",
        };
        let scheduled = if s.scheduled { "yes" } else { "no" };
        let cells = [aws(s), vault(s), azure(s), google(s), kmip(s), pkcs11(s)].join(" | ");
        rows.push_str(&format!("| {} | {material} | {scheduled} | {cells} |\n", s.state));
    }
    rows
}

#[test]
fn the_page_shows_this_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/key-states.md");
    let page = std::fs::read_to_string(path).expect("docs/key-states.md");
    let (before, rest) = page.split_once("<!-- table -->\n").expect("start mark");
    let (shown, after) = rest.split_once("<!-- end -->").expect("end mark");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}<!-- table -->\n{}<!-- end -->{after}", table()))
            .expect("write");
        return;
    }
    assert_eq!(shown, table(), "run with UPDATE_DOCS=1 and review the difference");
}

#[test]
fn no_dialect_shows_as_usable_what_the_gate_refuses() {
    for s in lawful() {
        assert_eq!(aws(s) == "Enabled", s.protects(), "{s:?}");
        assert_eq!(vault(s) == "usable", s.protects(), "{s:?}");
        assert_eq!(azure(s) == "enabled", s.protects(), "{s:?}");
        assert_eq!(google(s) == "ENABLED", s.protects(), "{s:?}");
        assert_eq!(kmip(s) == "Active", s.protects(), "{s:?}");
        assert_eq!(pkcs11(s) == "CKA_ENCRYPT, CKA_DECRYPT", s.protects(), "{s:?}");
    }
}

#[test]
fn destroyed_is_final_in_every_dialect() {
    for s in lawful().into_iter().filter(|s| s.state.is_destroyed()) {
        assert_eq!(
            (aws(s), vault(s), azure(s), google(s), pkcs11(s)),
            ("NotFound", "404", "404 (purged)", "DESTROYED", "no object")
        );
    }
}
