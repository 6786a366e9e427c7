//! Names of objects. A name lives in a space; each space has its own syntax, case and uniqueness rule.
//!
//! Normalisation happens here, once, below every dialect: two spellings never make two identities, and a spelling
//! that could be mistaken for another is refused rather than folded.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a name is unique, inside one tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Space {
    /// AWS alias, without its `alias/` prefix: `[a-zA-Z0-9:/_-]`, 1 to 250 characters, case-sensitive.
    Aws,
    /// Key name in a Vault mount: `[a-zA-Z0-9]` then `[a-zA-Z0-9_.-]`, ending alphanumeric or `_`; case-sensitive.
    Vault {
        /// The mount, without slashes at its ends.
        mount: String,
    },
    /// Azure key, secret or certificate name: `[a-zA-Z0-9-]`, 1 to 127 characters, compared without case.
    Azure,
    /// Google crypto-key id in a key ring: `[a-zA-Z0-9_-]`, 1 to 63 characters, case-sensitive.
    Google {
        /// The key ring.
        ring: String,
    },
    /// KMIP name: any printable text up to 255 bytes.
    Kmip,
    /// PKCS#11 label: any printable text up to 255 bytes; not unique there, unique here.
    Pkcs11,
    /// Our own: like a Vault name, with `/` between parts.
    Native,
}

impl Space {
    /// Text that orders and separates spaces inside an index key.
    #[must_use]
    pub fn index_word(&self) -> String {
        match self {
            Self::Aws => "aws".to_owned(),
            Self::Vault { mount } => format!("vault:{mount}"),
            Self::Azure => "azure".to_owned(),
            Self::Google { ring } => format!("google:{ring}"),
            Self::Kmip => "kmip".to_owned(),
            Self::Pkcs11 => "pkcs11".to_owned(),
            Self::Native => "native".to_owned(),
        }
    }

    /// Most characters of a name in this space.
    #[must_use]
    pub const fn max_len(&self) -> usize {
        match self {
            Self::Aws => 250,
            Self::Azure => 127,
            Self::Google { .. } => 63,
            Self::Vault { .. } | Self::Kmip | Self::Pkcs11 | Self::Native => 255,
        }
    }

    fn admits(&self, text: &str) -> bool {
        let every = |ok: fn(u8) -> bool| text.bytes().all(ok);
        let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
        match self {
            Self::Aws => every(|b| b.is_ascii_alphanumeric() || b":/_-".contains(&b)),
            Self::Azure => every(|b| b.is_ascii_alphanumeric() || b == b'-'),
            Self::Google { .. } => every(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)),
            Self::Vault { .. } => {
                every(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
                    && edge(text.bytes().next())
                    && edge(text.bytes().next_back())
            }
            // An empty part has no edges, so it is none of Vault's.
            Self::Native => text.split('/').all(|part| Self::Vault { mount: String::new() }.admits(part)),
            Self::Kmip | Self::Pkcs11 => text.trim() == text && text.chars().all(is_plain),
        }
    }
}

/// Printable and without hidden direction marks.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A name that is legal in its space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    space: Space,
    text: String,
}

/// Why a text is no name in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadName {
    /// Empty.
    Empty,
    /// Longer than the space allows.
    TooLong {
        /// Most characters.
        max: usize,
    },
    /// A character that the space does not know.
    Characters,
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name must not be empty"),
            Self::TooLong { max } => write!(f, "a name has at most {max} characters here"),
            Self::Characters => f.write_str("a name holds a character that is not allowed here"),
        }
    }
}

impl std::error::Error for BadName {}

impl Name {
    /// A name, checked against the syntax of its space.
    ///
    /// # Errors
    /// [`BadName`] says what is wrong.
    pub fn new(space: Space, text: &str) -> Result<Self, BadName> {
        if text.is_empty() {
            return Err(BadName::Empty);
        }
        if text.len() > space.max_len() {
            return Err(BadName::TooLong { max: space.max_len() });
        }
        if !space.admits(text) {
            return Err(BadName::Characters);
        }
        Ok(Self { space, text: text.to_owned() })
    }

    /// Where it lives.
    #[must_use]
    pub const fn space(&self) -> &Space {
        &self.space
    }

    /// As it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What uniqueness is judged by: the text, folded where the space compares without case.
    #[must_use]
    pub fn canonical(&self) -> String {
        if self.space == Space::Azure { self.text.to_ascii_lowercase() } else { self.text.clone() }
    }

