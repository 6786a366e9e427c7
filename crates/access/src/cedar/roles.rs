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
