//! Every invariant of ARCHITECTURE.md has teeth: a test or a tidy rule names its id (`INV-5`, or `inv_5` in
//! a test's name). Those still without are listed in `xtask/tidy/pending.txt`, which only gets shorter.

use std::collections::BTreeSet;

use super::Finding;
use crate::source::has_word;
use crate::tree::Tree;

const RULE: &str = "invariants";
const PAGE: &str = "ARCHITECTURE.md";
const PENDING: &str = "xtask/tidy/pending.txt";

pub(crate) fn named(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.file(PAGE) else {
        return vec![Finding::error(RULE, PAGE, "is missing: it holds the invariants")];
    };
    let pending = ids(tree.file(PENDING).unwrap_or_default());
    let proofs = proofs(tree);
    ids(page)
        .union(&pending)
        .filter_map(|id| judge(*id, ids(page).contains(id), pending.contains(id), shown(&proofs, *id)))
        .collect()
}

fn judge(id: u32, stated: bool, pending: bool, shown: bool) -> Option<Finding> {
    let id = format!("INV-{id}");
    match (stated, pending, shown) {
        (false, ..) => Some(Finding::error(RULE, PENDING, format!("{id} is no invariant of {PAGE}"))),
        (true, false, false) => {
            Some(Finding::error(RULE, PAGE, format!("{id} is named by no test and no tidy rule")))
        }
        (true, true, false) => Some(Finding::warning(RULE, PAGE, format!("{id} is not yet named by a test"))),
        (true, true, true) => {
            Some(Finding::warning(RULE, PENDING, format!("{id} is named now: take it off the list")))
        }
        (true, false, true) => None,
    }
}

/// What may name an id: tests of the rooms, and the rules beside this file, but not their tests.
fn proofs(tree: &Tree) -> Vec<String> {
    let text = |source: &crate::source::Source| {
        if source.path.starts_with("crates/") {
            return Some(source.tests());
        }
        source.path.starts_with("xtask/src/tidy/").then(|| source.shipped(&source.quoted))
    };
    tree.sources().filter_map(text).collect()
}

fn shown(proofs: &[String], id: u32) -> bool {
    let snake = format!("inv_{id}_");
    let named = |text: &String| has_word(text, &format!("INV-{id}")) || text.contains(&snake);
    proofs.iter().any(named)
}

/// The numbers of every `INV-n` in `text`.
fn ids(text: &str) -> BTreeSet<u32> {
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    text.split("INV-").skip(1).filter_map(|rest| digits(rest).parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<(String, bool)> {
        named(&Tree::of(files)).into_iter().map(|finding| (finding.text, finding.warning)).collect()
    }

    #[test]
    fn an_invariant_is_named_by_a_test_by_a_rule_or_pending() {
        let page = (PAGE, "- INV-901 a\n- INV-902 b\n- INV-903 c\n- INV-904 d");
        let files = [
            page,
            (
                "crates/a/src/lib.rs",
                "//! INV-904 in prose proves nothing\n#[cfg(test)]\nmod tests { /* INV-901 */ }",
            ),
            ("crates/b/tests/it/main.rs", "fn inv_902_holds() {}"),
            ("xtask/src/tidy/x.rs", "const RULE: &str = \"INV-903\";"),
        ];
        assert_eq!(found(&files), [("INV-904 is named by no test and no tidy rule".to_owned(), false)]);
        let pending = [files.as_slice(), &[(PENDING, "INV-904\nINV-901")]].concat();
        let texts = found(&pending);
        assert!(texts.iter().all(|(_, warning)| *warning), "{texts:?}");
        assert_eq!(texts.len(), 2);
    }

    #[test]
    fn a_page_that_is_gone_and_a_stale_list_are_errors() {
        assert_eq!(found(&[]), [("is missing: it holds the invariants".to_owned(), false)]);
        let stale = found(&[(PAGE, "INV-901"), (PENDING, "INV-901 INV-905")]);
        assert!(stale.contains(&("INV-905 is no invariant of ARCHITECTURE.md".to_owned(), false)));
    }

    #[test]
    fn a_longer_number_is_another_invariant() {
        let files = [(PAGE, "INV-901"), ("crates/a/tests/it/main.rs", "//! INV-9011")];
        assert_eq!(found(&files).len(), 1);
    }
}
