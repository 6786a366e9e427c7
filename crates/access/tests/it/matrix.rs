//! The authorisation matrix is a file: a change of policy shows as a diff. `KEYSTEAD_BLESS=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use access::Demand;
use domain::*;
use spi::Fence;

use crate::world::{World, caller, world};

const KEY_POLICIES: [(&str, &str); 5] = [
    (
        "default",
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"ACCOUNT"},"Action":"kms:*","Resource":"*"}}"#,
    ),
    (
        "only-iam-user",
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:user/iam"},"Action":"kms:*crypt","Resource":"*"}}"#,
    ),
    (
        "use-denied",
        r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"ACCOUNT"},"Action":"kms:*","Resource":"*"},
        {"Effect":"Deny","Principal":"*","Action":["kms:Encrypt","kms:Decrypt","kms:Generate*"],"Resource":"*"}]}"#,
    ),
    ("open", r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#),
    (
        "nobody",
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"kms:*","Resource":"*"}}"#,
    ),
];

fn principals(w: &World) -> Vec<Principal> {
    let mut all: Vec<Principal> =
        Role::ALL.map(|role| w.principal(role.word(), PrincipalKind::User, &[role])).into();
    all.push(w.principal("account-root", PrincipalKind::AccountRoot, &[]));
    all.push(w.principal("nobody", PrincipalKind::User, &[]));
    let mut iam = w.principal("iam", PrincipalKind::User, &[]);
    let text = r#"{"Statement":{"Effect":"Allow","Action":["kms:Encrypt","kms:Describe*","kms:CreateKey"],"Resource":"*"}}"#;
    w.attach(&mut iam, &[&w.policy("iam", Language::Iam, text)]);
    let mut cedar = w.principal("cedar", PrincipalKind::Service, &[]);
    let text = r#"permit (principal, action in [Action::"use", Action::"audit"], resource);
        forbid (principal, action == Action::"key:decrypt", resource) unless { context.dialect == "vault" };"#;
    w.attach(&mut cedar, &[&w.policy("cedar", Language::Cedar, text)]);
    all.extend([
        iam,
        cedar,
        w.principal_of(&w.foreign, "stranger", PrincipalKind::AccountRoot, &[Role::Root]),
    ]);
    all
}

async fn row(w: &World, who: &[Principal], demand: Demand<'_>) -> String {
    let mut row = String::new();
    for principal in who {
        let answer = w.decider.decide(&caller(principal), demand, &mut Fence::default()).await;
        row.push_str(if answer.is_ok() { "  yes" } else { "    -" });
    }
    row
}

async fn table() -> String {
    let w = world();
    w.decider.operated_by(w.home.id);
    let who = principals(&w);
    let mut out =
        String::from("# principal x action x resource: who is allowed what. Written by tests/it/matrix.rs\n");
    let names: Vec<&str> = who.iter().map(|p| &*p.name).collect();
    writeln!(out, "# columns: {}\n", names.join(", ")).unwrap();
    for (i, (name, policy)) in KEY_POLICIES.iter().enumerate() {
        let key = w.key_with(i as u8 + 1, policy);
        let on = ResourceRef::Key { tenant: w.tenant.id, id: key.id() };
        for action in Action::ALL.iter().filter(|a| is_of_key(**a)) {
            let row = row(&w, &who, Demand::on_key(*action, &on, &key, &w.tenant)).await;
            writeln!(out, "{:<17} {:<36}{row}", format!("key/{name}"), action.word()).unwrap();
        }
    }
    let alias = Name::new(Space::Aws, "app").unwrap();
    let native = Name::new(Space::Native, "app").unwrap();
    let tenant = w.tenant.id;
    let within = [
        ("tenant", ResourceRef::Tenant(tenant)),
        ("name/aws", ResourceRef::Name { tenant, name: alias }),
        ("name/native", ResourceRef::Name { tenant, name: native }),
        ("key/absent", ResourceRef::AbsentKey { tenant, text: "app".into() }),
    ];
    for (name, on) in &within {
        for action in
            [Action::CreateKey, Action::ListKeys, Action::Encrypt, Action::BindName, Action::ListNames]
        {
            let row = row(&w, &who, Demand::in_tenant(action, on, &w.tenant)).await;
            writeln!(out, "{name:<17} {:<36}{row}", action.word()).unwrap();
        }
    }
    let account = w.home.id;
    let outside = [
        ("system", ResourceRef::System),
        ("account", ResourceRef::Account(account)),
        ("audit-log", ResourceRef::AuditLog(account)),
    ];
    for (name, on) in &outside {
        for action in Action::ALL.iter().filter(|a| is_of(name, **a)) {
            let row = row(&w, &who, Demand::outside(*action, on)).await;
            writeln!(out, "{name:<17} {:<36}{row}", action.word()).unwrap();
        }
    }
    out.push_str("\n# key state x use: whether an allowed decision gives a permit that opens the key\n");
    states(&mut out);
    out
}

/// What is asked of a key itself.
fn is_of_key(action: Action) -> bool {
    action.word().starts_with("key:") && !matches!(action, Action::CreateKey | Action::ListKeys)
}

fn is_of(resource: &str, action: Action) -> bool {
    let of_system =
        matches!(action, Action::CreateAccount | Action::Seal | Action::Backup | Action::ReadSystem);
    match (resource, action.class()) {
        ("system", _) => of_system,
        ("audit-log", _) => action == Action::ReadAudit,
        (_, ActionClass::Administer | ActionClass::Audit) => !of_system && action != Action::ReadAudit,
        (_, ActionClass::Use | ActionClass::Custody | ActionClass::View) => false,
    }
}

fn states(out: &mut String) {
    let w = world();
    let active = w.key(1);
    let loaded = Loaded::opened(active.clone(), Revision(1));
    let now = Timestamp::from_millis(0);
    let on = |event| loaded.apply(&active.on(event).unwrap()).0;
    let keys = [
        ("active", active.clone()),
        ("suspended", on(LifecycleEvent::Suspend)),
        ("deactivated", on(LifecycleEvent::Deactivate)),
        ("compromised", on(LifecycleEvent::Compromise)),
        ("destruction-scheduled", loaded.apply(&active.schedule_destruction(now, 9).unwrap()).0),
        ("destroyed", loaded.apply(&active.destroy(now).unwrap()).0),
    ];
    for (name, key) in keys {
        let word = |usage| if key.admit(usage, Some(1)).is_ok() { "yes" } else { "-" };
        writeln!(out, "{name:<23} protect {:<4} process {}", word(Usage::Encrypt), word(Usage::Decrypt))
            .unwrap();
    }
}

#[tokio::test]
async fn the_policy_matrix_is_as_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy_matrix.txt");
    let table = table().await;
    if std::env::var_os("KEYSTEAD_BLESS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(&path).unwrap_or_default(), "review, then KEYSTEAD_BLESS=1");
}
