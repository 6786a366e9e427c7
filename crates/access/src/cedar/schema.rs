//! The schema that every Cedar document is checked against before it is written; actions are the canonical words.

use std::fmt::Write as _;
use std::sync::LazyLock;

use cedar_policy::Schema;
use domain::Action;

use crate::roles::class_word;

/// Entity types, attributes and context that documents may read; nothing else exists for them (INV-13).
const ENTITIES: &str = r#"
entity System;
entity Account;
entity Role;
entity Tenant in [Account];
entity Principal in [Role, Account] { name: String, kind: String };
entity Key in [Tenant] { spec: String, born: String };
entity Name in [Tenant] { space: String, text: String };
entity Policy in [Account];
entity AuditLog in [Account];
action "use", "custody", "view", "administer", "audit";
"#;

/// The whole schema in Cedar's own syntax.
#[must_use]
pub fn schema_text() -> String {
    Action::ALL.iter().fold(ENTITIES.to_owned(), |mut text, action| {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "action \"{}\" in [\"{}\"] appliesTo {{ principal: [Principal], resource: [System, Account, Tenant, \
             Principal, Key, Name, Policy, AuditLog], context: {{ mfa: Bool, dialect: String }} }};",
            action.word(),
            class_word(action.class()),
        );
        text
    })
}

/// The schema, read once; `None` would be a bug and refuses every document.
pub(super) static SCHEMA: LazyLock<Option<Schema>> =
    LazyLock::new(|| Schema::from_cedarschema_str(&schema_text()).ok().map(|(schema, _)| schema));

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_a_schema() {
        let (_, warnings) = cedar_policy::Schema::from_cedarschema_str(&super::schema_text()).unwrap();
        assert_eq!(warnings.count(), 0);
    }
}
