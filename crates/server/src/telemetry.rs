//! Log lines for operators, on standard error: text or JSON, never a secret (the types see to that).

use tracing_subscriber::EnvFilter;

use crate::config::{Config, ConfigError, LogFormat};

/// Starts logging as configured.
pub(crate) fn start(config: &Config) -> Result<(), ConfigError> {
    let filter = EnvFilter::try_new(&config.log_level)
        .map_err(|e| ConfigError(format!("`log.level = {}`: {e}", config.log_level)))?;
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true);
    let started = match config.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|e| ConfigError(format!("logging cannot start: {e}")))
}

/// A panic is a bug of ours: it is logged with its place, but not with its payload, which could hold anything.
pub(crate) fn log_panics_without_payload() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "unknown place".to_owned(), ToString::to_string);
        tracing::error!(%place, "panic");
    }));
}
