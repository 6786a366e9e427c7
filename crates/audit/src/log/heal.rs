//! After a failed write or sync the file is never trusted again: what was not durable is given up, what was is read
//! back and compared, and the log goes on in a fresh segment (ARCHITECTURE §7). Until then everything is refused.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use spi::{AppendError, AuditError};
use tracing::{error, info};

use super::placer::Placer;
use super::shared::Message;
use super::syncs::{Job, Reach};
use crate::line::Parsed;
use crate::reader::Lines;
use crate::util::{lock, size};

impl Placer {
    /// Goes on in a fresh segment, however long that takes; returns without one only when the log is closed.
    pub(super) fn heal(&mut self) {
        let why = self.shared.why();
        error!("audit log: segment {} is given up: {why}", self.tip.segment.number);
        self.give_up(&why);
        let retry = Duration::from_millis(self.shared.config.retry_millis.max(1));
        while let Err(why) = self.go_on() {
            error!("audit log: not yet writable again: {why}");
            self.shared.refuse(&why);
            self.refuse_for(retry, &why);
            if self.closing.is_some() {
                return;
            }
        }
        info!("audit log: writing again, in segment {}", self.tip.segment.number);
    }

    /// Tells everybody who waits, and goes back to what is durable.
    fn give_up(&mut self, why: &str) {
        self.batch.clear();
        std::mem::take(&mut self.waiters).into_iter().for_each(|waiter| waiter.fail(why));
        std::mem::take(&mut self.due).into_iter().for_each(|due| due.fail(why));
        // What was written whole before may still become durable.
        self.syncs.submit(Job {
            segment: Arc::clone(&self.tip.segment),
            reach: self.tip.written,
            waiters: Vec::new(),
            due: Vec::new(),
        });
        self.syncs.settle();
        self.go_back(self.syncs.durable());
        self.shared.space.fetch_sub(std::mem::take(&mut self.left), Ordering::AcqRel);
        self.unsynced_since = None;
        self.unsynced_bytes = 0;
    }
}

impl Placer {
    fn go_back(&mut self, durable: Reach) {
        let tip = &mut self.tip;
        tip.leaves.truncate(size(durable.leaves.saturating_sub(tip.base.size())));
        tip.tree = tip.base.clone();
        for leaf in &tip.leaves {
            tip.tree.push(self.shared.crypto.as_ref(), *leaf, |_, _| {});
        }
        tip.commit = durable.commit;
        tip.commits.retain(|(sequence, _)| *sequence <= durable.commit);
        tip.written = durable;
        self.signed_size = lock(&self.shared.signed).as_ref().map_or(0, |signed| signed.size);
        self.shared.uses.go_back(durable.leaves);
        self.shared.visible.store(durable.leaves, Ordering::Release);
    }

    fn go_on(&mut self) -> Result<(), String> {
        self.read_back()?;
        let spare = lock(&self.shared.spare).take();
        let spare = spare.ok_or("no fresh segment could be made yet")?;
        self.begin(spare, true)?;
        self.syncs.restart(self.tip.reach());
        self.shared.accept();
        Ok(())
    }

    /// Whether the durable records stand in the file as they were written.
    fn read_back(&self) -> Result<(), String> {
        let tip = &self.tip;
        let unread = |e: std::io::Error| format!("segment {} does not read back: {e}", tip.segment.number);
        let file = self.shared.config.files.open(&tip.segment.path).map_err(unread)?;
        let mut lines = Lines::new(file.as_ref());
        if !tip.leaves.is_empty() {
            lines.next_line().map_err(unread)?;
        }
        for (n, leaf) in (tip.base.size()..).zip(&tip.leaves) {
            let line = lines.next_line().map_err(unread)?.unwrap_or_default();
            let same =
                Parsed::read(self.shared.crypto.as_ref(), line).is_some_and(|p| (p.n, p.leaf) == (n, *leaf));
            if !same {
                return Err(format!(
                    "record {n}, acknowledged as durable, is lost: put back a copy of the log"
                ));
            }
        }
        Ok(())
    }

    fn refuse_for(&mut self, time: Duration, why: &str) {
        let micros = || self.shared.clock.monotonic_micros();
        let (start, whole) = (micros(), u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        while self.closing.is_none() {
            let left = whole.saturating_sub(micros().saturating_sub(start));
            let Ok(message) = self.inbox.recv_timeout(Duration::from_micros(left)) else { return };
            let error = AuditError { why: why.to_owned() };
            match message {
                Message::Use { reply, .. } => drop(reply.send(Err(AppendError::Unavailable(error)))),
                Message::Commit { reply, .. } | Message::Checkpoint(reply) => drop(reply.send(Err(error))),
                Message::Broken => {}
                Message::Close(reply) => self.closing = Some(reply),
            }
        }
    }
}
