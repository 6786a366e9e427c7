//! Generated and golden files cannot drift: a run that starts on a clean tree ends on one.

use std::path::Path;

use super::Context;
use crate::failure::{Failure, Outcome};
use crate::shell::{say, step};

pub(super) fn run(context: &Context) -> Outcome {
    if !context.was_clean {
        say("skipped: the tree had changes before the run");
        return Ok(());
    }
    match changes(&context.root)? {
        changes if changes.is_empty() => Ok(()),
        changes => {
            Err(Failure::new(format!("the run changed these files; commit or ignore them:\n{changes}")))
        }
    }
}

/// Whether git sees no change; false where git cannot tell.
pub(crate) fn is_clean(root: &Path) -> bool {
    changes(root).is_ok_and(|changes| changes.is_empty())
}

fn changes(root: &Path) -> Outcome<String> {
    step("git").args(["status", "--porcelain"]).within(root).read()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::{env, fs, process};

    use super::*;

    #[test]
    fn a_file_left_behind_fails_only_a_run_that_began_clean() {
        let root = env::temp_dir().join(format!("keystead-xtask-clean-{}", process::id()));
        fs::create_dir_all(&root).unwrap();
        step("git").args(["init", "-q"]).within(&root).read().unwrap();
        let context = |was_clean| Context { root: root.clone(), tally: Mutex::default(), was_clean };
        assert!(is_clean(&root));
        assert!(run(&context(true)).is_ok());
        fs::write(root.join("left"), "behind").unwrap();
        let (began_clean, began_dirty) = (run(&context(true)), run(&context(false)));
        fs::remove_dir_all(&root).unwrap();
        assert!(began_clean.unwrap_err().to_string().contains("left"));
        assert!(began_dirty.is_ok());
    }
}
