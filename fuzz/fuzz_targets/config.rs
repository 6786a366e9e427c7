//! Any file, environment and flags: a configuration or an error that says what is wrong, never a silence about a
//! setting that nobody knows.
//!
//! An input is `KEY=VALUE` lines for flags (`-`) and environment (`+`); the rest is the file.
#![no_main]

use std::io::Write;
use std::os::fd::AsRawFd;

use libfuzzer_sys::fuzz_target;

// The rooms below the binary are libraries; what reads its configuration is taken from its source.
#[path = "../../crates/server/src/config/layers.rs"]
#[expect(dead_code, reason = "the server uses the rest")]
mod layers;
#[path = "../../crates/server/src/config/typed.rs"]
#[expect(dead_code, reason = "the server uses the rest")]
mod typed;

pub(crate) use layers::{Layered, SETTINGS};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConfigError(pub(crate) String);

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let (mut flags, mut environment, mut file) = (Vec::new(), Vec::new(), String::new());
    for line in text.lines() {
        match (line.strip_prefix('-'), line.strip_prefix('+').and_then(|rest| rest.split_once('='))) {
            (Some(flag), _) => flags.push(flag.to_owned()),
            (None, Some((name, value))) => environment.push((format!("KEYSTEAD_{name}"), value.to_owned())),
            (None, None) => {
                file.push_str(line);
                file.push('\n');
            }
        }
    }
    let key = |flag: &String| flag.split_once('=').map(|(key, _)| key.trim().to_owned());
    let unknown = flags.iter().filter_map(key).any(|key| !SETTINGS.iter().any(|known| known.key == key));
    let mut memory = tempfile::tempfile().unwrap();
    memory.write_all(file.as_bytes()).unwrap();
    let path = std::path::PathBuf::from(format!("/proc/self/fd/{}", memory.as_raw_fd()));
    match Layered::load(Some(&path), environment.into_iter(), &flags) {
        Ok(layers) => {
            assert!(!unknown, "a setting that nobody knows was passed over");
            if let Err(ConfigError(why)) = typed::Config::from_layers(&layers) {
                assert!(!why.is_empty() && !why.contains('\n'), "{why:?}");
            }
        }
        Err(ConfigError(why)) => assert!(!why.is_empty()),
    }
});
