//! Configuration: defaults, then a TOML file, then the environment, then flags; each setting remembers who set it.
//! A setting nobody knows is an error that suggests the nearest one, never a silence.

mod layers;
mod typed;

pub(crate) use layers::{Layered, Origin, SETTINGS};
pub(crate) use typed::{Config, Durability, LogFormat, MetricsAt, RootKind, TlsMode};

/// What is wrong with a configuration, and where it was said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConfigError(pub(crate) String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
