//! Who may name whom (ARCHITECTURE §3). Dev-dependencies are free: test crates stand outside the house.

use super::Finding;
use super::manifest::{Dependency, dependencies};
use crate::tree::Tree;

const RULE: &str = "arrows";

/// Room (a folder below `crates/`, `*` for all within one) → the rooms that it may name. `secret` may be
/// named by all; the most exact line decides.
const ALLOWED: &[(&str, &[&str])] = &[
    ("secret", &[]),
    ("domain", &[]),
    ("api", &["domain"]),
    ("spi", &["domain"]),
    ("access", &["domain", "spi"]),
    ("engine", &["api", "spi", "domain", "access", "root", "audit"]),
    ("root", &["domain", "spi"]),
    ("audit", &["domain", "spi"]),
    ("provider/*", &["spi", "domain"]),
    ("store/record", &["spi", "domain"]),
    ("store/*", &["spi", "domain", "store/record"]),
    ("codec/*", &[]),
    ("edge", &["api", "domain"]),
    ("dialect/*", &["api", "domain", "edge", "codec/*"]),
    ("console", &["api", "domain", "edge"]),
    ("client", &["codec/*"]),
    ("pkcs11-module", &["codec/*", "client"]),
    ("cli", &["codec/*", "client", "audit", "root"]),
    ("server", &["*"]),
    ("testkit", &["*"]),
];

/// Every normal and build dependency between rooms follows an arrow; a room without a line has none yet.
pub(crate) fn arrows(tree: &Tree) -> Vec<Finding> {
    let workspace = tree.workspace();
    let mut findings = Vec::new();
    for manifest in tree.manifests() {
        let Some(room) = manifest.folder.strip_prefix("crates/") else { continue };
        let Some(allowed) = line(room) else {
            findings.push(Finding::error(
                RULE,
                &manifest.folder,
                "this room has no arrows: give it a line in xtask/src/tidy/arrows.rs and in ARCHITECTURE.md",
            ));
            continue;
        };
        let shipped =
            dependencies(&manifest, &workspace).into_iter().filter(|dependency| !dependency.for_tests);
        findings.extend(shipped.filter_map(|dependency| broken(&manifest.folder, allowed, &dependency)));
    }
    findings
}

fn broken(folder: &str, allowed: &[&str], dependency: &Dependency) -> Option<Finding> {
    let named = dependency.room.as_deref()?;
    let free = named == "secret" || allowed.iter().any(|pattern| matches(pattern, named));
    (!free).then(|| Finding::error(RULE, folder, format!("must not name `{named}`")))
}

fn line(room: &str) -> Option<&'static [&'static str]> {
    let exact = ALLOWED.iter().find(|(name, _)| *name == room);
    exact.or_else(|| ALLOWED.iter().find(|(name, _)| matches(name, room))).map(|(_, allowed)| *allowed)
}

fn matches(pattern: &str, room: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == room, |start| room.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::check::finds;
    use super::*;

    const WORKSPACE: &str = r#"
        [workspace.dependencies]
        domain = { path = "crates/domain" }
        secret = { path = "crates/secret" }
        engine = { package = "keystead-engine", path = "crates/engine" }
        dialect-aws = { path = "crates/dialect/aws" }
        codec-sigv4 = { path = "crates/codec/sigv4" }
        store-record = { path = "crates/store/record" }
        serde = "1"
    "#;

    #[track_caller]
    fn check(folder: &str, manifest: &str, broken: bool) {
        let path = format!("{folder}/Cargo.toml");
        let places: &[&str] = if broken { &[folder] } else { &[] };
        finds(arrows, &[("Cargo.toml", WORKSPACE), (&path, manifest)], places);
    }

    #[test]
    fn allowed_arrows_pass() {
        check(
            "crates/dialect/aws",
            "[dependencies]\ncodec-sigv4.workspace = true\ndomain.workspace = true\nserde.workspace = true",
            false,
        );
        check("crates/store/sqlite", "[dependencies]\nstore-record.workspace = true", false);
        check("crates/codec/sigv4", "[dependencies]\nsecret.workspace = true", false);
        check("crates/server", "[dependencies]\nengine.workspace = true", false);
    }

    #[test]
    fn every_other_arrow_is_found_however_it_is_written() {
        check("crates/dialect/vault", "[dependencies]\ndialect-aws.workspace = true", true);
        check("crates/cli", "[dependencies]\nengine = { workspace = true }", true);
        check("crates/domain", "[dependencies]\nengine = { path = \"../engine\" }", true);
        check(
            "crates/store/record",
            "[dependencies]\nx = { package = \"store\", path = \"../sqlite\" }",
            true,
        );
        check("crates/codec/sigv4", "[build-dependencies]\ndomain.workspace = true", true);
        check("crates/spi", "[target.'cfg(unix)'.dependencies]\nengine.workspace = true", true);
    }

    #[test]
    fn tests_may_name_anyone_and_a_new_room_needs_a_line() {
        check("crates/codec/sigv4", "[dev-dependencies]\nengine.workspace = true", false);
        check("crates/cellar", "[dependencies]", true);
    }
}
