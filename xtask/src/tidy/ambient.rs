//! INV-11: time and randomness come only through `spi`, and `unsafe` stands only where it is listed. What a
//! room takes from the air cannot be moved or fixed by a test.

use super::Finding;
use crate::source::{Source, has_word, lines_with};
use crate::tree::Tree;

const RULE: &str = "INV-11";

/// Where the real clock and the real entropy enter, each with its reason.
const SOURCES: &[(&str, &str)] = &[
    ("crates/server/", "composes the real Clock"),
    ("crates/provider/software/", "implements Entropy and AuthCrypto"),
    ("crates/edge/", "timers of connections"),
    ("xtask/", "times its layers"),
    ("bench/", "measures"),
    ("fuzz/", "stands outside"),
];

/// Ways to read the clock or to draw entropy.
const AMBIENT: &[&str] = &[
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "rand::",
    "use rand",
    "OsRng",
    "SystemRandom",
    "getrandom",
];

/// Where `unsafe` may stand.
const UNSAFE: &[&str] = &[
    "crates/secret/",
    "crates/provider/software/src/ffi",
    "crates/provider/pkcs11/",
    "crates/pkcs11-module/",
    "crates/testkit/",
];

pub(crate) fn time_and_randomness(tree: &Tree) -> Vec<Finding> {
    let bound =
        tree.sources().filter(|source| !SOURCES.iter().any(|(home, _)| source.path.starts_with(home)));
    bound.flat_map(ambient_in).collect()
}

fn ambient_in(source: &Source) -> Vec<Finding> {
    let code = source.shipped(&source.code);
    let text = |line: &str| {
        AMBIENT.iter().find(|name| has_word(line, name)).map(|name| format!("`{name}`: take it from spi"))
    };
    let found = code.lines().zip(1_usize..).filter_map(|(line, number)| Some((number, text(line)?)));
    found.map(|(number, text)| Finding::error(RULE, format!("{}:{number}", source.path), text)).collect()
}

pub(crate) fn unsafe_homes(tree: &Tree) -> Vec<Finding> {
    let bound = tree.sources().filter(|source| !UNSAFE.iter().any(|home| source.path.starts_with(home)));
    let places = bound.flat_map(|source| {
        lines_with(&source.code, "unsafe").into_iter().map(|line| format!("{}:{line}", source.path))
    });
    places.map(|place| Finding::error(RULE, place, "`unsafe` has no place here")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::check::finds;
    use super::*;

    #[test]
    fn a_clock_or_dice_of_ones_own_is_found() {
        let text = "use std::time::Instant;\nfn a() { Instant::now() }\nfn b() { std::time::SystemTime::now() }\nfn c() { rand::random() }\nuse rand;\nfn d() { brand::x() }\n// Instant::now\n";
        let engine = "crates/engine/src/lib.rs";
        finds(
            time_and_randomness,
            &[(engine, text)],
            &[":2", ":3", ":4", ":5"].map(|line| format!("{engine}{line}")).each_ref().map(String::as_str),
        );
        finds(time_and_randomness, &[("crates/server/src/main.rs", text)], &[]);
    }

    #[test]
    fn tests_may_use_the_clock() {
        finds(
            time_and_randomness,
            &[("crates/a/src/lib.rs", "#[cfg(test)]\nmod tests { fn a() { Instant::now() } }")],
            &[],
        );
    }

    #[test]
    fn unsafe_elsewhere_is_found_even_in_tests() {
        let files = [
            (
                "crates/engine/src/lib.rs",
                "//! unsafe_code\n#[cfg(test)]\nmod t { fn a() { unsafe { b() } } }",
            ),
            ("crates/secret/src/lib.rs", "fn a() { unsafe { b() } }"),
        ];
        finds(unsafe_homes, &files, &["crates/engine/src/lib.rs:3"]);
    }
}
