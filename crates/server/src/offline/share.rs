//! `share verify`: a custodian learns at home, from the public half of the root record alone, whether a share is whole
//! and still the right one. Nothing is unsealed, and no other share is needed.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use provider_software::Software;
use root::{Guarded, SealedRoot};
use spi::SealCrypto;

use crate::config::Config;
use crate::custody::{record, shares};
use crate::system::StartError;

/// What to do with shares
#[derive(Subcommand)]
pub(crate) enum ShareCommand {
    /// Say of each share whether it is one of this system's, undamaged
    Verify(VerifyArgs),
}

/// Options of `share verify`
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// Files with a share each; `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The system's root record, which is no secret; without it DATA_DIR/root.json
    #[arg(long, value_name = "PATH")]
    record: Option<PathBuf>,
}

/// Does it, and says what was found.
pub(crate) fn run(config: &Config, command: &ShareCommand) -> Result<String, StartError> {
    let ShareCommand::Verify(args) = command;
    // A share comes into this process.
    secret::harden_process();
    let path = args.record.clone().unwrap_or_else(|| record::path(config));
    let SealedRoot { guarded, .. } = record::read(&path)?;
    let Guarded::Shamir(split) = guarded else {
        return Err(StartError(format!("the system of {} has no custodians", path.display())));
    };
    let crypto = Software::new();
    let mut text = String::new();
    for file in &args.files {
        let share = shares::parse(file)?;
        let fits = share.verify(&split, &|parts| SealCrypto::sha256(&crypto, parts));
        fits.map_err(StartError::while_doing(format!("{}: share {}", file.display(), share.index())))?;
        let terms = split.terms();
        let _ = writeln!(
            text,
            "{}: share {} of {}, whole and this system's; {} together unseal it",
            file.display(),
            share.index(),
            terms.count(),
            terms.threshold()
        );
    }
    Ok(text)
}
