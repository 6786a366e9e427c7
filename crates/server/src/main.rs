//! The `keystead` binary: configuration to parts to a running server, the commands that need none, and
//! the commands that ask one (`cli`).

mod args;
mod clock;
mod config;
mod custody;
mod demo;
mod dev;
mod dev_args;
mod dialects;
mod files;
mod ids;
mod lifetime;
mod offline;
mod own_ca;
mod paste;
mod remote;
mod serve;
mod server_command;
mod slot;
mod start;
mod system;
mod telemetry;
mod travel;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use cli::command::AuditCommand as Asked;
use cli::{Format, GlobalArgs, RemoteCommand};

use args::{AloneCommand, Args, AuditCommand, Command, ConfigCommand, HereCommand, SearchArgs, TailArgs};
use config::{Config, Layered};
use store_record::Options;
use system::StartError;

/// Records are made on one thread and freed on another, many thousand times a second; glibc's arenas contend on that
/// (docs/performance.md has the figures).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::of_process();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(args)),
        Err(e) => ended(Err(StartError(format!("runtime: {e}")))),
    }
}

async fn run(args: Args) -> ExitCode {
    let Args { config, set, server, command } = args;
    match command {
        Command::Remote(command) => remote::run(command, server).await,
        Command::Audit(command) => audit(command, server).await,
        Command::Alone(AloneCommand::Inspect(args)) => ended(offline::inspect::run(&args, server.output)),
        Command::Alone(AloneCommand::Completions(args)) => ended(offline::shell::completions(&args)),
        Command::Alone(AloneCommand::Manual(args)) => ended(offline::shell::manual(&args)),
        Command::Here(command) => ended(here(config.as_deref(), &set, server.output, command).await),
    }
}

/// Without a folder, the server is asked.
async fn audit(command: AuditCommand, server: GlobalArgs) -> ExitCode {
    let asked = match command {
        AuditCommand::Search(SearchArgs { dir: Some(dir), failed, what }) => {
            return ended(offline::audit_lookup::search(&dir, &what, failed, server.output));
        }
        AuditCommand::Tail(TailArgs { dir: Some(dir), what }) => {
            return ended(offline::audit_lookup::tail(&dir, &what, server.output).await);
        }
        AuditCommand::Verify(verify) => return ended(offline::audit::verify(&verify)),
        AuditCommand::Prove(prove) => return ended(offline::audit::prove(&prove)),
        AuditCommand::Search(SearchArgs { what, .. }) => Asked::Search(what),
        AuditCommand::Tail(TailArgs { what, .. }) => Asked::Tail(what),
    };
    remote::run(RemoteCommand::Audit(asked), server).await
}

async fn here(
    file: Option<&Path>,
    set: &[String],
    output: Format,
    command: HereCommand,
) -> Result<String, StartError> {
    let layers = Layered::load(file, std::env::vars(), set).map_err(|e| StartError(e.0))?;
    let config = || Config::from_layers(&layers).map_err(|e| StartError(e.0));
    match command {
        HereCommand::Dev(dev) => dev::run(&layers, dev).await.map(|()| String::new()),
        HereCommand::Demo(demo) => demo::run(&layers, demo).await.map(|()| String::new()),
        HereCommand::Init(args) => server_command::init(config()?, &args).await,
        HereCommand::Server(server) => {
            let options = Options { accept_rollback: server.accept_rollback, ..Options::default() };
            server_command::serve(config()?, options, server.accept_clock).await.map(|()| String::new())
        }
        HereCommand::Share(command) => offline::share::run(&config()?, &command),
        HereCommand::Backup(command) => offline::backup::run(&config()?, command).await,
        HereCommand::Doctor(args) => offline::doctor::run(config()?, &args, output),
        HereCommand::Config(ConfigCommand::Check) => {
            config().map(|_| "the configuration is valid\n".to_owned())
        }
        HereCommand::Config(ConfigCommand::Show(show)) => {
            config().map(|_| offline::config::show(&layers, show.origin))
        }
    }
}

fn ended(outcome: Result<String, StartError>) -> ExitCode {
    match outcome {
        Ok(text) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(e) => {
            // Nothing is left to tell if standard error is closed too.
            let _ = writeln!(std::io::stderr(), "error: {e}");
            ExitCode::FAILURE
        }
    }
}
