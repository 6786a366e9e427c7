//! Every dialect says what it promises: COMPATIBILITY.md stands beside its manifest.

use super::Finding;
use crate::tree::Tree;

pub(crate) fn present(tree: &Tree) -> Vec<Finding> {
    let dialects =
        tree.manifests().into_iter().filter(|manifest| manifest.folder.starts_with("crates/dialect/"));
    let missing = dialects.filter(|manifest| {
        let page = tree.file(&format!("{}/COMPATIBILITY.md", manifest.folder));
        page.is_none_or(|text| text.trim().is_empty())
    });
    missing
        .map(|manifest| Finding::error("compatibility", manifest.folder, "needs a COMPATIBILITY.md"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check::finds;
    use super::*;

    #[test]
    fn a_dialect_without_its_page_is_found() {
        let files = [
            ("crates/dialect/aws/COMPATIBILITY.md", "# AWS KMS"),
            ("crates/dialect/aws/Cargo.toml", ""),
            ("crates/dialect/azure/COMPATIBILITY.md", "\n"),
            ("crates/dialect/azure/Cargo.toml", ""),
            ("crates/dialect/vault/Cargo.toml", ""),
            ("crates/edge/Cargo.toml", ""),
        ];
        finds(present, &files, &["crates/dialect/azure", "crates/dialect/vault"]);
    }
}
