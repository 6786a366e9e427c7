//! The `keystead` binary: configuration to parts to a running server, and the commands that need no server.

mod args;
mod clock;
mod config;
mod custody;
mod demo;
mod dev;
mod dev_args;
mod dialects;
mod files;
mod offline;
mod own_ca;
mod paste;
mod serve;
mod server_command;
mod slot;
mod start;
mod system;
mod telemetry;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, AuditCommand, Command, ConfigCommand};
use config::{Config, Layered};
use store_record::Options;
use system::StartError;

/// Records are made on one thread and freed on another, many thousand times a second; glibc's arenas contend on that
/// (docs/performance.md has the figures).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return failed(&StartError(format!("runtime: {e}"))),
    };
    match runtime.block_on(dispatch(args)) {
        Ok(text) => said(&text),
        Err(e) => failed(&e),
    }
}

fn said(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn failed(e: &StartError) -> ExitCode {
    // Nothing is left to tell if standard error is closed too.
    let _ = writeln!(std::io::stderr(), "keystead: {e}");
    ExitCode::FAILURE
}

async fn dispatch(args: Args) -> Result<String, StartError> {
    let layers =
        Layered::load(args.config.as_deref(), std::env::vars(), &args.set).map_err(|e| StartError(e.0))?;
    let config = || Config::from_layers(&layers).map_err(|e| StartError(e.0));
    match args.command {
        Command::Dev(dev) => dev::run(&layers, dev).await.map(|()| String::new()),
        Command::Demo(demo) => demo::run(&layers, demo).await.map(|()| String::new()),
        Command::Init(args) => server_command::init(config()?, &args).await,
        Command::Server(server) => {
            let options = Options { accept_rollback: server.accept_rollback, ..Options::default() };
            server_command::serve(config()?, options).await.map(|()| String::new())
        }
        Command::Audit(AuditCommand::Verify(verify)) => offline::audit::verify(&verify),
        Command::Audit(AuditCommand::Prove(prove)) => offline::audit::prove(&prove),
        Command::Audit(AuditCommand::Search(args)) => offline::audit_lookup::search(&args),
        Command::Audit(AuditCommand::Tail(args)) => offline::audit_lookup::tail(&args).await,
        Command::Share(command) => offline::share::run(&config()?, &command),
        Command::Backup(command) => offline::backup::run(&config()?, command).await,
        Command::Doctor(args) => offline::doctor::run(config()?, &args),
        Command::Config(ConfigCommand::Check) => config().map(|_| "the configuration is valid\n".to_owned()),
        Command::Config(ConfigCommand::Show(show)) => {
            config().map(|_| offline::config::show(&layers, show.origin))
        }
    }
}
