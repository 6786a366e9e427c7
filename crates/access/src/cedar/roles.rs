//! The built-in roles in Cedar, generated from the same table that decides natively: for people to read and for the
//! test that holds both together.

use std::fmt::Write as _;

use domain::{Action, Role};

use crate::roles::{class_word, role_allows};

/// The static policies of the built-in roles, one for each role.
#[must_use]
pub fn role_policies() -> String {
    Role::ALL.into_iter().fold(String::new(), |mut text, role| {
        let mut groups: Vec<String> = Action::ALL
            .iter()
            .filter(|a| role_allows(role, **a))
            .map(|a| format!("Action::\"{}\"", class_word(a.class())))
            .collect();
        groups.sort();
        groups.dedup();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "@id(\"{word}\")\npermit (principal in Role::\"{word}\", action in [{}], resource);",
            groups.join(", "),
            word = role.word(),
        );
        text
    })
}

#[cfg(test)]
mod tests {
    use std::cell::OnceCell;
    use std::sync::Arc;

    use domain::{
        AccountId, Action, ActionClass, Caller, CredentialId, Dialect, PrincipalId, PrincipalKind,
        ResourceRef, Role,
    };

    use super::role_policies;
    use crate::cedar::Policies;
    use crate::roles::role_allows;
    use crate::says::{Question, Says};

    fn caller(role: Role) -> Caller {
        Caller {
            principal: PrincipalId::random([1; 16]),
            account: AccountId::random([2; 16]),
            name: "somebody".into(),
            kind: PrincipalKind::User,
            roles: Arc::new([role]),
            policies: Arc::new([]),
            credential: CredentialId::new("x").unwrap(),
            expires_at: None,
            mfa: false,
            address: None,
            via: Dialect::Native,
        }
    }

    #[test]
    fn the_native_table_and_the_cedar_text_decide_alike() {
        let policies = Policies::read(&role_policies(), "roles").unwrap();
        policies.check().unwrap();
        for (role, action) in Role::ALL.iter().flat_map(|r| Action::ALL.iter().map(move |a| (*r, *a))) {
            let (caller, resource) = (caller(role), ResourceRef::System);
            let caller_number = "111122223333".parse().unwrap();
            let question = Question {
                caller: &caller,
                caller_number,
                action,
                resource: &resource,
                key: None,
                terms: None,
                owner: None,
                framed: OnceCell::new(),
            };
            match policies.says(&question) {
                Says::Allows(by) => {
                    assert_eq!(by.statement, role.word());
                    assert!(role_allows(role, action), "{role:?} {action:?}");
                }
                Says::Nothing => assert!(!role_allows(role, action), "{role:?} {action:?}"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn no_role_both_administers_and_audits_or_administers_and_uses() {
        for role in Role::ALL.into_iter().filter(|r| *r != Role::Root) {
            let has = |class| Action::ALL.iter().any(|a| a.class() == class && role_allows(role, *a));
            assert!(!(has(ActionClass::Administer) && has(ActionClass::Audit)), "{role:?}");
            assert!(!(has(ActionClass::Administer) && has(ActionClass::Use)), "{role:?}");
            assert!(!(has(ActionClass::Custody) && has(ActionClass::Use)), "{role:?}");
            assert!(!(has(ActionClass::Custody) && has(ActionClass::Audit)), "{role:?}");
        }
    }
}
