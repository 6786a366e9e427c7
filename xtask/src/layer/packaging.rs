//! The package and its unit: the unit's exposure is bounded, and what the package holds runs and is described.

use std::fs;
use std::path::Path;

use super::Context;
use crate::failure::{Failure, Outcome};
use crate::shell::{say, step};
use crate::{deb, install};

/// Ten times the exposure that `systemd-analyze security` may find at most.
const EXPOSURE: &str = "15";

pub(super) fn run(context: &Context) -> Outcome {
    let has_systemd = step("systemd-analyze").arg("--version").succeeds();
    install::debian(has_systemd && step("objdump").arg("--version").succeeds(), &["systemd", "binutils"])?;
    let unit = context.root.join("packaging/systemd/keystead.service");
    let arguments = ["security", "--no-pager", "--offline=true", "--threshold"];
    let rated = step("systemd-analyze").args(arguments).arg(EXPOSURE).arg(&unit).read()?;
    say(rated.lines().last().unwrap_or_default());
    // Built already by the layers before, with the profile that all tests share.
    step("cargo")
        .args(["build", "--profile", "ci", "--locked", "-p", "keystead"])
        .within(&context.root)
        .run()?;
    let package = deb::pack(&context.root, &install::target(&context.root).join("ci/keystead"))?;
    unpacked(&package, &install::target(&context.root).join("deb/unpacked"))
}

/// Looks into a package as an installation would.
fn unpacked(package: &Path, folder: &Path) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Failure::while_doing(folder.display()))?;
    }
    step("dpkg-deb").arg("--extract").arg(package).arg(folder).run()?;
    let program = folder.join("usr/bin/keystead");
    let said = step(&program).arg("--version").read()?;
    let settings = folder.join("etc/keystead/keystead.toml");
    step(&program).arg("--config").arg(settings).args(["config", "check"]).run()?;
    for (path, at_least) in [("usr/share/man/man1", 40), ("usr/share/bash-completion/completions", 1)] {
        let found = fs::read_dir(folder.join(path)).map_err(Failure::while_doing(path))?.count();
        if found < at_least {
            return Err(Failure::new(format!("the package has {found} files in {path}, not {at_least}")));
        }
    }
    let fields =
        step("dpkg-deb").arg("--field").arg(package).args(["Package", "Version", "Depends"]).read()?;
    say(&format!("{}{fields}", said));
    Ok(())
}
