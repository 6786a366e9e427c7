//! `keystead init` and `keystead server`: the real thing, with a one-time administrator credential in a private file.

use std::path::PathBuf;

use clap::Args;
use root::shamir::Share;
use secret::{Exposure, SecretBytes};
use spi::Entropy;
use store_record::Options;

use crate::config::{Config, RootKind};
use crate::custody::{record, shares};
use crate::files;
use crate::serve::Serving;
use crate::start::{First, initialised, started};
use crate::system::{StartError, System};
use crate::telemetry;

/// Where the first credential is left.
fn credential_file(config: &Config) -> PathBuf {
    config.data_dir.join("first-token")
}

/// Options of `init`
#[derive(Args)]
pub(crate) struct InitArgs {
    /// With root.kind = shamir: write each custodian's share to a private file in this new folder, instead of printing
    /// all of them
    #[arg(long, value_name = "DIR")]
    shares_dir: Option<PathBuf>,
}

/// Makes a new system and leaves its first token in a 0600 file; says where. Custodians' shares are shown once.
pub(crate) async fn init(config: Config, args: &InitArgs) -> Result<String, StartError> {
    if record::exists(&config) || System::has_database(&config) {
        return Err(StartError(format!("{} holds a system already", config.data_dir.display())));
    }
    let with_custodians = matches!(config.root, RootKind::Shamir { .. });
    if let Some(dir) = &args.shares_dir {
        if !with_custodians {
            return Err(StartError("there are shares with root.kind = shamir only".to_owned()));
        }
        shares::prepare(dir)?;
    }
    telemetry::start(&config).map_err(|e| StartError(e.0))?;
    let system = System::open(config)?;
    let hand = |made: &[Share]| match &args.shares_dir {
        Some(dir) => shares::into_folder(dir, made),
        None => shares::onto_stdout(made),
    };
    initialised(&system, || first(&system), hand).await?;
    system.close().await;
    let custodians = if with_custodians { said_of_shares(&system.config, args) } else { String::new() };
    Ok(format!(
        "initialised {}\nthe first token, of the root principal `operator`, is in {}\nread it once, keep it safe, delete the file\n{custodians}",
        system.config.data_dir.display(),
        credential_file(&system.config).display()
    ))
}

/// What custodians must know; a line each, after the shares.
fn said_of_shares(config: &Config, args: &InitArgs) -> String {
    let RootKind::Shamir { shares, threshold } = config.root else { return String::new() };
    let place = args.shares_dir.as_ref().map_or_else(
        || format!("the {shares} lines above that begin with `kss1-` are the custodians' shares"),
        |dir| format!("the {shares} custodians' shares are in {}, a file each", dir.display()),
    );
    format!(
        "{place}; they are nowhere else\n\
         give each to another person; any {threshold} of them unseal the system after every start, fewer tell nothing\n\
         check one with `keystead share verify FILE`; with {} lost, nothing here can ever be read again\n",
        u16::from(shares).saturating_sub(u16::from(threshold)).saturating_add(1)
    )
}

/// Serves until it is told to stop.
pub(crate) async fn serve(config: Config, options: Options, accept_clock: bool) -> Result<(), StartError> {
    telemetry::start(&config).map_err(|e| StartError(e.0))?;
    telemetry::log_panics_without_payload();
    let system = System::open(config)?;
    if accept_clock {
        system.lifetime.accept_clock();
    }
    let new = !record::exists(&system.config);
    let unsealed = started(&system, || first(&system), options).await?;
    if new {
        tracing::info!(path = %credential_file(&system.config).display(), "first start: the first token is in this file");
    }
    let serving = Serving::bind(system).await?;
    if !unsealed {
        tracing::warn!("sealed until enough custodians have given their shares");
    }
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
