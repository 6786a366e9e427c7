//! INV-7: wire names live only in dialects, codecs, `access/iam` and `access/acl`. A foreign word elsewhere
//! means that one vendor's vocabulary has begun to shape the house.

use super::Finding;
use crate::source::{Source, lines_with};
use crate::tree::Tree;

const RULE: &str = "INV-7";

/// Rooms that speak to the wire, or to the languages that wires carry.
const HOMES: &[&str] = &[
    "crates/dialect/",
    "crates/codec/",
    "crates/access/src/iam",
    "crates/access/src/acl",
    "crates/testkit/",
];

/// Names that no house word contains, in lower case.
const NAMES: &[&str] = &["trentservice", "kms:", "vault:v", "x-vault-"];

pub(crate) fn homes(tree: &Tree) -> Vec<Finding> {
    let abroad = |source: &&Source| {
        let home = HOMES.iter().any(|home| source.path.starts_with(home));
        source.path.starts_with("crates/") && !home
    };
    tree.sources().filter(abroad).flat_map(names_in).collect()
}

fn names_in(source: &Source) -> Vec<Finding> {
    let shipped = source.shipped(&source.quoted).to_ascii_lowercase();
    let found =
        NAMES.iter().flat_map(|name| lines_with(&shipped, name).into_iter().map(move |line| (*name, line)));
    found
        .map(|(name, line)| {
            Finding::error(RULE, format!("{}:{line}", source.path), format!("`{name}` is a wire name"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check::finds;
    use super::*;

    #[test]
    fn a_wire_name_outside_its_home_is_found() {
        let files = [
            ("crates/access/src/iam/action.rs", "const A: &str = \"kms:Encrypt\";"),
            ("crates/dialect/aws/src/lib.rs", "const A: &str = \"TrentService.Encrypt\";"),
            ("crates/engine/src/lib.rs", "const A: &str = \"a\";\nconst B: &str = \"TrentService.B\";"),
            ("crates/edge/src/lib.rs", "fn f() { head(\"X-Vault-Token\") }"),
        ];
        finds(homes, &files, &["crates/edge/src/lib.rs:1", "crates/engine/src/lib.rs:2"]);
    }

    #[test]
    fn prose_fields_and_tests_are_free() {
        let text = "//! AWS says \"kms:Encrypt\"\nstruct A { kms: Kms }\n#[cfg(test)]\nmod tests { const A: &str = \"vault:v1:\"; }";
        finds(homes, &[("crates/engine/src/lib.rs", text)], &[]);
    }
}
