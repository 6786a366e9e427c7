//! Help reads well, and no command takes a secret as an argument.

use clap::{Command, CommandFactory};

use crate::Keystead;

#[test]
fn help_is_as_reviewed() {
    let mut golden = String::new();
    let mut root = Keystead::command();
    root.build();
    // What every command shares is shown once.
    golden.push_str(&root.render_long_help().to_string());
    print(&mut golden, &root);
    insta::assert_snapshot!(golden);
}

fn print(golden: &mut String, command: &Command) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let mut own = sub.clone();
        let globals: Vec<_> =
            own.get_arguments().filter(|arg| arg.is_global_set()).map(|a| a.get_id().clone()).collect();
        for id in globals {
            own = own.mut_arg(id, |arg| arg.hide(true));
        }
        golden.push_str(&format!("\n---- {}\n{}", sub.get_name(), own.render_long_help()));
        print(golden, sub);
    }
}

#[test]
fn no_argument_takes_a_secret() {
    fn check(command: &Command) {
        for arg in command.get_arguments() {
            let name = arg.get_id().as_str();
            let takes = arg.get_action().takes_values() && !name.ends_with("file");
            let secret =
                ["token", "secret", "plaintext", "share", "password"].iter().any(|word| name.contains(word));
            assert!(!(takes && secret), "{} takes `{name}`", command.get_name());
        }
        command.get_subcommands().for_each(check);
    }
    let mut root = Keystead::command();
    root.build();
    root.clone().debug_assert();
    check(&root);
}
