//! `backup verify`: every byte, and with the keyfile every row.

use std::fmt::Write as _;
use std::path::Path;

use audit::{Checkpoint, VerifierKey};
use provider_software::Software;
use store_record::{Holdings, PinState};

use super::format::{AUDIT_KEY, Backup, CHECKPOINT, DATABASE, ROOT};
use super::{AtHand, VerifyArgs, inspect, kinds, unseal};
use crate::config::Config;
use crate::offline::progress::{Progress, grouped, size};
use crate::system::StartError;

/// What the checks of an unpacked backup found.
pub(super) struct Checked {
    /// What the opened database holds.
    pub(super) holdings: Holdings,
    /// Whether the seal is the root's; `false` if there is none.
    pub(super) sealed: bool,
}

/// Checks a backup and says what was checked.
pub(super) async fn verify(config: &Config, args: &VerifyArgs) -> Result<String, StartError> {
    let mut progress = Progress::new();
    let mut backup = Backup::open(&args.file)?;
    // Not where the backup lies: that may be a medium nobody writes to.
    let made = tempfile::Builder::new().prefix("keystead-verify-").tempdir();
    let dir = made.map_err(StartError::while_doing("a temporary folder"))?;
    unpack(&mut backup, dir.path(), &mut progress)?;
    let audit = audit(dir.path())?;
    let checked = match at_hand(config, args) {
        Some(at_hand) => Some(check(&backup, dir.path(), &at_hand, &mut progress).await?),
        None => None,
    };
    drop(progress);
    Ok(said(&backup, checked.as_ref(), &audit))
}

/// The keyfile that was named, else the configured one if it is there; or shares.
fn at_hand(config: &Config, args: &VerifyArgs) -> Option<AtHand> {
    let (named, shares) = (args.keyfile.clone(), args.shares.clone());
    let anything = named.is_some() || !shares.is_empty() || config.keyfile.exists();
    anything.then(|| AtHand { keyfile: named.unwrap_or_else(|| config.keyfile.clone()), shares })
}

/// Writes all parts into a folder, with progress.
pub(super) fn unpack(backup: &mut Backup, dir: &Path, progress: &mut Progress) -> Result<(), StartError> {
    let all = backup.header.bytes();
    backup.unpack(dir, &mut |done| progress.show("checking digests", done, all, ""))
}

/// Unseals an unpacked backup, checks its seal and opens every row.
pub(super) async fn check(
    backup: &Backup,
    dir: &Path,
    at_hand: &AtHand,
    progress: &mut Progress,
) -> Result<Checked, StartError> {
    let unsealed = unseal(&dir.join(ROOT), at_hand).await?;
    let sealed = backup.check_seal(&unsealed.root)?;
    let holdings = inspect(&dir.join(DATABASE), &unsealed, progress).await?;
    let (said, found) = (&backup.header.state, &holdings.state);
    let older = found.revision < said.revision || found.sequence < said.sequence;
    if found.installation != said.installation || older || (sealed && found != said) {
        return Err(StartError("the database is not the one that the header speaks of".to_owned()));
    }
    Ok(Checked { holdings, sealed })
}

/// The audit log's checkpoint must be signed by its key.
fn audit(dir: &Path) -> Result<Option<Checkpoint>, StartError> {
    let failed = || StartError::while_doing("the audit log's checkpoint");
    let read = |name| std::fs::read_to_string(dir.join(name)).map_err(StartError::while_doing(name));
    let (key, note) = (read(AUDIT_KEY)?, read(CHECKPOINT)?);
    let crypto = Software::new();
    let key = VerifierKey::parse(key.trim(), &crypto).map_err(failed())?;
    if note.is_empty() {
        return Ok(None);
    }
    Checkpoint::open(&note, &key, &crypto).map(Some).map_err(failed())
}

fn said(backup: &Backup, checked: Option<&Checked>, audit: &Option<Checkpoint>) -> String {
    let header = &backup.header;
    let mut text = format!(
        "backup of installation {}\nmade {} by keystead {}\n\n",
        hex::encode(header.state.installation),
        header.created.rfc3339(),
        header.program
    );
    let mut line = |name: &str, what: String| {
        let _ = writeln!(text, "  {name:<11}{what}");
    };
    line("file", format!("{}; every digest matches, so no accident altered it", size(backup.bytes)));
    line("audit log", signed(audit.as_ref()));
    match checked {
        Some(Checked { holdings, sealed }) => {
            line("seal", seal_text(*sealed).to_owned());
            line(
                "database",
                format!("{} rows open and add up to the revision ledger", grouped(holdings.live())),
            );
            line("", kinds(holdings));
            line("state", state_text(&holdings.state));
            text.push_str("\nit can be restored; whether it is the newest, only the pin can tell\n");
        }
        None => {
            line("state", state_text(&header.state) + ", or later");
            text.push_str("\nneither a keyfile nor shares were at hand: nothing was opened, and malice was not ruled out\n");
        }
    }
    text
}

const fn seal_text(sealed: bool) -> &'static str {
    if sealed {
        "this root's: every byte is as a holder of the root wrote it"
    } else {
        "none: the rows vouch for themselves, the header and the audit key do not"
    }
}

fn signed(checkpoint: Option<&Checkpoint>) -> String {
    checkpoint.map_or_else(
        || "nothing was signed yet".to_owned(),
        |note| {
            format!("{} records were signed by then; the records are not in the backup", grouped(note.size))
        },
    )
}

/// Where a database stands.
pub(super) fn state_text(state: &PinState) -> String {
    format!("commit {}, change {}", state.sequence, state.revision)
}
