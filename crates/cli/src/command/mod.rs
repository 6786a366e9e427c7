//! The commands as clap reads them; what stands in `--help` stands here.

mod access;
mod key;

use clap::{Args, Subcommand};
use std::path::PathBuf;

pub use access::{
    AuditCommand, AuditFilter, CreateCredential, CreatePrincipal, CredentialCommand, Explain, PolicyCommand,
    PrincipalCommand, SearchAudit, TailAudit, TenantCommand, UpdatePrincipal, WritePolicy,
};
pub use key::{Bound, CreateKey, DataKey, KeyCommand, NameCommand};

/// Commands that speak to a server.
#[derive(Debug, Subcommand)]
pub enum RemoteCommand {
    /// Say whether the server is initialised and sealed
    Status,
    /// Take every key-encryption key out of the server's memory, at once
    Seal(Confirm),
    /// Give one custodian's share, read from standard input or a file
    Unseal {
        /// The file that holds the share
        #[arg(long, value_name = "FILE")]
        share_file: Option<PathBuf>,
        /// Forget the shares that were given so far and begin a new round
        #[arg(long, conflicts_with = "share_file")]
        reset: bool,
    },
    /// Say who the server takes you for
    Whoami,
    /// Make, use, rotate and destroy keys
    #[command(
        subcommand,
        after_help = "A KEY is its name, its id, or its name in another dialect such as `aws:app` or `vault:transit/app`."
    )]
    Key(KeyCommand),
    /// Make and change principals
    #[command(subcommand)]
    Principal(PrincipalCommand),
    /// Make and revoke credentials
    #[command(subcommand)]
    Credential(CredentialCommand),
    /// Write policies and ask what they decide
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Make and list tenants
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Read the audit log. Not read by clap here: the binary's `audit` also has commands that need no server
    #[command(skip)]
    Audit(AuditCommand),
}

/// For what cannot be taken back.
#[derive(Clone, Copy, Debug, Args)]
pub struct Confirm {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Which page of a list.
#[derive(Clone, Debug, Args)]
pub struct PageArgs {
    /// At most so many, up to 1000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: Option<u16>,
    /// Go on where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<String>,
}
