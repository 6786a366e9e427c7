//! Settings as values: every text is checked here, and an error names the setting and who set it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use domain::AccountNumber;

use super::{ConfigError, Layered};

/// How long a use waits for its audit record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    Fsync,
    Os,
}

/// Where the server's certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TlsMode {
    OwnCa,
    Files { certificate: PathBuf, key: PathBuf },
    Off,
}

/// Where `/metrics` is answered. Nobody authenticates there, so it never stands beside the dialects on an address that
/// others can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricsAt {
    Nowhere,
    /// On the listener that serves the dialects.
    Shared,
    Own(SocketAddr),
}

/// Which root of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RootKind {
    Keyfile,
    Shamir { shares: u8, threshold: u8 },
    Memory,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// A whole, checked configuration.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    /// Records in SQLite's memory; only `dev --memory` sets it.
    pub(crate) in_memory: bool,
    pub(crate) listen: SocketAddr,
    pub(crate) account: AccountNumber,
    pub(crate) regions: Vec<String>,
    pub(crate) tls: TlsMode,
    pub(crate) durability: Durability,
    pub(crate) segment_bytes: u64,
    pub(crate) checkpoint_every: u64,
    pub(crate) root: RootKind,
    pub(crate) keyfile: PathBuf,
    pub(crate) lock_required: bool,
    pub(crate) metrics: MetricsAt,
    pub(crate) connections: usize,
    pub(crate) in_flight: usize,
    pub(crate) log_level: String,
    pub(crate) log_format: LogFormat,
}

