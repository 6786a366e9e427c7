//! Opening, and coming back after a failure: load what the database says, see that it adds up and is not older than
//! what was acknowledged, and bring into the audit log what a crash left in the outbox.

use domain::Owner;
use secret::Exposure;
use spi::{Kek, OutboxEntry, PrfUse};

use crate::backend::{Backend, BackendError, BackendResult, Row, Writer};
use crate::error::OpenError;
use crate::head::{Head, open_bucket};
use crate::ledger::Sum;
use crate::plan::{outbox_aad, scope_of};
use crate::rows::{EPOCH, KEK, owner_of};
use crate::writer::Scribe;

pub(crate) const INSTALLATION: &str = "installation";
/// Outbox rows handed to the log at once.
const REPLAY: usize = 256;

impl<B: Backend> Scribe<B> {
    /// Everything between a fresh connection and the first commit.
    pub(crate) fn recover(&mut self, accept_rollback: bool) -> Result<(), OpenError> {
        self.in_transaction(|me| {
            me.load()?;
            me.identify()
        })?;
        self.compare_with_pin(accept_rollback)?;
        if accept_rollback {
            self.in_transaction(Self::go_on_after_the_log)?;
        }
        self.replay()?;
        // A crash between commit and scrub may have left erased bytes behind.
        self.writer.scrub()?;
        self.pin_durably()
    }

    /// After an unknown outcome or a failed log: as at opening, but what was acknowledged is known.
    pub(crate) fn resync(&mut self) -> Result<(), OpenError> {
        self.in_transaction(|me| {
            let before = me.head.revision;
            me.load()?;
            if me.head.revision < before {
                return Err(OpenError::Corrupt("the database lost a commit while it served".to_owned()));
            }
            Ok(())
        })?;
        self.replay()
    }

    /// Inside a transaction: takes over what other nodes have committed.
    pub(crate) fn catch_up(&mut self) -> BackendResult<()> {
        let revision = self.writer.head()?.map_or(0, |row| row.revision);
        if revision < self.head.revision {
            return Err(BackendError::new("the database was rolled back while it served"));
        }
        if revision > self.head.revision {
            self.load().map_err(|e| BackendError::new(e.to_string()))?;
        }
        Ok(())
    }

    fn in_transaction(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<(), OpenError>,
    ) -> Result<(), OpenError> {
        self.writer.begin()?;
        let done = step(self).and_then(|()| self.writer.commit().map_err(|e| OpenError::Backend(e.into())));
        if done.is_err() {
            self.writer.rollback();
        }
        done
    }

    /// Reads head, buckets, epochs and wrapped keys; the buckets must add up to the head.
    fn load(&mut self) -> Result<(), OpenError> {
        let sealer = &*self.core.sealer;
        let head = match self.writer.head()? {
            Some(Row { revision, sealed: Some(sealed) }) => Head::open(sealer, revision, &sealed)?,
            _ => Head::default(),
        };
        let mut sum = Sum::default();
        let rows = self.writer.buckets()?;
        let mut buckets = Vec::with_capacity(rows.len());
        for (bucket, row) in rows {
            let of_bucket = open_bucket(sealer, bucket, Some(&row))?;
            sum = sum.plus(of_bucket);
            buckets.push((bucket, row.revision, of_bucket));
        }
        if sum != head.digest {
            return Err(OpenError::Corrupt("the revision ledger does not add up".to_owned()));
        }
        self.load_epochs()?;
        self.load_keks()?;
        for (bucket, revision, sum) in buckets {
            if self.core.buckets.known(bucket) != (revision, sum) {
                self.core.buckets.advance(bucket, revision, sum, &[]);
            }
        }
        self.head = head;
        Ok(())
    }

    fn load_epochs(&mut self) -> Result<(), OpenError> {
        for (key, row) in self.writer.rows_of(EPOCH)? {
            let sealed = row.sealed.as_deref().unwrap_or_default();
            self.core.sealer.open(Kek::System, &key.location(row.revision).aad(), sealed)?;
            let scope = scope_of(&key);
            let scope = scope.ok_or_else(|| OpenError::Corrupt("an epoch has no scope".to_owned()))?;
            self.core.epochs.raise(scope, row.revision);
        }
        Ok(())
    }

