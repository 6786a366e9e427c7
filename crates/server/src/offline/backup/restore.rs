//! `backup restore`: a data folder out of a backup, opened row by row before it is called one.
//!
//! The records of the old audit log are not in the backup, so a new log begins, with a key of its own. Its first
//! record tells of the restore and stands at the commit after which the database's outbox begins, so that the server
//! takes up both without a gap.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use audit::Log;
use domain::{AuditRecord, Decision, Dialect, Outcome, RequestId, Subject, Target, Timestamp};
use provider_software::Software;
use spi::{AuditError, AuditLog, Clock, CommitSink, Entropy, Fence, OutboxEntry};
use store_record::{FilePin, Pin, PinState};

use super::format::{AUDIT_KEY, Backup, CHECKPOINT, DATABASE, ROOT};
use super::verify::{Checked, check, state_text, unpack};
use super::{AtHand, RestoreArgs, temporary_in};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::files;
use crate::offline::progress::{Progress, grouped};
use crate::system::{StartError, log_config};

/// Where the old audit log's public key and checkpoint are left.
const BEFORE: &str = "before-restore";
/// About how many bytes the record of a restore takes.
const RECORD: usize = 2048;

/// Restores, and says what comes next.
pub(super) async fn restore(config: &Config, args: &RestoreArgs) -> Result<String, StartError> {
    let keyfile = args.keyfile.as_ref().unwrap_or(&config.keyfile);
    let at_hand = AtHand { keyfile: keyfile.clone(), shares: args.shares.clone() };
    let mut backup = Backup::open(&args.file)?;
    empty_folder(&args.data_dir)?;
    let stage = temporary_in(&args.data_dir)?;
    let mut progress = Progress::new();
    unpack(&mut backup, stage.path(), &mut progress)?;
    let checked = check(&backup, stage.path(), &at_hand, &mut progress).await?;
    drop(progress);
    let state = &checked.holdings.state;
    compare(state, args)?;
    begin_log(config, stage.path(), &backup, state, args.accept_rollback).await?;
    let mut pin = FilePin::new(stage.path().join("pin"));
    pin.store(state).map_err(StartError::while_doing("pin"))?;
    settle(stage.path(), &args.data_dir).map_err(StartError::while_doing(args.data_dir.display()))?;
    Ok(said(args, &backup, &checked, &at_hand))
}

fn empty_folder(dir: &Path) -> Result<(), StartError> {
    let failed = || StartError::while_doing(dir.display());
    files::private_dir(dir).map_err(failed())?;
    match fs::read_dir(dir).map_err(failed())?.next() {
        None => Ok(()),
        Some(_) => Err(StartError(format!("{} is not empty: restore into a new folder", dir.display()))),
    }
}

/// Refuses a backup that is older than the pin, or of another timeline.
fn compare(state: &PinState, args: &RestoreArgs) -> Result<(), StartError> {
    let Some(path) = &args.pin else { return Ok(()) };
    let pinned = FilePin::new(path).load().map_err(StartError::while_doing(path.display()))?;
    let pinned = pinned.ok_or_else(|| StartError(format!("there is no pin {}", path.display())))?;
    if pinned.installation != state.installation {
        return Err(StartError(format!("{} belongs to another installation", path.display())));
    }
    let forked = pinned.revision == state.revision && pinned.digest != state.digest;
    if (pinned.revision > state.revision || forked) && !args.accept_rollback {
        return Err(StartError(format!(
            "the backup is older than the pin: it ends with {}, and {} was acknowledged.\n\
             Restoring it undoes what came between: destroyed keys come back, revoked rights hold again.\n\
             Find a newer backup, or accept the loss with --accept-rollback",
            state_text(state),
            state_text(&pinned)
        )));
    }
    Ok(())
}

/// Begins the new audit log.
async fn begin_log(
    config: &Config,
    stage: &Path,
    backup: &Backup,
    state: &PinState,
    accepted: bool,
) -> Result<(), StartError> {
    const DOING: &str = "the new audit log";
    let config = Config { data_dir: stage.to_owned(), ..config.clone() };
    let (crypto, clock) = (Arc::new(Software::new()), Arc::new(SystemClock::default()));
    let log = Log::open(log_config(&config), crypto.clone(), clock.clone())
        .map_err(StartError::while_doing(DOING))?;
    let entropy: &dyn Entropy = &*crypto;
    let now = clock.now();
    let record = record(RequestId::at(now, entropy.bytes()), now, backup, state, accepted);
    write_first(&log, state.audit, record).await.map_err(StartError::while_doing(DOING))?;
    log.close().await.map_err(StartError::while_doing(DOING))
}

