//! How documents combine: denial first, caps next, then the key's own word or its delegation.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use access::{Demand, Refused, delegating_key_policy};
use domain::*;
use spi::Fence;

use crate::world::{World, caller, key_of, world, world_keeping};

pub(crate) const ALLOW_ALL: &str =
    r#"{"Statement":[{"Sid":"all","Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const CEDAR_ALL: &str = "permit (principal, action, resource);";

fn denied(answer: Result<access::Allowed, Refused>) -> (Option<(String, String)>, bool) {
    match answer {
        Err(Refused::Denied { by, may_know }) => (by.map(|by| (by.document, by.statement)), may_know),
        other => panic!("{other:?}"),
    }
}

fn by(document: &str, statement: &str) -> Option<(String, String)> {
    Some((document.to_owned(), statement.to_owned()))
}

fn statement(effect: &str, principal: &str, action: &str) -> String {
    format!(
        r#"{{"Statement":[{{"Sid":"it","Effect":"{effect}","Principal":{principal},"Action":"{action}","Resource":"*"}},
        {{"Sid":"delegates","Effect":"Allow","Principal":{{"AWS":"ACCOUNT"}},"Action":"kms:*","Resource":"*"}}]}}"#
    )
}

#[tokio::test]
async fn the_answer_names_the_statement_that_decided() {
    let w = world();
    let user = w.principal("user", PrincipalKind::User, &[Role::CryptoUser]);
    let key = w.key(1);
    let allowed = w.decide(&user, Action::Encrypt, &key).await.unwrap();
    assert_eq!((&*allowed.by().document, &*allowed.by().statement), ("role:crypto-user", "use"));
    let key =
        w.key_with(2, &statement("Allow", r#"{"AWS":"arn:aws:iam::ACCOUNT:user/user"}"#, "kms:PutKeyPolicy"));
    let allowed = w.decide(&user, Action::PutKeyPolicy, &key).await.unwrap();
    assert_eq!((&*allowed.by().document, &*allowed.by().statement), ("key-policy", "it"));
    assert_eq!(denied(w.decide(&user, Action::DisableKey, &key).await), (None, true));
}

#[tokio::test]
async fn a_denial_in_any_document_wins_over_every_allow() {
    let deny = r#"{"Statement":{"Sid":"no","Effect":"Deny","Action":"kms:Encrypt","Resource":"*"}}"#;
    let cedar_deny = r#"@id("no") forbid (principal, action == Action::"key:encrypt", resource);"#;
    for (language, text) in [(Language::Iam, deny), (Language::Cedar, cedar_deny)] {
        let w = world();
        let mut root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
        let (all, no) = (w.policy("all", Language::Iam, ALLOW_ALL), w.policy("no", language, text));
        w.attach(&mut root, &[&all, &no]);
        let key = w.key(1);
        assert_eq!(denied(w.decide(&root, Action::Encrypt, &key).await), (by("policy:no", "no"), true));
        assert!(w.allows(&root, Action::Decrypt, &key).await);
    }
    let w = world();
    let root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    for principal in [r#""*""#, r#"{"AWS":"ACCOUNT"}"#, r#"{"AWS":"arn:aws:iam::ACCOUNT:root"}"#] {
        let key = w.key_with(2, &statement("Deny", principal, "kms:Encrypt"));
        assert_eq!(denied(w.decide(&root, Action::Encrypt, &key).await), (by("key-policy", "it"), true));
    }
    let user = w.principal("user", PrincipalKind::User, &[Role::Root]);
    let key = w.key_with(3, &statement("Deny", r#"{"AWS":"ACCOUNT"}"#, "kms:Encrypt"));
    assert!(!w.allows(&user, Action::Encrypt, &key).await, "a denial of the account denies everyone in it");
}

#[tokio::test]
async fn an_identity_policy_alone_never_suffices_for_a_key() {
    let w = world();
    let mut root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    let all = w.policy("all", Language::Iam, ALLOW_ALL);
    w.attach(&mut root, &[&all]);
    let key = w.key_with(
        1,
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:user/bob"},"Action":"kms:*","Resource":"*"}}"#,
    );
    assert!(!w.allows(&root, Action::Encrypt, &key).await, "no delegation: not even the root");
    let bob = w.principal("bob", PrincipalKind::User, &[]);
    assert!(w.allows(&bob, Action::Encrypt, &key).await, "named by the key itself, without identity policy");
    let service = w.principal("svc", PrincipalKind::Service, &[]);
    let named = w.key_with(
        2,
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:role/svc"},"Action":"kms:*","Resource":"*"}}"#,
    );
    assert!(w.allows(&service, Action::Encrypt, &named).await);
    let user = w.principal("user", PrincipalKind::User, &[]);
    assert!(!w.allows(&user, Action::Encrypt, &w.key(3)).await, "delegated, but no identity policy");
}

#[tokio::test]
async fn guardrails_cap_even_what_the_key_itself_allows() {
    let cap = r#"{"Statement":{"Effect":"Allow","Action":["kms:Decrypt","kms:Describe*"],"Resource":"*"}}"#;
    let cedar_cap = r#"permit (principal, action in [Action::"key:decrypt", Action::"view"], resource);"#;
    for (language, text) in [(Language::Iam, cap), (Language::Cedar, cedar_cap)] {
        let mut w = world();
        let root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
        let key = w.key_with(1, &statement("Allow", r#""*""#, "kms:*"));
        assert!(w.allows(&root, Action::Encrypt, &key).await);
        let cap = w.policy("cap", language, text);
        w.tenant.guardrails = vec![cap.id];
        w.store.put(&w.tenant);
        w.raise(Scope::Tenant(w.tenant.id));
        assert_eq!(
            denied(w.decide(&root, Action::Encrypt, &key).await),
            (by("guardrail:cap", "none allows"), true)
        );
        assert!(w.allows(&root, Action::Decrypt, &key).await);
        let none =
            w.policy("nothing", Language::Iam, &ALLOW_ALL.replace("\"*\",\"Resource", "\"s3:*\",\"Resource"));
        w.tenant.guardrails.push(none.id);
        w.raise(Scope::Tenant(w.tenant.id));
        assert!(!w.allows(&root, Action::Decrypt, &key).await, "every guardrail must allow");
    }
}

/// What is asked for together may lie in several tenants: each is capped by its own guardrails, and by no other's.
#[tokio::test]
async fn demands_in_two_tenants_are_each_capped_by_their_own() {
    let w = world();
    let root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    let mut second = Tenant { id: TenantId::random([5; 16]), name: "t5".to_owned(), ..w.tenant.clone() };
    w.store.put(&second);
    let keys = [w.key(1), key_of(2, &second, &w.home, delegating_key_policy(w.home.number))];
    let on = keys.each_ref().map(|key| ResourceRef::Key { tenant: key.tenant(), id: key.id() });
    let both = async |second: &Tenant| {
        let demands = [
            Demand::on_key(Action::Encrypt, &on[0], &keys[0], &w.tenant),
            Demand::on_key(Action::Encrypt, &on[1], &keys[1], second),
        ];
        w.decider.decide_all(&caller(&root), &demands, &mut Fence::default()).await
    };
    assert_eq!(both(&second).await.unwrap().members().count(), 2);
    let cap = r#"{"Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}}"#;
    second.guardrails = vec![w.policy("cap", Language::Iam, cap).id];
    w.store.put(&second);
    w.raise(Scope::Tenant(second.id));
    assert_eq!(denied(both(&second).await).0, by("guardrail:cap", "none allows"));
    assert!(w.allows(&root, Action::Encrypt, &keys[0]).await);
}

#[tokio::test]
async fn inv_4_a_listed_policy_that_is_missing_denies_until_it_is_there() {
    let mut w = world();
    let mut root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    let all = w.policy("all", Language::Iam, ALLOW_ALL);
    w.attach(&mut root, &[&all]);
    w.store.delete(&all);
    let key = w.key(1);
    let missing = by(&format!("policy:{}", all.id), "missing");
    assert_eq!(denied(w.decide(&root, Action::Encrypt, &key).await), (missing, false));
    w.store.put(&all);
    assert!(
        w.allows(&root, Action::Encrypt, &key).await,
        "pure creation raises nothing, so nothing was kept"
    );
    let cap = w.policy("cap", Language::Iam, ALLOW_ALL);
    w.store.delete(&cap);
    w.tenant.guardrails = vec![cap.id];
    let missing = by(&format!("guardrail:{}", cap.id), "missing");
    assert_eq!(denied(w.decide(&root, Action::Encrypt, &key).await).0, missing);
    w.store.put(&cap);
    assert!(w.allows(&root, Action::Encrypt, &key).await, "nor of a tenant whose guardrail was missing");
}

#[tokio::test]
async fn what_cannot_be_read_or_evaluated_denies() {
    let w = world();
    let key = w.key(1);
    for (name, language, text) in [
        ("a", Language::Iam, "{"),
        ("b", Language::Cedar, "permit"),
        ("c", Language::Acl, "path \"*\" {}"),
        (
            "d",
            Language::Cedar,
            "permit (principal, action, resource); forbid (principal, action, resource) when { resource.nothing };",
        ),
    ] {
        let mut root = w.principal(name, PrincipalKind::AccountRoot, &[Role::Root]);
        let policy = w.policy(name, language, text);
        w.attach(&mut root, &[&policy]);
        assert!(!w.allows(&root, Action::Encrypt, &key).await, "{name}");
    }
    let root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    for (language, text) in [(Language::Iam, "nonsense"), (Language::Cedar, CEDAR_ALL), (Language::Acl, "")] {
        let policy = PolicyDocument { language, text: text.to_owned() };
        let key = key_of(9, &w.tenant, &w.home, policy);
        assert!(!w.allows(&root, Action::Encrypt, &key).await, "{language:?} is no key policy");
    }
}

#[tokio::test]
async fn across_accounts_everything_is_denied_and_nothing_is_told() {
    let w = world();
    let stranger = w.principal_of(&w.foreign, "root", PrincipalKind::AccountRoot, &[Role::Root]);
    let open =
        w.key_with(1, r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#);
    assert_eq!(denied(w.decide(&stranger, Action::Encrypt, &open).await), (None, false));
    let home = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    for (who, account) in [(&stranger, w.home.id), (&home, w.foreign.id)] {
        for on in [ResourceRef::Account(account), ResourceRef::AuditLog(account)] {
            let demand = Demand::outside(Action::ReadAudit, &on);
            let answer = w.decider.decide(&caller(who), demand, &mut Fence::default()).await;
            assert_eq!(denied(answer), (None, false));
        }
    }
}

#[tokio::test]
async fn the_system_is_its_operators_alone() {
    let w = world();
    let home = w.principal("root", PrincipalKind::AccountRoot, &[Role::Administrator]);
    let stranger = w.principal_of(&w.foreign, "root", PrincipalKind::AccountRoot, &[Role::Root]);
    let seal = async |who| {
        let demand = Demand::outside(Action::Seal, &ResourceRef::System);
        w.decider.decide(&caller(who), demand, &mut Fence::default()).await.is_ok()
    };
    assert!(!seal(&home).await, "nobody, until the operators are named");
    w.decider.operated_by(w.home.id);
    w.decider.operated_by(w.foreign.id);
    assert!(seal(&home).await);
    assert!(!seal(&stranger).await);
}

#[tokio::test]
async fn a_key_and_its_name_must_agree() {
    let w = world();
    let root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    let (key, other) = (w.key(1), w.key(2));
    assert!(w.allows(&root, Action::Encrypt, &key).await, "kept from here on");
    let resource = ResourceRef::Key { tenant: w.tenant.id, id: other.id() };
    let demand = Demand::on_key(Action::Encrypt, &resource, &key, &w.tenant);
    assert!(w.decider.decide(&caller(&root), demand, &mut Fence::default()).await.is_err());
    let demand = Demand::in_tenant(Action::Encrypt, &resource, &w.tenant);
    assert!(w.decider.decide(&caller(&root), demand, &mut Fence::default()).await.is_err(), "no key at hand");
}

#[tokio::test]
async fn a_document_decides_about_its_own_holder_too() {
    let w = world();
    let mut user = w.principal("user", PrincipalKind::User, &[]);
    let text = r#"permit (principal, action, resource) when { resource == principal };"#;
    let own = w.policy("own", Language::Cedar, text);
    w.attach(&mut user, &[&own]);
    let other = w.principal("other", PrincipalKind::User, &[]);
    for (id, allowed) in [(user.id, true), (other.id, false)] {
        let on = ResourceRef::Principal { account: w.home.id, id };
        let demand = Demand::outside(Action::ListCredentials, &on);
        let decided = w.decider.decide(&caller(&user), demand, &mut Fence::default()).await;
        assert_eq!(decided.is_ok(), allowed);
    }
}

#[tokio::test]
async fn all_members_must_pass() {
    let w = world();
    let user = w.principal("user", PrincipalKind::User, &[Role::CryptoUser]);
    let (open, shut) = (w.key(1), w.key_with(2, &statement("Deny", r#""*""#, "kms:Encrypt")));
    let on = |key: &Key| ResourceRef::Key { tenant: key.tenant(), id: key.id() };
    let (a, b) = (on(&open), on(&shut));
    let first = Demand::on_key(Action::Decrypt, &a, &open, &w.tenant);
    let second = Demand::on_key(Action::Encrypt, &b, &shut, &w.tenant);
    let who = caller(&user);
    let both = w.decider.decide_all(&who, &[first, second], &mut Fence::default()).await;
    assert_eq!(denied(both), (by("key-policy", "it"), true));
    let allowed = w.decider.decide_all(&who, &[first, first], &mut Fence::default()).await.unwrap();
    assert_eq!(allowed.members().count(), 2);
    assert!(
        w.decider.decide_all(&who, &[], &mut Fence::default()).await.is_err(),
        "nothing asked, nothing allowed"
    );
}

#[tokio::test]
async fn the_lockout_check_foresees_the_new_policy() {
    let w = world();
    let user = w.principal("user", PrincipalKind::User, &[Role::KeyCustodian]);
    for (policy, kept) in [
        (statement("Allow", r#""*""#, "kms:*"), true),
        (statement("Deny", r#""*""#, "kms:PutKeyPolicy"), false),
        (r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"kms:*","Resource":"*"}}"#.into(), false),
        (r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:user/user"},"Action":"kms:PutKeyPolicy","Resource":"*"}}"#.into(), true),
    ] {
        let text = policy.replace("ACCOUNT", &w.home.number.to_string());
        let document = PolicyDocument { language: Language::Iam, text };
        let who = caller(&user);
        let mut fence = Fence::default();
        let check = w.decider.keeps_control(&who, &document, w.home.number, &w.tenant, &mut fence);
        assert_eq!(check.await.unwrap(), kept, "{policy}");
        assert!(fence.covers(Scope::Tenant(w.tenant.id)));
    }
}

#[tokio::test]
async fn explaining_is_deciding() {
    let w = world();
    let mut user = w.principal("user", PrincipalKind::User, &[Role::CryptoUser]);
    let no = w.policy(
        "no",
        Language::Cedar,
        r#"@id("never") forbid (principal, action == Action::"key:decrypt", resource);"#,
    );
    w.attach(&mut user, &[&no]);
    let key = w.key(1);
    let resource = ResourceRef::Key { tenant: key.tenant(), id: key.id() };
    let explain = async |action| {
        let demand = Demand::on_key(action, &resource, &key, &w.tenant);
        w.decider.explain(&caller(&user), demand, &mut Fence::default()).await.unwrap()
    };
    let shown = explain(Action::Encrypt).await;
    assert!(shown.allowed);
    let considered: Vec<_> = shown.considered.iter().map(|(d, _, says)| (&**d, *says)).collect();
    let expected =
        [("key-policy", "delegates"), ("role:crypto-user", "allows"), ("policy:no", "says nothing")];
    assert_eq!(considered, expected);
    let shown = explain(Action::Decrypt).await;
    assert!(!shown.allowed);
    assert_eq!(shown.by.unwrap().statement, "never");
    for action in Action::ALL {
        assert_eq!(explain(*action).await.allowed, w.allows(&user, *action, &key).await, "{action:?}");
    }
}

#[tokio::test]
async fn inv_9_what_is_kept_reads_nothing_and_inv_10_epochs_end_it() {
    let w = world();
    let mut user = w.principal("user", PrincipalKind::User, &[]);
    let all = w.policy("all", Language::Iam, ALLOW_ALL);
    w.attach(&mut user, &[&all]);
    let mut key = w.key(1);
    assert!(w.allows(&user, Action::Encrypt, &key).await);
    let (reads, made) = (w.store.reads.load(Ordering::SeqCst), w.decider.worked_out());
    for _ in 0..100 {
        assert!(w.allows(&user, Action::Encrypt, &key).await);
    }
    assert_eq!((w.store.reads.load(Ordering::SeqCst), w.decider.worked_out()), (reads, made));

    // Each scope ends what was kept under it.
    w.attach(&mut user, &[]);
    w.raise(Scope::Account(w.home.id));
    assert!(!w.allows(&user, Action::Encrypt, &key).await);
    w.attach(&mut user, &[&all]);
    w.raise(Scope::Account(w.home.id));
    assert!(w.allows(&user, Action::Encrypt, &key).await);
    key = w.key_with(1, &statement("Deny", r#""*""#, "kms:Encrypt"));
    w.raise(Scope::Tenant(w.tenant.id));
    assert!(!w.allows(&user, Action::Encrypt, &key).await);
    let made = w.decider.worked_out();
    w.raise(Scope::System);
    assert!(!w.allows(&user, Action::Encrypt, &key).await);
    assert!(w.decider.worked_out() > made);
}

#[tokio::test]
async fn inv_10_a_fence_captured_before_keeps_its_own_epoch() {
    let w = world();
    let user = w.principal("user", PrincipalKind::User, &[Role::CryptoUser]);
    let key = w.key(1);
    let mut fence = w.epochs.capture([Scope::System, Scope::Account(w.home.id)]);
    w.raise(Scope::Account(w.home.id));
    let _ = w.decide_under(&user, Action::Encrypt, &key, &mut fence).await;
    assert_eq!(fence.stale(), vec![Scope::Account(w.home.id)], "the append will refuse it");
    for scope in [Scope::System, Scope::Account(w.home.id), Scope::Tenant(w.tenant.id)] {
        assert!(fence.covers(scope), "{scope}");
    }
}

#[tokio::test]
async fn keeping_decisions_changes_no_decision() {
    let (kept, fresh) = (Arc::new(world_keeping(64)), Arc::new(world_keeping(0)));
    let outcomes = async |w: &World| {
        let mut all = Vec::new();
        let users = Role::ALL.map(|role| w.principal(role.word(), PrincipalKind::User, &[role]));
        let keys = [
            w.key(1),
            w.key_with(2, &statement("Deny", r#"{"AWS":"arn:aws:iam::ACCOUNT:user/root"}"#, "kms:Enc*")),
        ];
        for _ in 0..2 {
            for (user, key) in users.iter().flat_map(|u| keys.iter().map(move |k| (u, k))) {
                for action in Action::ALL {
                    all.push(w.allows(user, *action, key).await);
                }
            }
        }
        all
    };
    assert_eq!(outcomes(&kept).await, outcomes(&fresh).await);
}
