//! The commands as they are read, what they ask of a server, and what they print.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod commands;
mod server;

use clap::{Parser, Subcommand};
use keystead_cli::command::{AuditCommand, TailAudit};
use keystead_cli::{GlobalArgs, RemoteCommand};

/// One key management system behind every api
#[derive(Debug, Parser)]
struct Keystead {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Remote(RemoteCommand),
    /// `audit tail` under a name of its own: the binary's `audit` reads files too
    Tail(TailAudit),
}

impl Command {
    fn remote(self) -> RemoteCommand {
        match self {
            Self::Remote(command) => command,
            Self::Tail(args) => RemoteCommand::Audit(AuditCommand::Tail(args)),
        }
    }
}
