//! Help reads well, no command takes a secret as an argument, and no option is taken in silence where it means nothing.

use clap::Command as Clap;

use super::*;

fn built() -> Clap {
    let mut root = command().term_width(100);
    root.build();
    root
}

#[test]
fn help_is_as_reviewed() {
    let mut root = built();
    let mut golden = root.render_help().to_string();
    print(&mut golden, "keystead", &root);
    insta::assert_snapshot!(golden);
}

/// What every command of a kind shares is shown once, in the help of the root.
fn print(golden: &mut String, path: &str, command: &Clap) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name());
        let mut own = sub.clone().term_width(100);
        let global: Vec<_> =
            own.get_arguments().filter(|arg| arg.is_global_set()).map(|arg| arg.get_id().clone()).collect();
        for id in global {
            own = own.mut_arg(id, |arg| arg.hide(true));
        }
        golden.push_str(&format!("\n---- {path}\n{}", own.render_help()));
        print(golden, &path, sub);
    }
}

#[test]
fn options_are_shown_where_they_mean_something() {
    let root = built();
    let help = |path: &[&str]| {
        let sub = path.iter().fold(&root, |at, name| at.find_subcommand(name).unwrap());
        sub.clone().render_help().to_string()
    };
    for (path, settings, server, output) in [
        (&["dev"][..], true, false, false),
        (&["config", "show"], true, false, false),
        (&["doctor"], true, false, true),
        (&["status"], false, true, true),
        (&["key", "name", "list"], false, true, true),
        (&["audit", "search"], false, true, true),
        (&["audit", "verify"], false, false, false),
    ] {
        let help = help(path);
        let shows = [help.contains("--set "), help.contains("--address"), help.contains("--output")];
        assert_eq!(shows, [settings, server, output], "{path:?}\n{help}");
    }
}

#[test]
fn no_argument_takes_a_secret() {
    fn check(command: &Clap) {
        for arg in command.get_arguments() {
            let name = arg.get_id().as_str();
            let leads_to = arg.get_value_names().unwrap_or_default().iter();
            let leads =
                leads_to.map(|n| n.as_str()).any(|n| ["FILE", "DIR"].contains(&n)) || name.ends_with("file");
            let takes = arg.get_action().takes_values() && !leads;
            let secret =
                ["token", "secret", "plaintext", "share", "password"].iter().any(|word| name.contains(word));
            assert!(!(takes && secret), "{} takes `{name}`", command.get_name());
        }
        // The credentials of a development system are no secrets; it takes them to be the same at each start.
        command.get_subcommands().filter(|sub| sub.get_name() != "dev").for_each(check);
    }
    let root = built();
    root.clone().debug_assert();
    check(&root);
}

fn error(line: &str) -> String {
    Args::read(line.split(' ')).err().map_or_else(String::new, |error| error.to_string())
}

#[test]
fn an_option_that_means_nothing_is_refused() {
    for (line, says) in [
        ("keystead dev --address http://127.0.0.1:1", "`--address` is for commands that ask a server"),
        ("keystead config show -o json", "`--output` means nothing here"),
        ("keystead --set listen=127.0.0.1:1 key list", "`--set` means nothing here"),
        ("keystead audit search /log --tenant eu", "`--tenant` is for commands that ask a server"),
        ("keystead audit search --failed", "<DIR>"),
        ("keystead audit tail /log --operation Encrypt", "cannot be used with"),
        ("keystead audit search /log --after x", "cannot be used with"),
    ] {
        let error = error(line);
        assert!(error.contains(says), "{line}: {error}");
    }
    for line in [
        "keystead --tenant eu key list",
        "keystead key list --tenant eu",
        "keystead audit search /log --operation Encrypt -o yaml",
        "keystead audit tail --operation Encrypt -f",
        "keystead doctor -o json",
    ] {
        assert_eq!(error(line), "", "{line}");
    }
}

#[test]
fn options_hold_before_and_behind_the_command() {
    for line in ["keystead --tenant eu -o json key list", "keystead key list --tenant eu -o json"] {
        let args = Args::read(line.split(' ')).unwrap();
        assert_eq!((args.server.tenant.as_str(), args.server.output), ("eu", cli::Format::Json), "{line}");
    }
}

#[test]
fn a_misspelled_command_is_answered_with_the_nearest() {
    for (line, near) in [
        ("keystead kye list", "'key'"),
        ("keystead key lsit", "'list'"),
        ("keystead -o json kye list", "'key'"),
        ("keystead audit serach x", "'search'"),
        ("keystead key create --desciption x", "'--description'"),
        ("keystead key list -o jsn", "'json'"),
    ] {
        let error = error(line);
        assert!(error.contains(near), "{line}: {error}");
    }
    assert!(!error("keystead xyzzy").contains("tip"), "nothing is near");
}
