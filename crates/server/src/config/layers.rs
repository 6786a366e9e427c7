//! The layers and who wins: flags over environment over file over defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::ConfigError;

/// One setting: its key, its default, and one line for people.
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) default: &'static str,
    pub(crate) help: &'static str,
}

const fn setting(key: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { key, default, help }
}

/// Every setting there is.
pub(crate) const SETTINGS: &[Setting] = &[
    setting("data_dir", "/var/lib/keystead", "folder of database, audit log, pin and certificates"),
    setting("listen", "127.0.0.1:8200", "address that serves every dialect"),
    setting("account", "123456789012", "number of the first account, used by `init`"),
    setting("regions", "us-east-1", "first AWS regions, comma-separated, used by `init`; each is a tenant"),
    setting("tls.mode", "own-ca", "own-ca, files, or off (loopback only)"),
    setting("tls.certificate", "", "PEM chain for tls.mode = files"),
    setting("tls.key", "", "PEM private key for tls.mode = files"),
    setting("store.kind", "sqlite", "sqlite"),
    setting("audit.durability", "fsync", "fsync, or os: uses do not wait for the disk"),
    setting("audit.segment_mib", "64", "size of a preallocated segment of the audit log"),
    setting("audit.checkpoint_every", "1024", "records between signed checkpoints"),
    setting("root.kind", "keyfile", "keyfile, shamir, or memory (nothing survives the process)"),
    setting("root.keyfile", "", "path of the key file; empty is DATA_DIR/root.key"),
    setting("root.shares", "5", "shares that `init` makes with root.kind = shamir"),
    setting("root.threshold", "3", "shares that unseal"),
    setting("memory.lock", "best-effort", "required: refuse to run where secrets cannot be locked in memory"),
    setting(
        "metrics.listen",
        "127.0.0.1:9464",
        "address of /metrics, where nobody is asked who they are; off; or shared: on `listen` (loopback only)",
    ),
    setting("limits.connections", "4096", "most connections at once"),
    setting("limits.in_flight", "1024", "most requests under way at once"),
    setting("log.level", "info", "error, warn, info, debug or trace; or a filter such as info,engine=debug"),
    setting("log.format", "text", "text or json"),
];

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(PathBuf),
    Environment(String),
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// Every setting's value and who set it.
#[derive(Clone, Debug)]
pub(crate) struct Layered {
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Default for Layered {
    fn default() -> Self {
        let values = SETTINGS.iter().map(|s| (s.key, (s.default.to_owned(), Origin::Default))).collect();
        Self { values }
    }
}

impl Layered {
    /// All layers: the file if one is named, the environment as given, and flags as `key=value`.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &[String],
    ) -> Result<Self, ConfigError> {
        let mut layered = Self::default();
        if let Some(path) = file {
            layered.read_file(path)?;
        }
        layered.read_environment(environment)?;
        for flag in flags {
            let (key, value) =
                flag.split_once('=').ok_or_else(|| ConfigError(format!("`{flag}` is not key=value")))?;
            layered.set(key.trim(), value.trim(), Origin::Flag)?;
        }
        Ok(layered)
    }

    /// Sets one value.
    pub(crate) fn set(&mut self, key: &str, value: &str, origin: Origin) -> Result<(), ConfigError> {
        let known = SETTINGS.iter().find(|s| s.key == key).ok_or_else(|| unknown(key, &origin))?;
        self.values.insert(known.key, (value.to_owned(), origin));
        Ok(())
    }

    /// A setting's value and origin.
    pub(crate) fn get(&self, key: &'static str) -> (&str, &Origin) {
        self.values.get(key).map_or(("", &Origin::Default), |(value, origin)| (value.as_str(), origin))
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let failed = |e: &dyn fmt::Display| ConfigError(format!("cannot read {}: {e}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| failed(&e))?;
        let table: toml::Table = text.parse().map_err(|e| failed(&e))?;
        let origin = Origin::File(path.to_owned());
        for (key, value) in flatten("", &table)? {
            self.set(&key, &value, origin.clone())?;
        }
        Ok(())
    }

    /// `KEYSTEAD_AUDIT__DURABILITY` is `audit.durability`: two underscores for a dot.
    fn read_environment(
        &mut self,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        for (name, value) in environment {
            let Some(rest) = name.strip_prefix("KEYSTEAD_") else { continue };
            // What the client commands and the tests read stands beside, not inside, this configuration.
            if matches!(rest, "ADDR" | "TOKEN" | "TOKEN_FILE" | "CA" | "CONFIG" | "TENANT")
                || rest.starts_with("TEST_")
            {
                continue;
            }
            let key = rest.to_ascii_lowercase().replace("__", ".");
            self.set(&key, &value, Origin::Environment(name))?;
        }
        Ok(())
    }
}

/// Nested tables as dotted keys; only plain values.
fn flatten(prefix: &str, table: &toml::Table) -> Result<Vec<(String, String)>, ConfigError> {
    let mut flat = Vec::new();
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flat.extend(flatten(&key, inner)?),
            toml::Value::String(text) => flat.push((key, text.clone())),
            toml::Value::Integer(number) => flat.push((key, number.to_string())),
            toml::Value::Boolean(flag) => flat.push((key, flag.to_string())),
            toml::Value::Array(items) => {
                let texts: Option<Vec<_>> = items.iter().map(toml::Value::as_str).collect();
                let texts = texts.ok_or_else(|| ConfigError(format!("`{key}` takes a list of texts")))?;
                flat.push((key, texts.join(",")));
            }
            _ => return Err(ConfigError(format!("`{key}` has a value of a kind that no setting takes"))),
        }
    }
    Ok(flat)
}

fn unknown(key: &str, origin: &Origin) -> ConfigError {
    let nearest = SETTINGS.iter().max_by(|a, b| {
        let likeness = |s: &Setting| strsim::jaro_winkler(s.key, key);
        likeness(a).total_cmp(&likeness(b))
    });
    let hint = nearest
        .filter(|s| strsim::jaro_winkler(s.key, key) > 0.7)
        .map_or_else(String::new, |s| format!("; did you mean `{}`?", s.key));
    ConfigError(format!("unknown setting `{key}` ({origin}){hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn flags_win_over_environment_over_file_over_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("keystead.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\n[audit]\ndurability = \"os\"\nsegment_mib = 8\n")
            .unwrap();
        let env = environment(&[
            ("KEYSTEAD_AUDIT__SEGMENT_MIB", "16"),
            ("KEYSTEAD_LISTEN", "127.0.0.1:2"),
            ("HOME", "/"),
        ]);
        let layered = Layered::load(Some(&file), env, &["listen=127.0.0.1:3".to_owned()]).unwrap();
        assert_eq!(layered.get("listen"), ("127.0.0.1:3", &Origin::Flag));
        assert_eq!(layered.get("audit.segment_mib").0, "16");
        assert_eq!(layered.get("audit.durability"), ("os", &Origin::File(file)));
        assert_eq!(layered.get("root.kind"), ("keyfile", &Origin::Default));
    }

    #[test]
    fn an_unknown_setting_is_an_error_with_a_suggestion() {
        let error = Layered::load(None, environment(&[]), &["audit.durabilty=os".to_owned()]).unwrap_err();
        assert_eq!(error.0, "unknown setting `audit.durabilty` (flag); did you mean `audit.durability`?");
        assert!(Layered::load(None, environment(&[("KEYSTEAD_LISTN", "x")]), &[]).is_err());
    }
}