impl Config {
    /// Checks every setting.
    pub(crate) fn from_layers(layers: &Layered) -> Result<Self, ConfigError> {
        let data_dir = PathBuf::from(layers.get("data_dir").0);
        one_of(layers, "store.kind", &[("sqlite", ())])?;
        let keyfile = match layers.get("root.keyfile").0 {
            "" => data_dir.join("root.key"),
            path => PathBuf::from(path),
        };
        let config = Self {
            in_memory: false,
            listen: parsed(layers, "listen", "an address such as 127.0.0.1:8200")?,
            account: parsed(layers, "account", "twelve digits")?,
            regions: regions(layers)?,
            tls: tls(layers)?,
            durability: one_of(
                layers,
                "audit.durability",
                &[("fsync", Durability::Fsync), ("os", Durability::Os)],
            )?,
            segment_bytes: number(layers, "audit.segment_mib", 1, 1024)? * 1024 * 1024,
            checkpoint_every: number(layers, "audit.checkpoint_every", 1, 1_000_000)?,
            root: root(layers)?,
            lock_required: one_of(layers, "memory.lock", &[("best-effort", false), ("required", true)])?,
            metrics: metrics(layers)?,
            connections: usize::try_from(number(layers, "limits.connections", 1, 1_000_000)?)
                .unwrap_or(usize::MAX),
            in_flight: usize::try_from(number(layers, "limits.in_flight", 1, 1_000_000)?)
                .unwrap_or(usize::MAX),
            log_level: layers.get("log.level").0.to_owned(),
            log_format: one_of(
                layers,
                "log.format",
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
            keyfile,
            data_dir,
        };
        if config.tls == TlsMode::Off && !config.listen.ip().is_loopback() {
            return Err(wrong(layers, "tls.mode", "off is allowed on a loopback address only"));
        }
        config.check_metrics(layers)?;
        Ok(config)
    }
}

impl Config {
    fn check_metrics(&self, layers: &Layered) -> Result<(), ConfigError> {
        let why = match self.metrics {
            MetricsAt::Shared if !self.listen.ip().is_loopback() => {
                "shared is allowed where `listen` is a loopback address"
            }
            MetricsAt::Own(at) if at == self.listen && at.port() != 0 => "an address other than `listen`",
            MetricsAt::Own(at) if self.tls == TlsMode::Off && !at.ip().is_loopback() => {
                "without TLS a loopback address only"
            }
            MetricsAt::Own(_) | MetricsAt::Shared | MetricsAt::Nowhere => return Ok(()),
        };
        Err(wrong(layers, "metrics.listen", why))
    }
}

fn metrics(layers: &Layered) -> Result<MetricsAt, ConfigError> {
    match layers.get("metrics.listen").0 {
        "off" => Ok(MetricsAt::Nowhere),
        "shared" => Ok(MetricsAt::Shared),
        _ => parsed(layers, "metrics.listen", "an address such as 127.0.0.1:9464, shared, or off")
            .map(MetricsAt::Own),
    }
}

fn wrong(layers: &Layered, key: &'static str, wants: &str) -> ConfigError {
    let (value, origin) = layers.get(key);
    ConfigError(format!("`{key} = {value}` ({origin}): {wants}"))
}

fn parsed<T: FromStr>(layers: &Layered, key: &'static str, wants: &str) -> Result<T, ConfigError> {
    layers.get(key).0.parse().map_err(|_| wrong(layers, key, wants))
}

fn number(layers: &Layered, key: &'static str, min: u64, max: u64) -> Result<u64, ConfigError> {
    let found: u64 = parsed(layers, key, "a whole number")?;
    if (min..=max).contains(&found) { Ok(found) } else { Err(wrong(layers, key, &format!("{min} to {max}"))) }
}

fn one_of<T: Clone>(layers: &Layered, key: &'static str, choices: &[(&str, T)]) -> Result<T, ConfigError> {
    let found = choices.iter().find(|(word, _)| *word == layers.get(key).0).map(|(_, value)| value.clone());
    let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
    found.ok_or_else(|| wrong(layers, key, &format!("one of {}", words.join(", "))))
}

fn regions(layers: &Layered) -> Result<Vec<String>, ConfigError> {
    let regions: Vec<String> = layers.get("regions").0.split(',').map(|r| r.trim().to_owned()).collect();
    let plain = |r: &String| {
        !r.is_empty()
            && r.len() <= 32
            && r.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if regions.iter().all(plain) {
        Ok(regions)
    } else {
        Err(wrong(layers, "regions", "names such as us-east-1, comma-separated"))
    }
}

fn tls(layers: &Layered) -> Result<TlsMode, ConfigError> {
    let word = one_of(layers, "tls.mode", &[("own-ca", 0), ("files", 1), ("off", 2)])?;
    let (certificate, key) = (layers.get("tls.certificate").0, layers.get("tls.key").0);
    match word {
        1 if certificate.is_empty() || key.is_empty() => {
            Err(wrong(layers, "tls.mode", "files needs tls.certificate and tls.key"))
        }
        1 => Ok(TlsMode::Files { certificate: PathBuf::from(certificate), key: PathBuf::from(key) }),
        2 => Ok(TlsMode::Off),
        _ => Ok(TlsMode::OwnCa),
    }
}

fn root(layers: &Layered) -> Result<RootKind, ConfigError> {
    let narrow = |n: u64| u8::try_from(n).unwrap_or(u8::MAX);
    let shares = narrow(number(layers, "root.shares", 2, 255)?);
    let threshold = narrow(number(layers, "root.threshold", 2, 255)?);
    if threshold > shares {
        return Err(wrong(layers, "root.threshold", "at most root.shares"));
    }
    let shamir = RootKind::Shamir { shares, threshold };
    one_of(
        layers,
        "root.kind",
        &[("keyfile", RootKind::Keyfile), ("shamir", shamir), ("memory", RootKind::Memory)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(flags: &[&str]) -> Result<Config, ConfigError> {
        let flags: Vec<String> = flags.iter().map(|f| (*f).to_owned()).collect();
        Config::from_layers(&Layered::load(None, std::iter::empty(), &flags)?)
    }

    #[test]
    fn defaults_are_a_valid_configuration() {
        let config = check(&[]).unwrap();
        assert_eq!(config.tls, TlsMode::OwnCa);
        assert!(matches!(config.metrics, MetricsAt::Own(at) if at.ip().is_loopback()));
        assert_eq!(check(&["metrics.listen=off"]).unwrap().metrics, MetricsAt::Nowhere);
        assert_eq!(config.keyfile, PathBuf::from("/var/lib/keystead/root.key"));
    }

    #[test]
    fn errors_name_setting_value_and_origin() {
        let error = |flags: &[&str]| check(flags).unwrap_err().0;
        assert_eq!(error(&["account=1"]), "`account = 1` (flag): twelve digits");
        assert_eq!(error(&["audit.durability=never"]), "`audit.durability = never` (flag): one of fsync, os");
        assert_eq!(
            error(&["listen=0.0.0.0:1", "tls.mode=off"]),
            "`tls.mode = off` (flag): off is allowed on a loopback address only"
        );
        assert!(error(&["tls.mode=files"]).contains("tls.certificate"));
        assert_eq!(
            error(&["listen=0.0.0.0:1", "metrics.listen=shared"]),
            "`metrics.listen = shared` (flag): shared is allowed where `listen` is a loopback address"
        );
        assert!(error(&["metrics.listen=127.0.0.1:8200"]).contains("other than `listen`"));
        assert!(error(&["tls.mode=off", "metrics.listen=0.0.0.0:9464"]).contains("loopback address only"));
        assert!(error(&["metrics.listen=yes"]).contains("shared, or off"));
        assert!(error(&["root.threshold=9"]).contains("at most root.shares"));
    }
}
