//! `backup create|verify|restore`: one sealed, self-describing file that holds everything but the keyfile and the
//! audit log's records. Rows are sealed as they stand and keys are wrapped, so the file holds nothing in the clear
//! but names; what it proves, and what it does not, is said in [`format`].

mod create;
mod format;
mod restore;
#[cfg(test)]
pub(crate) mod tests;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use provider_software::Software;
use root::shamir::{SplitRecord, combine};
use root::{Guarded, KekRing, Keyfile};
use secret::Secret;
use spi::{RootOfTrust, SealCrypto};
use store_record::Holdings;
use store_sqlite::Sqlite;

use crate::config::Config;
use crate::custody::{record, shares};
use crate::offline::progress::{Progress, grouped};
use crate::system::StartError;

const DOING: &str = "root of trust";

/// What to do with a backup
#[derive(Subcommand)]
pub(crate) enum BackupCommand {
    /// Write the database, as of one instant, and all it needs but the keyfile to one file; a server may be running
    Create(CreateArgs),
    /// Check every byte; with the keyfile open every row and check all of them against the revision ledger
    Verify(VerifyArgs),
    /// Make a data folder out of a backup
    Restore(RestoreArgs),
}

/// Options of `backup create`
#[derive(Args)]
pub(crate) struct CreateArgs {
    /// The file to make; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// A file with a custodian's share, of a system that has custodians; as many as unseal it
    #[arg(long = "share", value_name = "FILE")]
    pub(crate) shares: Vec<PathBuf>,
}

/// Options of `backup verify`
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The backup
    pub(crate) file: PathBuf,
    /// The keyfile of the system it was made of; without it the configured one, if it is there
    #[arg(long, value_name = "PATH")]
    pub(crate) keyfile: Option<PathBuf>,
    /// A file with a custodian's share, of a system that has custodians; as many as unseal it
    #[arg(long = "share", value_name = "FILE")]
    pub(crate) shares: Vec<PathBuf>,
}

/// Options of `backup restore`
#[derive(Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    pub(crate) file: PathBuf,
    /// The new data folder: absent or empty
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// The keyfile of the system it was made of; without it the configured one
    #[arg(long, value_name = "PATH")]
    pub(crate) keyfile: Option<PathBuf>,
    /// A file with a custodian's share, of a system that has custodians; as many as unseal it
    #[arg(long = "share", value_name = "FILE")]
    pub(crate) shares: Vec<PathBuf>,
    /// The newest pin that survives: a backup older than it is refused
    #[arg(long, value_name = "PATH")]
    pub(crate) pin: Option<PathBuf>,
    /// Accept a backup that is older than the pin; what came after it is lost, revocations too
    #[arg(long)]
    pub(crate) accept_rollback: bool,
}

/// Does it, and says what was done.
pub(crate) async fn run(config: &Config, command: BackupCommand) -> Result<String, StartError> {
    // The root of trust comes into this process.
    secret::harden_process();
    match command {
        BackupCommand::Create(args) => create::create(config, &args).await,
        BackupCommand::Verify(args) => verify::verify(config, &args).await,
        BackupCommand::Restore(args) => restore::restore(config, &args).await,
    }
}

/// A root of trust that has opened a system's wrapped key.
struct Unsealed {
    root: Secret<[u8; 32]>,
    ring: Arc<KekRing>,
}

/// What is at hand of a root of trust.
struct AtHand {
    keyfile: PathBuf,
    /// Files with a custodian's share each.
    shares: Vec<PathBuf>,
}

/// Opens the wrapped key of a root record with what is at hand.
async fn unseal(record: &Path, at_hand: &AtHand) -> Result<Unsealed, StartError> {
    let record = record::read(record)?;
    let wrapped = record.system.clone();
    let root = match &record.guarded {
        Guarded::Keyfile => {
            Keyfile::at(&at_hand.keyfile).secret().await.map_err(StartError::while_doing(DOING))?
        }
        Guarded::Shamir(split) => combined(split, &at_hand.shares)?,
        Guarded::Memory => {
            return Err(StartError("the system's root of trust was in memory only".to_owned()));
        }
    };
    let ring = Arc::new(KekRing::new(Arc::new(Software::new())));
    ring.unseal(&root, &wrapped).map_err(|e| match record.guarded {
        Guarded::Keyfile => {
            StartError(format!("the keyfile `{}` did not seal this system: {e}", at_hand.keyfile.display()))
        }
        Guarded::Shamir(_) | Guarded::Memory => {
            StartError(format!("the shares did not seal this system: {e}"))
        }
    })?;
    Ok(Unsealed { root, ring })
}

/// The root key of enough shares.
fn combined(split: &SplitRecord, files: &[PathBuf]) -> Result<Secret<[u8; 32]>, StartError> {
    let crypto = Software::new();
    if files.is_empty() {
        let threshold = split.terms().threshold();
        return Err(StartError(format!("the system has custodians: name {threshold} files with --share")));
    }
    let shares = files.iter().map(|file| shares::parse(file)).collect::<Result<Vec<_>, _>>()?;
    let root = combine(&shares, split, &|parts| SealCrypto::sha256(&crypto, parts));
    let root = root.map_err(StartError::while_doing("the custodians' shares"))?;
    Secret::try_from(root).map_err(|_| StartError("the shares' secret is no root key".to_owned()))
}

/// Opens every row of a database that nobody else has.
async fn inspect(
    database: &Path,
    unsealed: &Unsealed,
    progress: &mut Progress,
) -> Result<Holdings, StartError> {
    let backend = Sqlite::open(database).map_err(StartError::while_doing("database image"))?;
    let mut show = |done: u16, rows: u64| {
        let all = u64::from(store_record::BUCKETS);
        progress.show("opening every row", u64::from(done), all, &format!("{} rows", grouped(rows)));
    };
    store_record::inspect(&backend, &*unsealed.ring, &mut show)
        .await
        .map_err(StartError::while_doing("database image"))
}

/// The rows by kind, in one line.
fn kinds(holdings: &Holdings) -> String {
    let kinds = holdings.kinds.iter().filter(|(_, tally)| tally.live > 0);
    kinds.map(|(kind, tally)| format!("{} {kind}", grouped(tally.live))).collect::<Vec<_>>().join(", ")
}

/// A temporary folder that only its owner enters.
fn temporary_in(dir: &Path) -> Result<tempfile::TempDir, StartError> {
    let made = tempfile::Builder::new().prefix(".keystead-backup-").tempdir_in(dir);
    made.map_err(StartError::while_doing(format!("a temporary folder in {}", dir.display())))
}

/// The folder a file is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
