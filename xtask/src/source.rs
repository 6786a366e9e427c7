//! A Rust file as tidy sees it: what is code, what is text in quotes, and what is compiled for tests only.
//!
//! Every view has the same length and lines as the file, with everything else blanked, so that a hit
//! in a view is a place in the file.

use std::ops::Range;

/// One file and its views.
pub(crate) struct Source {
    /// From the workspace's folder, with forward slashes.
    pub(crate) path: String,
    pub(crate) raw: String,
    /// Without comments and without what stands in quotes.
    pub(crate) code: String,
    /// Only what stands in quotes.
    pub(crate) quoted: String,
    tests: Vec<Range<usize>>,
}

impl Source {
    pub(crate) fn new(path: &str, raw: &str) -> Self {
        let mut views = Views { rest: raw, code: String::new(), quoted: String::new() };
        while views.step() {}
        let tests = if is_test_file(path) {
            Vec::from([Range { start: 0, end: raw.len() }])
        } else {
            test_items(&views.code)
        };
        Self { path: path.to_owned(), raw: raw.to_owned(), code: views.code, quoted: views.quoted, tests }
    }

    /// `view` without what is compiled for tests only.
    pub(crate) fn shipped(&self, view: &str) -> String {
        let keep = |(at, c): (usize, char)| blank_if(c, self.tests.iter().any(|range| range.contains(&at)));
        view.char_indices().flat_map(keep).collect()
    }

    /// What is compiled for tests only, comments included.
    pub(crate) fn tests(&self) -> String {
        self.tests.iter().filter_map(|range| self.raw.get(range.clone())).collect()
    }
}

/// The lines (from 1) on which `needle` stands in `view`, as a word of its own where it is a word.
pub(crate) fn lines_with(view: &str, needle: &str) -> Vec<usize> {
    view.lines().zip(1..).filter(|(line, _)| has_word(line, needle)).map(|(_, number)| number).collect()
}

/// Whether `needle` stands in `text` and no letter, digit or `_` continues it at either end.
pub(crate) fn has_word(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at.saturating_add(needle.len())..).and_then(|text| text.chars().next());
        !joins(before, needle.chars().next()) && !joins(needle.chars().next_back(), after)
    })
}

fn joins(left: Option<char>, right: Option<char>) -> bool {
    left.is_some_and(is_word) && right.is_some_and(is_word)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The test kit, files under `tests/` or `benches/`, and modules that are named as tests.
fn is_test_file(path: &str) -> bool {
    if path.starts_with("crates/testkit/") {
        return true;
    }
    let folder = path.split('/').any(|part| part == "tests" || part == "benches");
    folder || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

fn blank_if(c: char, blank: bool) -> impl Iterator<Item = char> {
    let blank = blank && c != '\n';
    let (c, count) = if blank { (' ', c.len_utf8()) } else { (c, 1) };
    std::iter::repeat_n(c, count)
}

/// What a stretch of the file is.
#[derive(PartialEq)]
enum Kind {
    Code,
    Quoted,
    Comment,
}

struct Views<'a> {
    rest: &'a str,
    code: String,
    quoted: String,
}

impl Views<'_> {
    /// Moves one comment, quote or character of code into the views; false at the end of the file.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let (length, kind) = self.next(first);
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.code.extend(taken.chars().flat_map(|c| blank_if(c, kind != Kind::Code)));
        self.quoted.extend(taken.chars().flat_map(|c| blank_if(c, kind != Kind::Quoted)));
        self.rest = rest;
        true
    }

    fn next(&self, first: char) -> (usize, Kind) {
        if self.rest.starts_with("//") {
            return (self.rest.find('\n').unwrap_or(self.rest.len()), Kind::Comment);
        }
        if self.rest.starts_with("/*") {
            return (block_comment(self.rest), Kind::Comment);
        }
        if let Some(length) = self.raw_string() {
            return (length, Kind::Quoted);
        }
        match first {
            '"' => (quote(self.rest, '"'), Kind::Quoted),
            '\'' if is_char_literal(self.rest) => (quote(self.rest, '\''), Kind::Quoted),
            other => (other.len_utf8(), Kind::Code),
        }
    }

    /// The length of `r"…"`, `r#"…"#`, `br"…"` … if one starts here and not in the middle of a name.
    fn raw_string(&self) -> Option<usize> {
        if self.code.chars().next_back().is_some_and(is_word) {
            return None;
        }
        let after_prefix = ["br", "cr", "r"].iter().find_map(|prefix| self.rest.strip_prefix(prefix))?;
        let body = after_prefix.trim_start_matches('#');
        let hashes = after_prefix.len().checked_sub(body.len())?;
        let inside = body.strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = inside.find(&end).map_or(inside.len(), |at| at.saturating_add(end.len()));
        self.rest.len().checked_sub(inside.len())?.checked_add(length)
    }
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut chars = text.char_indices().zip(text.chars().skip(1));
    while let Some(((at, c), next)) = chars.next() {
        match (c, next) {
            ('/', '*') => depth = depth.saturating_add(1),
            ('*', '/') => depth = depth.saturating_sub(1),
            _ => continue,
        }
        chars.next();
        if depth == 0 {
            return at.saturating_add(2);
        }
    }
    text.len()
}