async fn write_first(log: &Log, sequence: u64, record: AuditRecord) -> Result<(), AuditError> {
    if sequence > 0 {
        return log.committed(vec![OutboxEntry { sequence, record }]).await;
    }
    // The outbox holds everything from the first commit on.
    let ticket = log.ticket(RECORD)?;
    let appended = log.append(ticket, Fence::default(), record).await;
    appended.map(drop).map_err(|e| AuditError { why: format!("{e:?}") })
}

/// Nobody is authenticated here; the record says so.
fn record(id: RequestId, at: Timestamp, backup: &Backup, state: &PinState, accepted: bool) -> AuditRecord {
    let installation = hex::encode(state.installation);
    let said = [
        ("backup_made", backup.header.created.rfc3339()),
        ("backup_sealed", backup.header.sealed.to_string()),
        ("commit", state.sequence.to_string()),
        ("change", state.revision.to_string()),
        ("accept_rollback", accepted.to_string()),
    ];
    AuditRecord {
        id,
        at,
        subject: Subject::default(),
        dialect: Dialect::Native,
        operation: Cow::Borrowed("RestoreBackup"),
        actions: Vec::new(),
        account: None,
        account_number: None,
        tenant: None,
        target: Some(Target {
            versions: Vec::new(),
            kind: Cow::Borrowed("installation"),
            id: installation,
            version: None,
            state: None,
        }),
        also: Vec::new(),
        items: None,
        failed: None,
        context: said.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        decision: Decision::NotReached,
        outcome: Outcome::Success,
        dry_run: false,
        fips_approved: None,
        micros: 0,
        epochs: Vec::new(),
        raised: Vec::new(),
    }
}

/// Moves everything to its place in an order that no server starts from before the last step: a database without a
/// root record is refused, and one without a pin too.
fn settle(stage: &Path, dir: &Path) -> std::io::Result<()> {
    files::private_dir(&stage.join(BEFORE))?;
    fs::rename(stage.join(AUDIT_KEY), stage.join(BEFORE).join(AUDIT_KEY))?;
    fs::rename(stage.join(CHECKPOINT), stage.join(BEFORE).join(CHECKPOINT))?;
    for name in [DATABASE, "audit", BEFORE, ROOT, "pin"] {
        fs::rename(stage.join(name), dir.join(name))?;
        fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}

fn said(args: &RestoreArgs, backup: &Backup, checked: &Checked, at_hand: &AtHand) -> String {
    let (dir, state) = (args.data_dir.display(), &checked.holdings.state);
    let newest = match (&args.pin, args.accept_rollback) {
        (Some(_), false) => "it is as new as the pin",
        (Some(_), true) => "the pin was overruled with --accept-rollback",
        (None, _) => "no pin was given, so nothing here can tell whether a newer state was acknowledged",
    };
    let root = if at_hand.shares.is_empty() {
        let keyfile = at_hand.keyfile.display();
        format!(
            "let the server find the keyfile: --set root.keyfile={keyfile}, or copy it to {dir}/root.key with mode 0600"
        )
    } else {
        "set root.kind=shamir; after the start its custodians unseal it with `keystead unseal`".to_owned()
    };
    format!(
        "restored {dir}: {} rows, {}, as of {}\n{newest}\n\n\
         what comes next:\n\
         1. {root}\n\
         2. start it: keystead server --set data_dir={dir}\n\
         3. do again what was done after commit {}: destroyed keys are back, revoked rights hold again\n\
         4. a new audit log began in {dir}/audit; ship its audit.pub. The old log, wherever it was kept, verifies with\n   keystead audit verify OLD --key {dir}/{BEFORE}/{AUDIT_KEY} --checkpoint {dir}/{BEFORE}/{CHECKPOINT}\n\
         5. certificates are not in a backup: put yours back, or let clients trust the new authority in {dir}/tls/ca.pem\n",
        grouped(checked.holdings.live()),
        state_text(state),
        backup.header.created.rfc3339(),
        state.sequence
    )
}
