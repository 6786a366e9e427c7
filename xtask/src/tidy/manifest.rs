//! What every manifest must say, and how its dependencies on other rooms are found.

use toml::{Table, Value};

use super::Finding;
use crate::tree::{Manifest, Tree, join};

/// Rooms that may hold `unsafe` carry the lints themselves, with `unsafe_code = "deny"` (INV-11).
pub(super) const OWN_LINTS: &[&str] = &["crates/provider/software", "crates/secret"];

/// A dependency of a manifest.
pub(super) struct Dependency {
    /// The room below `crates/`, if it is one of ours.
    pub(super) room: Option<String>,
    /// From `[dev-dependencies]`.
    pub(super) for_tests: bool,
}

/// Normal, build and dev dependencies, for every target.
pub(super) fn dependencies(manifest: &Manifest, workspace: &Table) -> Vec<Dependency> {
    let targets = manifest.table.get("target").and_then(Value::as_table);
    let of_targets = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    let shared = workspace.get("workspace").and_then(|table| table.get("dependencies"));
    let mut found = Vec::new();
    for table in std::iter::once(&manifest.table).chain(of_targets) {
        for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
            for (name, value) in table.get(section).and_then(Value::as_table).into_iter().flatten() {
                let room = room(&manifest.folder, name, value, shared);
                found.push(Dependency { room, for_tests: section == "dev-dependencies" });
            }
        }
    }
    found
}

fn room(folder: &str, name: &str, value: &Value, shared: Option<&Value>) -> Option<String> {
    let inherited = value.get("workspace").and_then(Value::as_bool) == Some(true);
    let (folder, value) = if inherited { ("", shared?.get(name)?) } else { (folder, value) };
    let path = join(folder, value.get("path")?.as_str()?);
    path.strip_prefix("crates/").map(String::from)
}

/// Each crate takes the workspace's lints, or stands in the list above and denies `unsafe` by itself.
pub(crate) fn lints(tree: &Tree) -> Vec<Finding> {
    let ours = tree
        .manifests()
        .into_iter()
        .filter(|manifest| manifest.table.contains_key("package") && manifest.folder != "fuzz");
    ours.filter(|manifest| !keeps_lints(manifest))
        .map(|manifest| Finding::error("lints", manifest.folder, "needs `[lints] workspace = true`"))
        .collect()
}

fn keeps_lints(manifest: &Manifest) -> bool {
    let lints = manifest.table.get("lints");
    let shared = lints.and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true);
    let own = lints.and_then(|lints| lints.get("rust")).and_then(|rust| rust.get("unsafe_code"));
    let denied = own.and_then(|own| own.as_str().or_else(|| own.get("level")?.as_str())) == Some("deny");
    shared || (OWN_LINTS.contains(&manifest.folder.as_str()) && denied)
}

/// The test kit cannot ship: it stands in dev-dependencies only.
pub(crate) fn testkit(tree: &Tree) -> Vec<Finding> {
    let workspace = tree.workspace();
    let names = |manifest: &Manifest| {
        let mut shipped =
            dependencies(manifest, &workspace).into_iter().filter(|dependency| !dependency.for_tests);
        shipped.any(|dependency| dependency.room.as_deref() == Some("testkit"))
    };
    let guilty = tree.manifests().into_iter().filter(names);
    guilty
        .map(|manifest| {
            Finding::error("testkit", manifest.folder, "may name testkit in dev-dependencies only")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check::finds;
    use super::*;

    #[test]
    fn a_crate_without_the_shared_lints_is_found() {
        let files = [
            ("crates/a/Cargo.toml", "[package]\n[lints]\nworkspace = true"),
            ("crates/b/Cargo.toml", "[package]"),
            ("crates/c/Cargo.toml", "[package]\n[lints.rust]\nunsafe_code = \"deny\""),
        ];
        finds(lints, &files, &["crates/b", "crates/c"]);
    }

    #[test]
    fn a_room_with_unsafe_must_deny_it_block_by_block() {
        finds(lints, &[("crates/secret/Cargo.toml", "[package]\n[lints.rust]\nunsafe_code = \"deny\"")], &[]);
        finds(
            lints,
            &[("crates/secret/Cargo.toml", "[package]\n[lints.rust]\nunsafe_code = { level = \"deny\" }")],
            &[],
        );
        finds(
            lints,
            &[("crates/secret/Cargo.toml", "[package]\n[lints.rust]\nunsafe_code = \"warn\"")],
            &["crates/secret"],
        );
    }

    #[test]
    fn the_test_kit_must_not_ship() {
        let files = [
            ("Cargo.toml", "[workspace.dependencies]\ntestkit = { path = \"crates/testkit\" }"),
            ("bench/Cargo.toml", "[dependencies]\ntestkit.workspace = true"),
            ("crates/a/Cargo.toml", "[dev-dependencies]\ntestkit.workspace = true"),
            ("crates/b/Cargo.toml", "[dependencies]\nkit = { path = \"../testkit\" }"),
        ];
        finds(testkit, &files, &["bench", "crates/b"]);
    }
}
