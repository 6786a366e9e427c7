//! The README's section on the command line is true: each of its lines is run, and ends as it says.

use std::process::Command;

use super::{Ended, Terminal, run};
use crate::binary::PROGRAM;

/// The commands below a heading of the README.
fn lines(heading: &str) -> Vec<&'static str> {
    let readme = include_str!("../../../../../README.md");
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    block.split_once("```").unwrap().0.lines().filter(|line| !line.is_empty()).collect()
}

#[test]
fn each_line_of_the_readme_ends_as_it_says() {
    let own = Terminal::new();
    let folder = std::path::Path::new(PROGRAM).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let lines = lines("The command line");
    assert!(lines.len() > 8, "{lines:?}");
    for line in lines {
        let mut shell = Command::new("/bin/sh");
        shell.env_clear().envs(own.command("root.token").get_envs().filter_map(|(k, v)| Some((k, v?))));
        shell.env("PATH", &path).current_dir(own.folder.path()).args(["-c", line]);
        let Ended { status, out, err } = run(&mut shell, b"");
        let wanted = line.split_once("# refused, exit status ").map_or("0", |(_, status)| status);
        assert_eq!(status.to_string(), wanted, "{line}\n{out}{err}");
        assert_eq!(err.is_empty(), status == 0, "{line}\n{err}");
    }
}
