//! The nearest command for a misspelled one. Clap finds those that look alike, but not letters that changed places in a
//! short word, as in `kye`.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};

/// Most edits between what was typed and what was meant.
const EDITS: usize = 2;

/// Adds the nearest command to clap's complaint, if clap found none itself.
pub(super) fn nearest(mut error: clap::Error, root: &clap::Command, given: &[OsString]) -> clap::Error {
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    if error.get(ContextKind::SuggestedSubcommand).is_some() {
        return error;
    }
    let Some(near) = near(wrong, parent(root, wrong, given)) else { return error };
    error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![near]));
    error
}

/// The command among whose own the wrong word was looked for.
fn parent<'a>(root: &'a clap::Command, wrong: &str, given: &[OsString]) -> &'a clap::Command {
    let before = given.iter().skip(1).filter_map(|word| word.to_str()).take_while(|word| *word != wrong);
    before.fold(root, |at, word| at.find_subcommand(word).unwrap_or(at))
}

fn near(wrong: &str, parent: &clap::Command) -> Option<String> {
    let edits = |name: &str| strsim::damerau_levenshtein(wrong, name);
    let names = parent.get_subcommands().map(clap::Command::get_name);
    // A word that shares too little with a short name was not meant to be it.
    let close = names.filter(|name| edits(name) <= EDITS.min(name.len() / 2));
    close.min_by_key(|name| edits(name)).map(str::to_owned)
}
