//! `cargo xtask deb`: a Debian package of the program, its pages, completions, unit and settings, by `dpkg-deb` alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::{say, step};

/// Where completions go, by shell.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/keystead"),
    ("zsh", "usr/share/zsh/vendor-completions/_keystead"),
    ("fish", "usr/share/fish/vendor_completions.d/keystead.fish"),
];
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

/// Builds the program for release and packs it.
pub(crate) fn run(root: &Path) -> Outcome {
    step("cargo").args(["build", "--release", "--locked", "-p", "keystead"]).within(root).run()?;
    let package = pack(root, &install::target(root).join("release/keystead"))?;
    say(&format!("made {}", package.display()));
    Ok(())
}

/// Packs a built program; gives the package's path.
pub(crate) fn pack(root: &Path, program: &Path) -> Outcome<PathBuf> {
    let out = install::target(root).join("deb");
    let tree = out.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(Failure::while_doing(tree.display()))?;
    }
    let packaging = root.join("packaging");
    copy(program, &tree.join("usr/bin/keystead"), 0o755)?;
    strip(&tree.join("usr/bin/keystead"))?;
    copy(
        &packaging.join("systemd/keystead.service"),
        &tree.join("usr/lib/systemd/system/keystead.service"),
        0o644,
    )?;
    copy(&packaging.join("keystead.toml"), &tree.join("etc/keystead/keystead.toml"), 0o644)?;
    copy(&root.join("LICENSE"), &tree.join("usr/share/doc/keystead/copyright"), 0o644)?;
    beside(program, &tree)?;
    let arch = step("dpkg").arg("--print-architecture").read()?;
    let control = control(&tree, arch.trim())?;
    write(&tree.join("DEBIAN/control"), &control)?;
    write(&tree.join("DEBIAN/conffiles"), "/etc/keystead/keystead.toml\n")?;
    for script in SCRIPTS {
        copy(&packaging.join("deb").join(script), &tree.join("DEBIAN").join(script), 0o755)?;
    }
    let package = out.join(format!("keystead_{}_{}.deb", version(), arch.trim()));
    step("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&tree).arg(&package).run()?;
    Ok(package)
}

/// What the program says of itself: manual pages, compressed as Debian wants them, and completions.
fn beside(program: &Path, tree: &Path) -> Outcome {
    let pages = tree.join("usr/share/man/man1");
    step(program).arg("manual").arg(&pages).run()?;
    step("gzip").args(["-9nr"]).arg(&pages).run()?;
    for (shell, path) in COMPLETIONS {
        write(&tree.join(path), &step(program).args(["completions", shell]).read()?)?;
    }
    Ok(())
}

/// A copy without debug symbols; they are some ten times the program.
fn strip(program: &Path) -> Outcome {
    step("strip").args(["--strip-unneeded"]).arg(program).run()
}

fn control(tree: &Path, arch: &str) -> Outcome<String> {
    let libc = libc_needed(&step("objdump").arg("-T").arg(tree.join("usr/bin/keystead")).read()?)?;
    let kib = step("du").args(["-sk"]).arg(tree).read()?;
    let kib = kib.split_whitespace().next().unwrap_or("0").to_owned();
    Ok(format!(
        "Package: keystead\n\
         Version: {}\n\
         Architecture: {arch}\n\
         Maintainer: The Keystead authors <keystead@localhost>\n\
         Installed-Size: {kib}\n\
         Depends: libc6 (>= {libc}), libgcc-s1\n\
         Section: admin\n\
         Priority: optional\n\
         Description: key management system behind the APIs that applications already speak\n \
         Unmodified clients of AWS KMS and HashiCorp Vault talk to one engine, one\n \
         authorisation decision and one tamper-evident audit log.\n",
        version()
    ))
}

/// The newest version of the C library that a symbol of the program asks for.
fn libc_needed(symbols: &str) -> Outcome<String> {
    let versions = symbols.split("GLIBC_").skip(1).filter_map(|rest| {
        let text: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let numbers: Option<Vec<u32>> = text.split('.').map(|n| n.parse().ok()).collect();
        Some((numbers?, text))
    });
    let newest = versions.max().ok_or_else(|| Failure::new("the program asks for no C library"))?;
    Ok(newest.1)
}

const fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

fn copy(from: &Path, to: &Path, mode: u32) -> Outcome {
    let bytes = fs::read(from).map_err(Failure::while_doing(from.display()))?;
    put(to, &bytes, mode)
}

fn write(to: &Path, text: &str) -> Outcome {
    put(to, text.as_bytes(), 0o644)
}

fn put(to: &Path, bytes: &[u8], mode: u32) -> Outcome {
    let failed = || Failure::while_doing(to.display());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed())?;
    }
    fs::write(to, bytes).map_err(failed())?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode)).map_err(failed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_symbol_decides_and_numbers_are_compared_as_numbers() {
        let symbols = "0000 DF *UND* (GLIBC_2.9) a\n0000 DF *UND* (GLIBC_2.34) b\n0000 (GLIBC_2.4)  c";
        assert_eq!(libc_needed(symbols).unwrap(), "2.34");
        assert!(libc_needed("nothing").is_err());
    }
}
