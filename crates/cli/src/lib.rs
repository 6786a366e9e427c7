//! The command line's remote half: what every `keystead` command that speaks to a server means, asks and prints.
//!
//! The binary flattens [`GlobalArgs`] and [`RemoteCommand`] into its own arguments and calls [`run`]. Secrets come from
//! standard input or files and never from arguments. `--explain` shows the request instead of sending it.
//!
//! Exit codes are [`Exit`]: stable, one for each thing that a script can do about a failure.

pub mod command;
mod exit;
mod failure;
mod input;
mod options;
mod run;
mod secret_file;
mod session;
mod show;
mod token;

pub use crate::command::RemoteCommand;
pub use crate::exit::{EXIT_CODES, Exit};
pub use crate::options::{Format, GlobalArgs, GlobalOptions};
pub use crate::run::run;
pub use crate::session::Streams;
pub use crate::token::TokenSource;
