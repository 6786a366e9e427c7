//! Whether what the folder holds fits together: root record and keyfile, database and pin, audit log.

use std::path::Path;
use std::sync::Arc;

use audit::VerifierKey;
use provider_software::Software;
use root::{Guarded, KekRing, Keyfile, SealedRoot};
use rustix::fs::{Access, access};
use secret::Secret;
use spi::RootOfTrust;
use store_record::{FilePin, Pin, PinState};

use super::Check;
use super::machine::Machine;
use crate::config::{Config, RootKind};
use crate::custody::record;
use crate::offline::progress::{grouped, size};
use crate::system::{StartError, database as database_of};

const RESTORE: &str = "restore the newest backup: keystead backup restore FILE --data-dir NEW";

/// The root record, and whether the keyfile opens it.
pub(super) fn root(config: &Config) -> Check {
    const NAME: &str = "root of trust";
    let path = config.data_dir.join("root.json");
    if !path.exists() {
        return if database_of(config).exists() {
            Check::fail(NAME, "there is a database but no root.json", RESTORE)
        } else {
            Check::warn(NAME, "nothing is initialised here", "run `keystead init`")
        };
    }
    match opens(&path, config) {
        Err(e) => Check::fail(NAME, e.0, "put back root.json and the keyfile that belongs to it"),
        Ok(found) => Check::ok(NAME, found),
    }
}

/// Unwraps the system's key and forgets it, where a keyfile opens it; says what was found.
fn opens(path: &Path, config: &Config) -> Result<String, StartError> {
    let SealedRoot { guarded, system } = record::read(path)?;
    match (guarded, config.root) {
        (Guarded::Keyfile, RootKind::Keyfile) => {
            let secret = by_keyfile(config)?;
            let ring = KekRing::new(Arc::new(Software::new()));
            let opened = ring.unseal(&secret, &system);
            opened.map_err(StartError::while_doing("the keyfile does not open root.json"))?;
            ring.seal_system();
            Ok("the keyfile opens root.json".to_owned())
        }
        (Guarded::Shamir(split), RootKind::Shamir { .. }) => {
            let terms = split.terms();
            let (threshold, count) = (terms.threshold(), terms.count());
            Ok(format!("root.json is whole; {threshold} of {count} custodians' shares open it"))
        }
        (guarded, _) => Err(StartError(format!(
            "root.json is for `{}`, the configuration's root.kind is another",
            guarded.kind()
        ))),
    }
}

fn by_keyfile(config: &Config) -> Result<Secret<[u8; 32]>, StartError> {
    // The keyfile answers at once: no device and no people are behind it.
    let keyfile = Keyfile::at(&config.keyfile);
    let secret = std::pin::pin!(keyfile.secret());
    match secret.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(secret) => secret.map_err(StartError::while_doing("root of trust")),
        std::task::Poll::Pending => Err(StartError("the keyfile did not answer".to_owned())),
    }
}

/// The database's schema and structure.
pub(super) fn database(config: &Config) -> Check {
    const NAME: &str = "database";
    let path = database_of(config);
    if !path.exists() {
        return Check::warn(NAME, "there is none yet", "run `keystead init`");
    }
    match store_sqlite::examine(&path) {
        Ok(found) => Check::ok(NAME, format!("schema {}, every page whole", found.schema)),
        Err(e) => Check::fail(NAME, e.to_string(), RESTORE),
    }
}

/// The pin must be there, of this installation, and not ahead.
pub(super) fn pin(config: &Config) -> Check {
    const NAME: &str = "pin";
    if !database_of(config).exists() {
        return Check::ok(NAME, "none is needed yet");
    }
    // Read before the database, which only goes on from there.
    let pinned = FilePin::new(config.data_dir.join("pin")).load();
    let found = store_sqlite::examine(&database_of(config));
    match (pinned, found) {
        (Err(e), _) => Check::fail(NAME, format!("it cannot be read: {e}"), "put back the pin file"),
        (Ok(None), _) => Check::fail(
            NAME,
            "the pin file is gone: nothing can tell whether the database is yesterday's",
            "put it back, or trust the database as it is with `keystead server --accept-rollback`",
        ),
        (Ok(Some(_)), Err(_)) => Check::warn(NAME, "there is no sound database to compare it with", RESTORE),
        (Ok(Some(pinned)), Ok(found)) => compare(&pinned, &found),
    }
}

fn compare(pinned: &PinState, found: &store_sqlite::Examined) -> Check {
    const NAME: &str = "pin";
    if found.installation.as_deref() != Some(pinned.installation.as_slice()) {
        return Check::fail(NAME, "it belongs to another installation", "put back the pin file of this one");
    }
    if pinned.revision > found.revision {
        let what =
            format!("the database is at change {}, {} was acknowledged", found.revision, pinned.revision);
        let hint = "find the newer database; to lose what came between, `keystead server --accept-rollback`";
        return Check::fail(NAME, what, hint);
    }
    Check::ok(NAME, format!("change {} of {}", pinned.revision, found.revision))
}

/// Every record, up to the last checkpoint.
pub(super) fn audit_log(config: &Config) -> Check {
    const NAME: &str = "audit log";
    let dir = config.data_dir.join("audit");
    if !dir.exists() {
        return Check::warn(NAME, "there is none yet", "run `keystead init`");
    }
    let hint = format!("keep the folder as it is, and run `keystead audit verify {}`", dir.display());
    match verify(&dir) {
        Err(e) => Check::fail(NAME, e.0, hint),
        Ok(report) => match report.findings.first() {
            Some(finding) => Check::fail(NAME, format!("{}: {}", finding.file, finding.what), hint),
            None => Check::ok(
                NAME,
                format!(
                    "{} records, {} of them signed for, nothing altered",
                    grouped(report.size),
                    grouped(report.signed)
                ),
            ),
        },
    }
}

fn verify(dir: &Path) -> Result<audit::Report, StartError> {
    let crypto = Software::new();
    let path = dir.join("audit.pub");
    let text = std::fs::read_to_string(&path).map_err(StartError::while_doing(path.display()))?;
    let key = VerifierKey::parse(text.trim(), &crypto).map_err(StartError::while_doing(path.display()))?;
    audit::verify(dir, &key, None, &crypto).map_err(StartError::while_doing(dir.display()))
}

/// Whether the log can go on: a log that cannot be written stops every command.
pub(super) fn audit_folder(config: &Config, machine: &Machine) -> Check {
    const NAME: &str = "audit folder";
    let audit = config.data_dir.join("audit");
    let dir = if audit.exists() { &audit } else { &config.data_dir };
    if let Err(e) = access(dir, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        let hint = "give it to the server's user, on a file system that is mounted for writing";
        return Check::fail(NAME, format!("{} cannot be written: {e}", dir.display()), hint);
    }
    let wanted = config.segment_bytes.saturating_mul(2);
    match (machine.free)(dir) {
        Err(e) => Check::fail(NAME, format!("{}: {e}", dir.display()), "look at its file system"),
        Ok(free) if free < wanted => Check::warn(
            NAME,
            format!("{} free, the next two segments take {}", size(free), size(wanted)),
            "make space: without it commands are refused once the preallocated segments are full",
        ),
        Ok(_) => {
            Check::ok(NAME, format!("writable, with space for the next two segments ({})", size(wanted)))
        }
    }
}