    fn load_keks(&mut self) -> Result<(), OpenError> {
        for (key, row) in self.writer.rows_of(KEK)? {
            let Some(Owner::Tenant(tenant)) = owner_of(&key.owner) else {
                return Err(OpenError::Corrupt("a key-encryption key has no tenant".to_owned()));
            };
            self.core.keks.learn(&*self.core.sealer, tenant, &key, &row)?;
        }
        Ok(())
    }

    /// The installation's id: made once from its own key, so that no two installations share one.
    fn identify(&mut self) -> Result<(), OpenError> {
        if let Some(stored) = self.writer.meta(INSTALLATION)? {
            let wrong = |_| OpenError::Corrupt("the installation's id is malformed".to_owned());
            self.installation = <[u8; 16]>::try_from(stored.as_slice()).map_err(wrong)?;
            return Ok(());
        }
        let hash = self.core.sealer.prf(Kek::System, PrfUse::Ledger, &[b"installation"])?;
        self.installation.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Ok(self.writer.set_meta(INSTALLATION, &self.installation)?)
    }

    fn compare_with_pin(&mut self, accept_rollback: bool) -> Result<(), OpenError> {
        let found = Box::new(self.state());
        let log_ahead = found.audit > found.sequence;
        match self.pin.load().map_err(OpenError::Pin)? {
            Some(pinned) if pinned.installation != found.installation => Err(OpenError::OtherInstallation),
            _ if accept_rollback => Ok(()),
            Some(pinned) if found.revision < pinned.revision || log_ahead => {
                Err(OpenError::RolledBack { pinned: Box::new(pinned), found })
            }
            Some(pinned) if found.revision == pinned.revision && found.digest != pinned.digest => {
                Err(OpenError::RolledBack { pinned: Box::new(pinned), found })
            }
            None if found.revision > 0 || log_ahead => Err(OpenError::PinMissing { found }),
            Some(_) | None => Ok(()),
        }
    }

    /// After an accepted rollback: sequences that the log has seen are not given again.
    fn go_on_after_the_log(&mut self) -> Result<(), OpenError> {
        let durable = self.core.sink.durable_through();
        if durable > self.head.sequence {
            self.head.sequence = durable;
            self.head.revision += 1;
            self.writer.put_head(self.head.revision, &self.head.seal(&*self.core.sealer)?)?;
        }
        Ok(())
    }

    /// Brings every commit after the log's last into the log, without a gap.
    fn replay(&mut self) -> Result<(), OpenError> {
        let durable = self.core.sink.durable_through();
        let mut last = durable;
        while last < self.head.sequence {
            let rows = self.writer.outbox_after(last, REPLAY)?;
            if rows.is_empty() {
                return Err(OpenError::LogBehind { durable, found: self.head.sequence });
            }
            let mut entries = Vec::with_capacity(rows.len());
            for (sequence, sealed) in rows {
                if sequence != last + 1 {
                    return Err(OpenError::LogBehind { durable, found: self.head.sequence });
                }
                last = sequence;
                entries.push(self.outbox_entry(sequence, &sealed)?);
            }
            self.runtime.block_on(self.core.sink.committed(entries)).map_err(OpenError::Audit)?;
        }
        Ok(())
    }

    fn outbox_entry(&self, sequence: u64, sealed: &[u8]) -> Result<OutboxEntry, OpenError> {
        let opened = self.core.sealer.open(Kek::System, &outbox_aad(sequence), sealed)?;
        let record = serde_json::from_slice(opened.expose(Exposure::ReturnToAuthorisedCaller));
        let record = record.map_err(|e| OpenError::Corrupt(format!("an outbox row is no record: {e}")))?;
        Ok(OutboxEntry { sequence, record })
    }

    fn pin_durably(&mut self) -> Result<(), OpenError> {
        let state = self.state();
        self.pin.store(&state).map_err(OpenError::Pin)?;
        self.pinned = state.revision;
        Ok(())
    }
}
