//! What is kept of the root of trust while the system is sealed: its kind, the system's key-encryption key wrapped by
//! it, and for custodians' shares what each is checked against. Useless without the root itself.

use std::fmt;

use serde::{Deserialize, Serialize};
use spi::WrappedKek;

use crate::shamir::SplitRecord;

/// The layout of keyfile and memory roots. Programs before shares know it alone, and so refuse the other by name.
const PLAIN: u32 = 1;
/// The layout with a split.
const SPLIT: u32 = 2;
/// The longest text that is parsed; 255 commitments need a third of it.
const MAX_TEXT: usize = 64 * 1024;

/// What protects the root key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guarded {
    /// A file that only the server's user may read.
    Keyfile,
    /// The process: nothing survives it.
    Memory,
    /// Custodians, each with a share.
    Shamir(SplitRecord),
}

impl Guarded {
    /// One word: `keyfile`, `memory`, `shamir`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Keyfile => "keyfile",
            Self::Memory => "memory",
            Self::Shamir(_) => "shamir",
        }
    }
}

/// The sealed root, as it is written between starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct SealedRoot {
    /// What protects the root key.
    pub guarded: Guarded,
    /// The system's key-encryption key under the root key.
    pub system: WrappedKek,
}

impl SealedRoot {
    /// Reads a record's JSON.
    ///
    /// # Errors
    /// [`BadSealedRoot`].
    pub fn from_json(text: &[u8]) -> Result<Self, BadSealedRoot> {
        if text.len() > MAX_TEXT {
            return Err(BadSealedRoot("the record is too long".to_owned()));
        }
        serde_json::from_slice(text).map_err(|e| BadSealedRoot(e.to_string()))
    }

    /// The record's JSON.
    ///
    /// # Errors
    /// [`BadSealedRoot`], which no record is known to cause.
    pub fn to_json(&self) -> Result<Vec<u8>, BadSealedRoot> {
        serde_json::to_vec_pretty(self).map_err(|e| BadSealedRoot(e.to_string()))
    }
}

/// A record that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSealedRoot(String);

impl fmt::Display for BadSealedRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSealedRoot {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    kind: String,
    /// Hex of the wrapped key.
    system: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    split: Option<SplitRecord>,
}

impl From<SealedRoot> for Form {
    fn from(root: SealedRoot) -> Self {
        let (kind, system) = (root.guarded.kind().to_owned(), hex::encode(&root.system.0));
        match root.guarded {
            Guarded::Shamir(split) => Self { version: SPLIT, kind, system, split: Some(split) },
            Guarded::Keyfile | Guarded::Memory => Self { version: PLAIN, kind, system, split: None },
        }
    }
}

impl TryFrom<Form> for SealedRoot {
    type Error = BadSealedRoot;

    fn try_from(form: Form) -> Result<Self, BadSealedRoot> {
        let Form { version, kind, system, split } = form;
        let guarded = match (version, kind.as_str(), split) {
            (PLAIN, "keyfile", None) => Guarded::Keyfile,
            (PLAIN, "memory", None) => Guarded::Memory,
            (SPLIT, "shamir", Some(split)) if split.secret_len() == 32 => Guarded::Shamir(split),
            (PLAIN | SPLIT, ..) => {
                return Err(BadSealedRoot(format!("kind `{kind}` does not fit layout {version}")));
            }
            _ => {
                return Err(BadSealedRoot(format!(
                    "the record has layout {version}, this program knows {PLAIN} and {SPLIT}"
                )));
            }
        };
        let system =
            hex::decode(system).map_err(|_| BadSealedRoot("the wrapped key is not hex".to_owned()))?;
        Ok(Self { guarded, system: WrappedKek(system) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_written_before_shares_is_read_and_written_unchanged() {
        let text = br#"{"version":1,"kind":"keyfile","system":"01ff"}"#;
        let root = SealedRoot::from_json(text).unwrap();
        assert_eq!(root, SealedRoot { guarded: Guarded::Keyfile, system: WrappedKek(vec![1, 255]) });
        assert_eq!(serde_json::to_vec(&root).unwrap(), text);
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for (text, why) in [
            (r#"{"version":3,"kind":"keyfile","system":""}"#, "layout 3"),
            (r#"{"version":1,"kind":"shamir","system":""}"#, "`shamir`"),
            (r#"{"version":2,"kind":"shamir","system":""}"#, "`shamir`"),
            (r#"{"version":2,"kind":"keyfile","system":""}"#, "`keyfile`"),
            (r#"{"version":1,"kind":"keyfile","system":"0g"}"#, "hex"),
            (r#"{"version":1,"kind":"keyfile","system":"","more":1}"#, "unknown field"),
        ] {
            let error = SealedRoot::from_json(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(SealedRoot::from_json(&[b' '; MAX_TEXT + 1]).unwrap_err().to_string().contains("too long"));
    }
}
