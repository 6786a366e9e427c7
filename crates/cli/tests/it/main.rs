//! The commands as they are read, what they ask of a server, and what they print.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod commands;
mod help;
mod server;

use clap::Parser;
use keystead_cli::{GlobalArgs, RemoteCommand};

/// One key management system behind every api
#[derive(Debug, Parser)]
#[command(name = "keystead", term_width = 100, after_help = keystead_cli::EXIT_CODES)]
struct Keystead {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: RemoteCommand,
}
