//! `config show`.

use std::fmt::Write as _;

use crate::config::{Layered, SETTINGS};

/// Every setting, one a line, as it would stand in a file.
pub(crate) fn show(layers: &Layered, origin: bool) -> String {
    let mut text = String::new();
    for setting in SETTINGS {
        let (value, from) = layers.get(setting.key);
        let note = if origin { from.to_string() } else { setting.help.to_owned() };
        let _ = writeln!(text, "{:<28} {:<24} # {note}", setting.key, format!("= {value:?}"));
    }
    text
}
