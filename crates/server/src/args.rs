//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

use crate::dev_args::DevArgs;

/// One key management system behind the APIs that applications already speak
#[derive(Parser)]
#[command(name = "keystead", version, max_term_width = 100)]
pub(crate) struct Args {
    /// TOML file with settings
    #[arg(long, global = true, env = "KEYSTEAD_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// One setting as key=value, over file and environment; `config show` lists them
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a whole system on loopback for development and tests
    Dev(DevArgs),
    /// Show the main job on this machine, then keep serving
    Demo(DemoArgs),
    /// Make a new system and leave its first token in a private file
    Init(crate::server_command::InitArgs),
    /// Serve
    Server(ServerArgs),
    /// Check and prove the audit log offline
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check custodians' shares; no server is needed, and nothing is unsealed
    #[command(subcommand)]
    Share(crate::offline::share::ShareCommand),
    /// Make, check and restore sealed backups; no server is needed, and one may be running
    #[command(subcommand)]
    Backup(crate::offline::backup::BackupCommand),
    /// Examine this machine and the data folder, and say what to do about what is wrong; changes nothing
    Doctor(crate::offline::doctor::DoctorArgs),
    /// Check and show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// Options of `demo`
#[derive(ClapArgs)]
pub(crate) struct DemoArgs {
    /// End after the tour instead of serving on
    #[arg(long)]
    pub(crate) exit: bool,
}

/// Options of `server`
#[derive(ClapArgs)]
pub(crate) struct ServerArgs {
    /// Accept a database that is older than what was acknowledged; what came after it is lost
    #[arg(long)]
    pub(crate) accept_rollback: bool,
}

/// Offline work on the audit log: only files and a public key are needed
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Check every record, segment and checkpoint
    Verify(VerifyArgs),
    /// Prove that a record is in the log
    Prove(ProveArgs),
    /// Find records, newest first
    Search(crate::offline::audit_lookup::SearchArgs),
    /// Show the last records, and with --follow every new one
    Tail(crate::offline::audit_lookup::TailArgs),
}

/// Options of `audit verify`
#[derive(ClapArgs)]
pub(crate) struct VerifyArgs {
    /// The log's folder
    pub(crate) dir: PathBuf,
    /// The public key; without it DIR/audit.pub, which proves less
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// A checkpoint kept elsewhere; without it a log that was cut short can pass
    #[arg(long)]
    pub(crate) checkpoint: Option<PathBuf>,
}

/// Options of `audit prove`
#[derive(ClapArgs)]
pub(crate) struct ProveArgs {
    /// The log's folder
    pub(crate) dir: PathBuf,
    /// Index of the record, from 0
    pub(crate) index: u64,
    /// The public key; without it DIR/audit.pub
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
}

/// The configuration
#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether it is valid, and if not, which setting is wrong and who set it
    Check,
    /// Show every setting
    Show(ShowArgs),
}

/// Options of `config show`
#[derive(ClapArgs)]
pub(crate) struct ShowArgs {
    /// Show who set each value
    #[arg(long)]
    pub(crate) origin: bool,
}
