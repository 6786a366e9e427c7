//! The command line: commands that run here, commands that ask a server (`cli`), and which options each kind takes.

mod suggest;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand};
use cli::command::{SearchAudit, TailAudit};
use cli::{GlobalArgs, RemoteCommand};

use crate::dev_args::DevArgs;

/// One key management system behind the APIs that applications already speak
#[derive(Parser)]
#[command(name = "keystead", version, max_term_width = 100, after_help = cli::EXIT_CODES)]
pub(crate) struct Args {
    /// TOML file with settings
    #[arg(long, global = true, env = "KEYSTEAD_CONFIG", hide_env_values = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// One setting as key=value, over file and environment; `config show` lists them
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) server: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do
#[derive(Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Here(HereCommand),
    #[command(flatten)]
    Alone(AloneCommand),
    #[command(flatten)]
    Remote(RemoteCommand),
    /// Read the audit log, from a server or from its files; check and prove it offline
    #[command(subcommand)]
    Audit(AuditCommand),
}

/// What runs here, over a data folder
#[derive(Subcommand)]
pub(crate) enum HereCommand {
    /// Run a whole system on loopback for development and tests
    Dev(DevArgs),
    /// Show the main job on this machine, then keep serving
    Demo(DemoArgs),
    /// Make a new system and leave its first token in a private file
    Init(crate::server_command::InitArgs),
    /// Serve
    Server(ServerArgs),
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

/// What needs neither server nor settings
#[derive(Subcommand)]
pub(crate) enum AloneCommand {
    /// Say what a ciphertext tells about itself: its form, its key, its version; opens nothing
    Inspect(crate::offline::inspect::InspectArgs),
    /// Print completions for a shell
    Completions(crate::offline::shell::CompletionsArgs),
    /// Write manual pages, one for each command
    Manual(crate::offline::shell::ManualArgs),
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
    /// Accept a clock that jumped ahead, or a node that was away for more than a day: keys that are due are destroyed
    #[arg(long)]
    pub(crate) accept_clock: bool,
}

/// The audit log: a server answers for the records that the caller may read, the files for all of them
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Find records, newest first
    Search(SearchArgs),
    /// Show the last records, and with --follow every new one
    Tail(TailArgs),
    /// Check every record, segment and checkpoint of the log's files
    Verify(VerifyArgs),
    /// Prove that a record is in the log's files
    Prove(ProveArgs),
}

/// Options of `audit search`
#[derive(ClapArgs)]
pub(crate) struct SearchArgs {
    /// The log's folder, to read its files without a server [default: ask the server]
    #[arg(conflicts_with = "after")]
    pub(crate) dir: Option<PathBuf>,
    /// Only what did not succeed; from files only
    #[arg(long, requires = "dir")]
    pub(crate) failed: bool,
    #[command(flatten)]
    pub(crate) what: SearchAudit,
}

/// Options of `audit tail`
#[derive(ClapArgs)]
pub(crate) struct TailArgs {
    /// The log's folder, to read its files without a server [default: ask the server]
    #[arg(conflicts_with_all = ["operation", "target", "principal", "in_tenant"])]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) what: TailAudit,
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

impl Args {
    /// The process's arguments; ends the process where they are wrong, or ask for help.
    pub(crate) fn of_process() -> Self {
        Self::read(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn read(given: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Self, clap::Error> {
        let given: Vec<OsString> = given.into_iter().map(Into::into).collect();
        let mut command = command();
        let matches = command.try_get_matches_from_mut(&given);
        let matches = matches.map_err(|error| suggest::nearest(error, &command, &given))?;
        let args = Self::from_arg_matches(&matches)?;
        match misplaced(&matches, &args.command) {
            None => Ok(args),
            Some((option, why)) => {
                Err(command.error(ErrorKind::ArgumentConflict, format!("`--{option}` {why}")))
            }
        }
    }
}

/// Options about settings, for what runs here.
const OF_HERE: &[&str] = &["config", "set"];
/// Options about a server, for what asks one.
const OF_SERVER: &[&str] = &["address", "ca", "tenant", "explain", "no_input", "no_color"];
/// How to answer.
const OUTPUT: &str = "output";

/// Which options mean nothing to a command.
fn foreign(command: &Command) -> Vec<&'static str> {
    match command {
        Command::Remote(_) => OF_HERE.to_vec(),
        Command::Here(HereCommand::Doctor(_)) => OF_SERVER.to_vec(),
        Command::Alone(AloneCommand::Inspect(_)) => [OF_SERVER, OF_HERE].concat(),
        Command::Alone(AloneCommand::Completions(_) | AloneCommand::Manual(_)) => {
            [OF_SERVER, OF_HERE, &[OUTPUT]].concat()
        }
        Command::Here(_) => [OF_SERVER, &[OUTPUT]].concat(),
        Command::Audit(AuditCommand::Search(SearchArgs { dir: Some(_), .. })) => {
            [OF_SERVER, OF_HERE].concat()
        }
        Command::Audit(AuditCommand::Tail(TailArgs { dir: Some(_), .. })) => [OF_SERVER, OF_HERE].concat(),
        Command::Audit(AuditCommand::Search(_) | AuditCommand::Tail(_)) => OF_HERE.to_vec(),
        Command::Audit(AuditCommand::Verify(_) | AuditCommand::Prove(_)) => {
            [OF_SERVER, OF_HERE, &[OUTPUT]].concat()
        }
    }
}

/// An option that was given to a command for which it means nothing. What the environment says is for all commands.
fn misplaced(matches: &ArgMatches, command: &Command) -> Option<(String, &'static str)> {
    let given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let id = foreign(command).into_iter().find(given)?;
    let why = match id {
        OUTPUT => "means nothing here: this command has one way to answer",
        id if OF_HERE.contains(&id) => "means nothing here: the settings of a server are read where it runs",
        _ => "is for commands that ask a server, and this one does not",
    };
    Some((id.replace('_', "-"), why))
}

/// The whole command line. Options that all commands inherit are hidden in the help of those that do not take them.
pub(crate) fn command() -> clap::Command {
    let root = Args::command();
    let [here, server, output] = [OF_HERE, OF_SERVER, &[OUTPUT]].map(|ids| hidden(&root, ids));
    let names: Vec<String> = root.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(root, |root, name| {
        let (here, server, output) = (here.clone(), server.clone(), output.clone());
        root.mut_subcommand(&name, |sub| match name.as_str() {
            "doctor" => sub.args(server),
            "inspect" => sub.args(server).args(here),
            "completions" | "manual" => sub.args(server).args(here).args(output),
            "audit" => {
                let files_only = |sub: clap::Command| sub.args(server.clone()).args(output.clone());
                sub.args(here).mut_subcommand("verify", files_only).mut_subcommand("prove", files_only)
            }
            "dev" | "demo" | "init" | "server" | "backup" | "config" => sub.args(server).args(output),
            _ => sub.args(here),
        })
    })
}

/// The root's own options once more, hidden.
fn hidden(root: &clap::Command, ids: &[&str]) -> Vec<Arg> {
    let own = root.get_arguments().filter(|arg| ids.contains(&arg.get_id().as_str()));
    own.map(|arg| arg.clone().hide(true)).collect()
}
