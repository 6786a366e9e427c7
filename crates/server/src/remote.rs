//! Commands that ask a server: the terminal's streams and environment, handed to `cli`.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use cli::{GlobalArgs, RemoteCommand, Streams};

/// Runs one to its end; what it says goes to the terminal.
pub(crate) async fn run(command: RemoteCommand, args: GlobalArgs) -> ExitCode {
    // Tokens, plaintexts and shares come into this process.
    secret::harden_process();
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let options = args.resolve(&|name| std::env::var_os(name), stderr.is_terminal());
    let mut streams = Streams {
        interactive: stdin.is_terminal(),
        input: &mut stdin.lock(),
        out: &mut stdout.lock(),
        err: &mut stderr.lock(),
    };
    ExitCode::from(cli::run(command, options, &mut streams).await.code())
}
