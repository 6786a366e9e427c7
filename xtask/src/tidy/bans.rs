//! deny.toml's banned crates, checked without cargo-deny: what the workspace really builds (normal and build
//! dependencies of this machine's target) must not hold one.

use std::path::Path;

use toml::{Table, Value};

use super::Finding;
use crate::failure::Outcome;
use crate::shell::step;
use crate::tree::Tree;

const RULE: &str = "bans";

/// Every crate of this family is under a licence that we cannot take; deny.toml cannot say "all of them".
const FAMILIES: &[&str] = &["cosmian_"];

/// The packages in the build, one `name vX.Y.Z …` a line.
pub(crate) fn graph(root: &Path) -> Outcome<String> {
    let words = ["tree", "--workspace", "--edges", "normal,build", "--prefix", "none", "--locked"];
    step("cargo").args(words).within(root).read()
}

pub(crate) fn reachable(tree: &Tree, graph: &str) -> Vec<Finding> {
    let banned = banned(tree);
    if banned.is_empty() {
        return vec![Finding::error(RULE, "deny.toml", "bans nothing: list crates under [bans] deny")];
    }
    let mut names: Vec<&str> = graph.lines().filter_map(|line| line.split_whitespace().next()).collect();
    names.sort_unstable();
    names.dedup();
    let guilty = names.into_iter().filter(|name| {
        let name = name.replace('-', "_");
        banned.iter().any(|ban| ban.replace('-', "_") == name)
            || FAMILIES.iter().any(|family| name.starts_with(family))
    });
    guilty
        .map(|name| {
            Finding::error(RULE, name, "is banned by deny.toml: see `cargo tree -i` for who brings it")
        })
        .collect()
}

fn banned(tree: &Tree) -> Vec<String> {
    let table: Table = tree.file("deny.toml").and_then(|text| text.parse().ok()).unwrap_or_default();
    let list = table.get("bans").and_then(|bans| bans.get("deny")).and_then(Value::as_array);
    let name = |ban: &Value| ban.as_str().or_else(|| ban.get("crate")?.as_str()).map(String::from);
    list.into_iter().flatten().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = "[bans]\ndeny = [{ crate = \"ring\", reason = \"x\" }, \"openssl-sys\"]";

    fn found(deny: &str, graph: &str) -> Vec<String> {
        reachable(&Tree::of(&[("deny.toml", deny)]), graph).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_banned_crate_in_the_build_is_found_once() {
        let graph = "keystead v0.1.0 (path)\nring v0.17.8\nstring v1.0.0\nring v0.17.8 (*)\nopenssl-sys v0.9\n\nserde v1\n";
        assert_eq!(found(DENY, graph), ["openssl-sys", "ring"]);
    }

    #[test]
    fn a_whole_family_is_banned() {
        assert_eq!(found(DENY, "cosmian_anything v1.0.0"), ["cosmian_anything"]);
    }

    #[test]
    fn a_list_that_bans_nothing_is_an_error() {
        assert_eq!(found("", "serde v1"), ["deny.toml"]);
    }
}