/// The length of a quote with escapes, its marks included.
fn quote(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

/// `'a'` and `'\n'` are characters, `'a` is a lifetime.
fn is_char_literal(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    let (first, second) = (chars.next(), chars.next());
    first == Some('\\') || second == Some('\'')
}

const FOR_TESTS: &str = "#[cfg(test)]";

/// The stretches of every item under `#[cfg(test)]`.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (start, _) in code.match_indices(FOR_TESTS) {
        if ranges.last().is_some_and(|last| last.contains(&start)) {
            continue;
        }
        let item = start.saturating_add(FOR_TESTS.len());
        let length = code.get(item..).map_or(0, item_length);
        ranges.push(start..item.saturating_add(length));
    }
    ranges
}

/// Up to the item's closing brace, or its semicolon if that comes before any brace.
fn item_length(code: &str) -> usize {
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth = depth.saturating_add(1),
            ')' | ']' => depth = depth.saturating_sub(1),
            '}' if depth <= 1 => return at.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return at.saturating_add(1),
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, code: &str, quoted: &str) {
        let source = Source::new("src/lib.rs", raw);
        let squeeze = |view: &str| view.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            (squeeze(&source.code), squeeze(&source.quoted)),
            (code.to_owned(), quoted.to_owned()),
            "{raw}"
        );
        assert_eq!((source.code.len(), source.quoted.len()), (raw.len(), raw.len()), "{raw}");
    }

    #[test]
    fn comments_and_quotes_are_told_from_code() {
        check("a // b\nc", "a c", "");
        check("a /* b /* c */ d */ e", "a e", "");
        check(r#"f("a // \" b") g"#, "f( ) g", r#""a // \" b""#);
        check("r\"a\\\" b", "b", "r\"a\\\"");
        check("x(r#\"a\"b\"#, c)", "x( , c)", "r#\"a\"b\"#");
        check("for\"a\"", "for", "\"a\"");
        check("'x' 'a: loop '\\'' 'é'", "'a: loop", "'x' '\\'' 'é'");
        check("/* open", "", "");
        check("\"open", "", "\"open");
    }

    #[test]
    fn test_items_are_not_shipped() {
        let text = "fn a() {}\n#[cfg(test)]\nuse b::{c, d};\nfn e() {}\n#[cfg(test)]\nmod tests { fn f() { \"}\" } }\nfn g() {}";
        let source = Source::new("src/lib.rs", text);
        let shipped = source.shipped(&source.raw);
        for (name, kept) in [("a()", true), ("d}", false), ("e()", true), ("f()", false), ("g()", true)] {
            assert_eq!(shipped.contains(name), kept, "{name}");
            assert_eq!(source.tests().contains(name), !kept, "{name}");
        }
        assert_eq!(shipped.lines().count(), text.lines().count());
    }

    #[test]
    fn a_test_file_ships_nothing() {
        for path in [
            "crates/a/tests/it/main.rs",
            "crates/a/src/tests.rs",
            "crates/a/src/b_tests.rs",
            "crates/a/benches/b.rs",
            "crates/testkit/src/a.rs",
        ] {
            assert_eq!(Source::new(path, "fn a() {}").shipped("fn a() {}").trim(), "", "{path}");
        }
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(lines_with("INV-1\nINV-11\nxINV-1\n(INV-1)", "INV-1"), [1, 4]);
        assert!(has_word("use rand::x", "rand::") && !has_word("use brand::x", "rand::"));
    }
}
