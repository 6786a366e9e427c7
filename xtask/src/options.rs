//! The options of `cargo xtask test`, read by hand: two flags need no parser crate.

use crate::failure::{Failure, Outcome};
use crate::layer::LAYERS;

/// Which layers to run.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// Only the layers of the inner loop.
    pub(crate) fast: bool,
    /// Only these, by name; empty means all.
    pub(crate) layers: Vec<String>,
}

impl Options {
    pub(crate) fn wants(&self, name: &str, is_fast: bool) -> bool {
        let named = self.layers.is_empty() || self.layers.iter().any(|layer| layer == name);
        named && (is_fast || !self.fast)
    }
}

pub(crate) fn parse(words: &[String]) -> Outcome<Options> {
    let mut options = Options::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--fast" => options.fast = true,
            "--layer" => options.layers.push(known(words.next())?),
            other => {
                return Err(Failure::new(format!("unknown option `{other}`: use --fast or --layer NAME")));
            }
        }
    }
    Ok(options)
}

fn known(name: Option<&String>) -> Outcome<String> {
    let name = name.ok_or_else(|| Failure::new("--layer needs a name"))?;
    if LAYERS.iter().any(|layer| layer.name == name) {
        return Ok(name.clone());
    }
    let names: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    Err(Failure::new(format!("no layer `{name}`: there are {}", names.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Outcome<Options> {
        parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn no_option_means_every_layer() {
        let options = read("").unwrap();
        assert!(LAYERS.iter().all(|layer| options.wants(layer.name, layer.fast)));
    }

    #[test]
    fn fast_keeps_the_inner_loop_only() {
        let options = read("--fast").unwrap();
        let kept: Vec<&str> = LAYERS
            .iter()
            .filter(|layer| options.wants(layer.name, layer.fast))
            .map(|layer| layer.name)
            .collect();
        assert_eq!(kept, ["fmt", "tidy", "clippy", "unit"]);
    }

    #[test]
    fn named_layers_add_up() {
        let options = read("--layer fmt --layer tree").unwrap();
        assert!(options.wants("fmt", true) && options.wants("tree", false) && !options.wants("unit", true));
    }

    #[test]
    fn unknown_words_are_refused() {
        for line in ["--layer", "--layer nonsense", "--slow", "fmt"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
