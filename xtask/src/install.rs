//! Puts what a layer needs on the machine: Debian packages, and Python packages into `.venv`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::failure::{Failure, Outcome};
use crate::shell::{say, step};

/// Installs `packages` unless `present` already holds.
pub(crate) fn debian(present: bool, packages: &[&str]) -> Outcome {
    if present {
        return Ok(());
    }
    if !is_root() {
        let names = packages.join(" ");
        return Err(Failure::new(format!(
            "Debian packages are missing: install `{names}` as root, then run again"
        )));
    }
    let quiet = |words: &[&str]| step("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive").run();
    quiet(&["update", "-qq"])?;
    quiet(&[["install", "-y", "-qq", "--no-install-recommends"].as_slice(), packages].concat())
}

/// Whether this process runs as root.
pub(crate) fn is_root() -> bool {
    step("id").arg("-u").read().is_ok_and(|id| id.trim() == "0")
}

/// The project's own Python with `requirements` in it; filled again only when that file changes.
pub(crate) fn python(root: &Path, requirements: &Path) -> Outcome<PathBuf> {
    python_in(&root.join(".venv"), requirements)
}

/// A Python in `folder` with `requirements` in it; filled again only when that file changes.
pub(crate) fn python_in(folder: &Path, requirements: &Path) -> Outcome<PathBuf> {
    let python = folder.join("bin/python");
    let wanted = fs::read_to_string(requirements).map_err(Failure::while_doing(requirements.display()))?;
    let stamp = folder.join("requirements.installed");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let has_venv = step("python3").args(["-c", "import venv, ensurepip"]).succeeds();
    debian(has_venv, &["python3", "python3-venv"])?;
    step("python3").args(["-m", "venv", "--clear"]).arg(folder).run()?;
    step(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(requirements)
        .run()?;
    fs::write(&stamp, wanted).map_err(Failure::while_doing(stamp.display()))?;
    say(&format!("python packages of {} are installed", requirements.display()));
    Ok(python)
}

/// The sources of Python packages, unpacked in `folder`; pip holds each to the hash that `list` has for it.
pub(crate) fn sdists(python: &Path, folder: &Path, list: &Path) -> Outcome {
    let wanted = fs::read_to_string(list).map_err(Failure::while_doing(list.display()))?;
    let stamp = folder.join("sdists.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step("rm").args(["-rf", "--"]).arg(folder).run()?;
    step(python)
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--no-build-isolation", "--no-binary", ":all:", "--require-hashes", "-d"])
        .arg(folder)
        .arg("-r")
        .arg(list)
        .run()?;
    step("sh")
        .args(["-c", "for one in *.tar.gz; do tar -xzf \"$one\" || exit 1; done"])
        .within(folder)
        .run()?;
    fs::write(&stamp, wanted).map_err(Failure::while_doing(stamp.display()))
}

/// Where cargo builds: `CARGO_TARGET_DIR`, else `target`.
pub(crate) fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
