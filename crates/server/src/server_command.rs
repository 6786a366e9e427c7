//! `keystead init` and `keystead server`: the real thing, with a one-time administrator credential in a private file.

use std::path::PathBuf;

use secret::{Exposure, SecretBytes};
use spi::Entropy;
use store_record::Options;

use crate::config::Config;
use crate::files;
use crate::root_record::RootRecord;
use crate::serve::Serving;
use crate::start::{First, unsealed};
use crate::system::{StartError, System};
use crate::telemetry;

/// Where the first credential is left.
fn credential_file(config: &Config) -> PathBuf {
    config.data_dir.join("first-token")
}

/// Makes a new system and leaves its first token in a 0600 file; says where.
pub(crate) async fn init(config: Config) -> Result<String, StartError> {
    if RootRecord::exists(&config) || System::has_database(&config) {
        return Err(StartError(format!("{} holds a system already", config.data_dir.display())));
    }
    telemetry::start(&config).map_err(|e| StartError(e.0))?;
    let system = System::open(config)?;
    let path = credential_file(&system.config);
    unsealed(&system, || first(&system), Options::default()).await?;
    system.close().await;
    Ok(format!(
        "initialised {}\nthe first token, of the root principal `operator`, is in {}\nread it once, keep it safe, delete the file\n",
        system.config.data_dir.display(),
        path.display()
    ))
}

/// Serves until it is told to stop.
pub(crate) async fn serve(config: Config, options: Options) -> Result<(), StartError> {
    telemetry::start(&config).map_err(|e| StartError(e.0))?;
    telemetry::log_panics_without_payload();
    let system = System::open(config)?;
    let new = !RootRecord::exists(&system.config);
    unsealed(&system, || first(&system), options).await?;
    if new {
        tracing::info!(path = %credential_file(&system.config).display(), "first start: the first token is in this file");
    }
    let serving = Serving::bind(system).await?;
    tracing::info!(address = %serving.address(), "ready");
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    serving.run(std::future::pending()).await
}

fn first(system: &System) -> Result<First, StartError> {
    let entropy: &dyn Entropy = &*system.crypto;
    let token = new_token(entropy)?;
    let path = credential_file(&system.config);
    files::write_private(&path, token.expose(Exposure::ReturnToAuthorisedCaller))
        .map_err(StartError::while_doing(path.display()))?;
    Ok(First { name: "operator", access_key: None, token })
}

/// A token with the prefix that scanners of leaked secrets know.
fn new_token(entropy: &dyn Entropy) -> Result<SecretBytes, StartError> {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let made = SecretBytes::try_build(4 + 52, |bytes| {
        let (prefix, rest) = bytes.split_at_mut(4);
        prefix.copy_from_slice(b"kst_");
        entropy.fill(rest);
        rest.iter_mut().for_each(|b| *b = DIGITS.get(usize::from(*b & 31)).copied().unwrap_or(b'A'));
    });
    made.map(|(token, ())| token).map_err(|e| StartError(format!("token: {e:?}")))
}
