//! The files that tidy reads, held in memory so that a rule is a function and a test can make a tree.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, iter};

use crate::failure::{Failure, Outcome};
use crate::source::Source;

/// The folders with our own sources.
const FOLDERS: [&str; 4] = ["crates", "xtask", "bench", "fuzz"];
/// Single files that rules look at.
const FILES: [&str; 4] = ["Cargo.toml", "Cargo.lock", "ARCHITECTURE.md", "deny.toml"];

/// Path (from the workspace's folder, forward slashes) to text.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
    sources: Vec<Source>,
}

/// A parsed `Cargo.toml`.
pub(crate) struct Manifest {
    /// The folder it stands in.
    pub(crate) folder: String,
    pub(crate) table: toml::Table,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> Outcome<Self> {
        let mut files = BTreeMap::new();
        for name in FILES.iter().filter(|name| root.join(name).exists()) {
            files.insert((*name).to_owned(), text(&root.join(name))?);
        }
        for folder in FOLDERS.iter().filter(|folder| root.join(folder).exists()) {
            walk(root, &root.join(folder), &mut files)?;
        }
        Ok(Self::new(files))
    }

    pub(crate) fn new(files: BTreeMap<String, String>) -> Self {
        let rust = files.iter().filter(|(path, _)| path.ends_with(".rs"));
        let sources = rust.map(|(path, text)| Source::new(path, text)).collect();
        Self { files, sources }
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self::new(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    pub(crate) fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }

    /// Every manifest below one of our folders; one that does not parse is cargo's to report.
    pub(crate) fn manifests(&self) -> Vec<Manifest> {
        let parse = |(path, text): (&String, &String)| {
            let folder = path.strip_suffix("/Cargo.toml")?.to_owned();
            Some(Manifest { folder, table: text.parse().ok()? })
        };
        self.files.iter().filter_map(parse).collect()
    }

    /// The workspace's own manifest.
    pub(crate) fn workspace(&self) -> toml::Table {
        self.file("Cargo.toml").and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Outcome {
    for entry in fs::read_dir(folder).map_err(Failure::while_doing(folder.display()))? {
        let path = entry.map_err(Failure::while_doing(folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir()
            && !name.starts_with('.')
            && !["target", "artifacts", "corpus"].contains(&name.as_str())
        {
            walk(root, &path, files)?;
        } else if [".rs", ".toml", ".md", ".txt"].iter().any(|end| name.ends_with(end)) && path.is_file() {
            files.insert(relative(root, &path), text(&path)?);
        }
    }
    Ok(())
}

fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn text(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(Failure::while_doing(path.display()))
}

/// `folder` joined with `path`, `..` resolved: manifests name their neighbours so.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(iter::once(path).flat_map(|path| path.split('/'))) {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved() {
        assert_eq!(join("crates/store/sqlite", "../record"), "crates/store/record");
        assert_eq!(join("", "crates/api"), "crates/api");
    }
}