    /// Whether both are one name in one space, without making either canonical.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let same_text = match self.space {
            Space::Azure => self.text.eq_ignore_ascii_case(&other.text),
            _ => self.text == other.text,
        };
        same_text && self.space == other.space
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(space: &Space, text: &str, legal: bool) {
        assert_eq!(Name::new(space.clone(), text).is_ok(), legal, "{space:?} {text:?}");
    }

    #[test]
    fn each_space_has_its_own_syntax() {
        let vault = Space::Vault { mount: "transit".to_owned() };
        for text in ["a", "A1_b.c-d", "9", "a_"] {
            check(&vault, text, true);
        }
        for text in ["", "-a", "a.", "a/b", "a b", "ä", "a\0", ".."] {
            check(&vault, text, false);
        }
        check(&Space::Aws, "app/db:1", true);
        check(&Space::Aws, "app.db", false);
        check(&Space::Azure, "App-Key", true);
        check(&Space::Native, "a/b", true);
        check(&Space::Native, "a//b", false);
        check(&Space::Native, "a/../b", false);
        check(&Space::Kmip, "key \u{202e}x", false);
        check(&Space::Kmip, " x", false);
        check(&Space::Google { ring: "r".into() }, &"x".repeat(64), false);
    }

    #[test]
    fn each_space_has_its_own_characters() {
        let vault = Space::Vault { mount: "transit".to_owned() };
        let google = Space::Google { ring: "r".to_owned() };
        for (space, extra) in [
            (&Space::Aws, ":/_-"),
            (&Space::Azure, "-"),
            (&google, "_-"),
            (&vault, "_.-"),
            (&Space::Native, "_.-/"),
            (&Space::Kmip, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~\"\\ "),
            (&Space::Pkcs11, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~\"\\ "),
        ] {
            for c in (0..=127_u8).map(char::from) {
                let legal = c.is_ascii_alphanumeric() || extra.contains(c);
                check(space, &format!("a{c}a"), legal);
            }
        }
        for text in ["_", "_a", "a_", "a.-_a"] {
            check(&vault, text, true);
        }
        for text in ["-", ".a", "a-", "/", "a/", "/a", ".", "..", "a/-", "-/a"] {
            check(&vault, text, false);
            check(&Space::Native, text, false);
        }
    }

    #[test]
    fn hidden_characters_stand_in_no_label() {
        for space in [Space::Kmip, Space::Pkcs11] {
            for text in ["schlüssel", "鍵 1", "a\u{200a}b", "a\u{2010}b", "a\u{206a}b"] {
                check(&space, text, true);
            }
            for c in ['\u{0}', '\u{7f}', '\u{85}', '\u{200b}', '\u{200f}', '\u{202a}', '\u{202e}'] {
                check(&space, &format!("a{c}b"), false);
            }
            for text in ["a\u{2060}b", "a\u{2069}b", "a\u{feff}b", "x ", "\u{a0}x"] {
                check(&space, text, false);
            }
        }
    }

    #[test]
    fn a_name_is_neither_empty_nor_longer_than_its_space_allows() {
        for (space, max) in [
            (Space::Aws, 250),
            (Space::Azure, 127),
            (Space::Google { ring: "r".to_owned() }, 63),
            (Space::Vault { mount: "transit".to_owned() }, 255),
            (Space::Kmip, 255),
            (Space::Pkcs11, 255),
            (Space::Native, 255),
        ] {
            assert_eq!(Name::new(space.clone(), ""), Err(BadName::Empty));
            check(&space, &"x".repeat(max), true);
            assert_eq!(Name::new(space, &"x".repeat(max + 1)), Err(BadName::TooLong { max }));
        }
        // Bytes count, not characters.
        check(&Space::Kmip, &"ä".repeat(128), false);
    }

    #[test]
    fn names_of_different_spaces_have_different_rows() {
        let mounts = |mount: &str| Space::Vault { mount: mount.to_owned() };
        let rings = |ring: &str| Space::Google { ring: ring.to_owned() };
        let all = [
            Space::Aws,
            mounts("a"),
            mounts("b"),
            Space::Azure,
            rings("a"),
            rings("b"),
            Space::Kmip,
            Space::Pkcs11,
            Space::Native,
        ];
        let words: std::collections::BTreeSet<_> = all.iter().map(Space::index_word).collect();
        assert_eq!(words.len(), all.len());
        assert!(words.iter().all(|word| !word.is_empty()));
    }

    #[test]
    fn azure_folds_case_and_others_do_not() {
        for (space, canonical) in [(Space::Azure, "ab"), (Space::Aws, "Ab"), (Space::Native, "Ab")] {
            let name = Name::new(space.clone(), "Ab").unwrap();
            assert_eq!((name.text(), &*name.canonical(), name.space()), ("Ab", canonical, &space));
        }
    }
}
