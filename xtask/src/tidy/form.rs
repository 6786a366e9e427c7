//! How a file reads: it opens with why it exists, stays short, silences no lint, and a crate has one
//! integration test binary (each costs a link).

use super::Finding;
use crate::source::lines_with;
use crate::tree::Tree;

/// Lines that a file should stay under, and must.
const SHOULD: usize = 400;
const MUST: usize = 600;

/// The first line of every file is its `//!` doc.
pub(crate) fn module_doc(tree: &Tree) -> Vec<Finding> {
    let opens = |raw: &str| {
        raw.lines()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .is_some_and(|line| line.strip_prefix("//!").is_some_and(|text| !text.trim().is_empty()))
    };
    let silent = tree.sources().filter(|source| !opens(&source.raw));
    silent
        .map(|source| {
            Finding::error("module-doc", &source.path, "opens without a `//!` line that says why it exists")
        })
        .collect()
}

pub(crate) fn length(tree: &Tree) -> Vec<Finding> {
    let measured = tree.sources().map(|source| (&source.path, source.raw.lines().count()));
    measured
        .filter(|(_, lines)| *lines > SHOULD)
        .map(|(path, lines)| match lines > MUST {
            true => {
                Finding::error("length", path, format!("{lines} lines, over {MUST}: split it by subject"))
            }
            false => Finding::warning("length", path, format!("{lines} lines, over {SHOULD}")),
        })
        .collect()
}

/// `#[expect(…, reason = …)]` says why and complains when it is no longer needed; `allow` does neither.
pub(crate) fn allow(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        let dense: String = source.code.chars().filter(|c| *c == '\n' || !c.is_whitespace()).collect();
        for form in ["#[allow(", "#![allow(", ",allow("] {
            for line in lines_with(&dense, form) {
                findings.push(Finding::error(
                    "allow",
                    format!("{}:{line}", source.path),
                    "use #[expect(lint, reason = \"…\")]",
                ));
            }
        }
    }
    findings
}

/// Integration tests are modules of `tests/it/main.rs`.
pub(crate) fn one_test_binary(tree: &Tree) -> Vec<Finding> {
    let stray = tree.paths().filter(|path| {
        let after = path.split_once("/tests/").map(|(_, after)| after);
        path.ends_with(".rs")
            && after.is_some_and(|after| !after.starts_with("it/"))
            && !path.contains("/src/")
    });
    stray
        .map(|path| {
            Finding::error("one-test-binary", path, "integration tests are modules of tests/it/main.rs")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check::finds;
    use super::*;

    #[test]
    fn a_file_without_its_doc_is_found() {
        let files = [
            ("crates/a/src/a.rs", "//! Why.\nfn a() {}"),
            ("crates/a/src/b.rs", "fn b() {}\n//! late"),
            ("crates/a/src/c.rs", "//!\nfn c() {}"),
            ("crates/a/src/d.rs", ""),
        ];
        finds(module_doc, &files, &["crates/a/src/b.rs", "crates/a/src/c.rs", "crates/a/src/d.rs"]);
    }

    #[test]
    fn long_files_are_reported_and_longer_ones_refused() {
        let (short, long, longer) = ("\n".repeat(400), "\n".repeat(401), "\n".repeat(601));
        let files = [("a.rs", short.as_str()), ("b.rs", &long), ("c.rs", &longer)];
        finds(length, &files, &["b.rs", "c.rs"]);
        let warnings: Vec<bool> = length(&Tree::of(&files)).iter().map(|finding| finding.warning).collect();
        assert_eq!(warnings, [true, false]);
    }

    #[test]
    fn silencing_a_lint_is_found_but_not_the_word() {
        let text = "//! #[allow(x)]\n#[allow(dead_code)]\nfn a() { f(\"#[allow(\") }\n#[cfg_attr(test, allow(unused))]\n#![ allow (x)]\nfn allow(a: u8) {}";
        finds(allow, &[("a.rs", text)], &["a.rs:2", "a.rs:5", "a.rs:4"]);
    }

    #[test]
    fn a_second_test_binary_is_found() {
        let files = [
            ("crates/a/src/tests/b.rs", ""),
            ("crates/a/tests/it/c.rs", ""),
            ("crates/a/tests/it/main.rs", ""),
            ("crates/a/tests/other.rs", ""),
        ];
        finds(one_test_binary, &files, &["crates/a/tests/other.rs"]);
    }
}
