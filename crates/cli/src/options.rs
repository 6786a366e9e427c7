//! What every remote command takes: where the server is, as whom, and how to print.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::TokenSource;

/// How answers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people; may change.
    #[default]
    Table,
    /// For programs.
    Json,
    /// For programs and people.
    Yaml,
}

/// Options of every command that speaks to a server.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server and output")]
pub struct GlobalArgs {
    /// The server, such as `https://kms.example:8200`; plain http is for loopback only
    #[arg(long, global = true, env = "KEYSTEAD_ADDR", hide_env_values = true, value_name = "URL")]
    pub address: Option<String>,
    /// The pem file of the authority that signed the server's certificate
    #[arg(long, global = true, env = "KEYSTEAD_CA", hide_env_values = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// The tenant whose keys are meant
    #[arg(
        long,
        global = true,
        env = "KEYSTEAD_TENANT",
        hide_env_values = true,
        value_name = "NAME",
        default_value = "default"
    )]
    pub tenant: String,
    /// How to print answers
    #[arg(long, short, global = true, value_enum, default_value_t)]
    pub output: Format,
    /// Never ask; fail where a question would stand
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Print errors without colour
    #[arg(long, global = true, env = "NO_COLOR", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub no_color: bool,
    /// Show the http request, without secrets, instead of sending it
    #[arg(long, global = true)]
    pub explain: bool,
}

/// The same, with everything that the environment adds.
#[derive(Debug)]
pub struct GlobalOptions {
    /// The server, if one is named.
    pub address: Option<String>,
    /// Where the bearer token comes from.
    pub token: TokenSource,
    /// The authority's pem file.
    pub ca: Option<PathBuf>,
    /// The tenant whose keys are meant.
    pub tenant: String,
    /// How to print.
    pub output: Format,
    /// Never ask.
    pub no_input: bool,
    /// Whether errors have colour.
    pub color: bool,
    /// Show requests instead of sending them.
    pub explain: bool,
}

impl GlobalArgs {
    /// Adds the token's source from the environment; `terminal` says whether errors go to one.
    #[must_use]
    pub fn resolve(self, env: &dyn Fn(&str) -> Option<OsString>, terminal: bool) -> GlobalOptions {
        let Self { address, ca, tenant, output, no_input, no_color, explain } = self;
        let color = terminal && !no_color;
        GlobalOptions { address, token: TokenSource::find(env), ca, tenant, output, no_input, color, explain }
    }
}
