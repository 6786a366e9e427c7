//! Runs a command: one file for each noun.

mod audit;
mod credential;
mod key;
mod policy;
mod principal;
mod system;
mod tenant;
mod using;

use crate::failure::Stop;
use crate::session::Session;
use crate::show::plain;
use crate::{Exit, GlobalOptions, RemoteCommand, Streams};

/// Runs one command to its end. Answers go to `out`; whatever else is said goes to `err`.
pub async fn run(command: RemoteCommand, options: GlobalOptions, streams: &mut Streams<'_>) -> Exit {
    let color = options.color;
    let done = match Session::open(options, streams) {
        Ok(mut session) => perform(command, &mut session).await,
        Err(stop) => Err(stop),
    };
    match done {
        Ok(()) | Err(Stop::Explained) => flushed(streams),
        Err(Stop::Unread) => Exit::Failure,
        Err(Stop::Failed { exit, text }) => {
            let word = if color { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
            // Nothing is left to tell it to when standard error is gone too.
            let _ = writeln!(streams.err, "{word} {}", plain(&text));
            exit
        }
    }
}

fn flushed(streams: &mut Streams<'_>) -> Exit {
    if streams.out.flush().is_ok() { Exit::Ok } else { Exit::Failure }
}

async fn perform(command: RemoteCommand, session: &mut Session<'_, '_>) -> Result<(), Stop> {
    match command {
        RemoteCommand::Status => system::status(session).await,
        RemoteCommand::Seal(confirm) => system::seal(session, confirm).await,
        RemoteCommand::Unseal { reset: true, .. } => system::reset(session).await,
        RemoteCommand::Unseal { share_file, .. } => system::unseal(session, share_file.as_deref()).await,
        RemoteCommand::Whoami => system::whoami(session).await,
        RemoteCommand::Key(command) => key::run(session, command).await,
        RemoteCommand::Principal(command) => principal::run(session, command).await,
        RemoteCommand::Credential(command) => credential::run(session, command).await,
        RemoteCommand::Policy(command) => policy::run(session, command).await,
        RemoteCommand::Tenant(command) => tenant::run(session, command).await,
        RemoteCommand::Audit(command) => audit::run(session, command).await,
    }
}

/// A list's page as the client takes it.
fn page(args: crate::command::PageArgs) -> client::Page {
    client::Page { after: args.after, limit: args.limit }
}

/// Seconds of days.
fn seconds(days: u16) -> u32 {
    u32::from(days).saturating_mul(86_400)
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}
