//! `backup create`: beside a running server, which is not asked and does not wait.

use std::path::Path;

use rustix::fs::{CWD, RenameFlags};
use spi::Clock;
use store_record::{FilePin, Holdings, Pin, PinState};

use super::format::{AUDIT_KEY, CHECKPOINT, DATABASE, Header, ROOT};
use super::{AtHand, CreateArgs, Unsealed, folder_of, inspect, kinds, temporary_in, unseal};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::files;
use crate::offline::progress::{Progress, grouped, size};
use crate::system::{StartError, database};

/// Writes a backup: whole under its name, or not at all.
pub(super) async fn create(config: &Config, args: &CreateArgs) -> Result<String, StartError> {
    if args.to.exists() {
        return Err(StartError(format!("{} is there already; a backup replaces nothing", args.to.display())));
    }
    let folder = folder_of(&args.to);
    let dir = temporary_in(folder)?;
    let at_hand = AtHand { keyfile: config.keyfile.clone(), shares: args.shares.clone() };
    let mut progress = Progress::new();
    // Before the database: the pin never passes what the database holds, so the copy is at least as new.
    let pin = FilePin::new(config.data_dir.join("pin"));
    let pinned = pin.load().map_err(StartError::while_doing("pin"))?;
    gather(config, dir.path(), &mut progress)?;
    let unsealed = unseal(&dir.path().join(ROOT), &at_hand).await;
    let held = match &unsealed {
        Ok(unsealed) => Some(inspect(&dir.path().join(DATABASE), unsealed, &mut progress).await?),
        Err(_) => None,
    };
    let state = state(held.as_ref(), pinned)?;
    let header = Header::over(dir.path(), SystemClock::default().now(), state, held.is_some())
        .map_err(StartError::while_doing("backup"))?;
    write(&header, dir.path(), unsealed.as_ref().ok(), &args.to, &mut progress)?;
    drop(progress);
    Ok(said(args, &header, held.as_ref(), unsealed.as_ref().err()))
}

/// Copies all parts into a folder.
fn gather(config: &Config, dir: &Path, progress: &mut Progress) -> Result<(), StartError> {
    let source = database(config);
    if !source.exists() {
        return Err(StartError(format!("there is no database {}", source.display())));
    }
    let mut show = |done, all| progress.show("copying the database", done, all, "");
    let copied = store_sqlite::copy(&source, &dir.join(DATABASE), &mut show);
    copied.map_err(StartError::while_doing(source.display()))?;
    let audit = config.data_dir.join("audit");
    part(&config.data_dir.join(ROOT), &dir.join(ROOT))?;
    part(&audit.join("audit.pub"), &dir.join(AUDIT_KEY))?;
    match audit.join("checkpoint") {
        newest if newest.exists() => part(&newest, &dir.join(CHECKPOINT)),
        // Nothing was signed yet.
        _ => files::write_private(&dir.join(CHECKPOINT), b"").map_err(StartError::while_doing(CHECKPOINT)),
    }
}

fn part(from: &Path, to: &Path) -> Result<(), StartError> {
    let bytes = std::fs::read(from).map_err(StartError::while_doing(from.display()))?;
    files::write_private(to, &bytes).map_err(StartError::while_doing(to.display()))
}

fn state(held: Option<&Holdings>, pinned: Option<PinState>) -> Result<PinState, StartError> {
    let Some(held) = held else {
        return pinned.ok_or_else(|| StartError("there is neither a keyfile nor a pin".to_owned()));
    };
    match pinned {
        Some(pin) if pin.installation != held.state.installation => {
            Err(StartError("the pin belongs to another installation than the database".to_owned()))
        }
        Some(pin) if pin.revision > held.state.revision => Err(StartError(format!(
            "the database is older than its pin (change {} of {}): it was put back from somewhere",
            held.state.revision, pin.revision
        ))),
        _ => Ok(held.state),
    }
}

fn write(
    header: &Header,
    dir: &Path,
    unsealed: Option<&Unsealed>,
    to: &Path,
    progress: &mut Progress,
) -> Result<(), StartError> {
    let failed = || StartError::while_doing(to.display());
    let (staged, all) = (dir.join("backup"), header.bytes());
    let mut file = files::new_private(&staged).map_err(failed())?;
    let mut show = |done| progress.show("writing", done, all, "");
    header.write(dir, unsealed.map(|u| &u.root), &mut file, &mut show).map_err(failed())?;
    // A file that came in between is not replaced either.
    rustix::fs::renameat_with(CWD, &staged, CWD, to, RenameFlags::NOREPLACE)
        .map_err(StartError::while_doing(to.display()))?;
    std::fs::File::open(folder_of(to)).and_then(|folder| folder.sync_all()).map_err(failed())
}

fn said(
    args: &CreateArgs,
    header: &Header,
    held: Option<&Holdings>,
    sealed_not: Option<&StartError>,
) -> String {
    let made = format!("made {}, {}\n", args.to.display(), size(header.bytes()));
    let kept = "keep the keyfile in another place: whoever has both has every key\n";
    match (held, sealed_not) {
        (Some(held), _) => format!(
            "{made}as of commit {}: {} rows, every one opened and counted ({})\nsealed with the root of trust\n{kept}",
            held.state.sequence,
            grouped(held.live()),
            kinds(held)
        ),
        (None, why) => format!(
            "{made}as of commit {} or later; not opened and not sealed, for the root of trust was not at hand{}\n\
             its digests tell accidents, not malice; check it with `keystead backup verify --keyfile`\n{kept}",
            header.state.sequence,
            why.map_or_else(String::new, |why| format!(" ({why})")),
        ),
    }
}
