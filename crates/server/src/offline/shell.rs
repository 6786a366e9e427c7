//! `completions` and `manual`: what a package installs beside the program, made from the one command line.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::Shell;

use crate::args;
use crate::system::StartError;

/// Options of `completions`
#[derive(Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Options of `manual`
#[derive(Args)]
pub(crate) struct ManualArgs {
    /// The folder to write into; it is made if it is not there
    dir: PathBuf,
}

/// The script that a shell reads.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<String, StartError> {
    let mut script = Vec::new();
    let mut command = args::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    String::from_utf8(script).map_err(StartError::while_doing("completions"))
}

/// Writes the pages and says how many.
pub(crate) fn manual(args: &ManualArgs) -> Result<String, StartError> {
    std::fs::create_dir_all(&args.dir).map_err(StartError::while_doing(args.dir.display()))?;
    let mut root = args::command().disable_help_subcommand(true);
    root.build();
    let mut pages = 0_usize;
    page(&args.dir, "keystead", &root, &mut pages)?;
    let mut text = String::new();
    let _ = writeln!(text, "{pages} pages in {}", args.dir.display());
    Ok(text)
}

/// The page of one command, then those of its own commands: `keystead-key-create.1`.
fn page(dir: &Path, name: &str, command: &clap::Command, pages: &mut usize) -> Result<(), StartError> {
    let path = dir.join(format!("{name}.1"));
    let mut text = Vec::new();
    // The title is the whole path: pages of like-named commands must not look the same.
    let titled = command.clone().display_name(name.to_owned());
    clap_mangen::Man::new(titled)
        .render(&mut text)
        .and_then(|()| std::fs::write(&path, text))
        .map_err(StartError::while_doing(path.display()))?;
    *pages = pages.saturating_add(1);
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        page(dir, &format!("{name}-{}", sub.get_name()), sub, pages)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
            let script = completions(&CompletionsArgs { shell }).unwrap();
            for word in ["audit", "credential", "inspect", "unseal", "threshold-free"] {
                assert_eq!(script.contains(word), word != "threshold-free", "{shell}: {word}");
            }
        }
    }

    #[test]
    fn every_command_gets_a_page_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let said = manual(&ManualArgs { dir: dir.path().join("man1") }).unwrap();
        assert!(said.contains(" pages in "), "{said}");
        let read = |name: &str| std::fs::read_to_string(dir.path().join("man1").join(name)).unwrap();
        assert!(read("keystead-backup-create.1").contains("keystead\\-backup\\-create"));
        assert!(read("keystead.1").contains("Exit codes:"));
        assert!(!dir.path().join("man1/keystead-help.1").exists());
    }
}
