//! `cargo xtask`: everything a contributor or CI runs, so that there is one way to do each thing.
//!
//! `test` runs the layers of docs/ci.md, `tidy` checks what the compiler cannot (ARCHITECTURE §3, §4).

mod bench;
mod deb;
mod failure;
mod install;
mod layer;
mod options;
mod shell;
mod source;
mod tally;
mod test;
mod tidy;
mod tree;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use failure::{Failure, Outcome};

const USAGE: &str = "\
cargo xtask test [--fast] [--layer NAME]...   run the layers (docs/ci.md lists them)
cargo xtask tidy                              check the rules that the compiler cannot
cargo xtask bench [--quick]                   measure beside the ceiling and a peer (docs/performance.md)
cargo xtask deb                               make a Debian package (packaging/README.md)";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            shell::complain(&format!("xtask: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[String]) -> Outcome {
    let root = root()?;
    match words.split_first() {
        Some((command, rest)) if command == "test" => test::run(root, &options::parse(rest)?),
        Some((command, rest)) if command == "bench" => bench::run(&root, rest),
        Some((command, [])) if command == "tidy" => tidy::run(&root),
        Some((command, [])) if command == "deb" => deb::run(&root),
        Some((command, [])) if command == "help" || command == "--help" => {
            shell::say(USAGE);
            Ok(())
        }
        Some((command, _)) => Err(Failure::new(format!("no such command: `{command}`\n{USAGE}"))),
        None => Err(Failure::new(format!("say what to do\n{USAGE}"))),
    }
}

/// The workspace's folder: xtask stands one level below it.
fn root() -> Outcome<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map(PathBuf::from).ok_or_else(|| Failure::new("xtask stands outside its workspace"))
}
