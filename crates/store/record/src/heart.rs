//! The heartbeat's row: one, sealed and counted in the ledger like any other, so that an older one cannot pass for it.

use async_trait::async_trait;
use domain::{RecordKind, Timestamp};
use secret::Exposure;
use spi::{CommitError, Heart, Heartbeat, StoreError};

use crate::backend::{Backend, BackendError, RowKey};
use crate::error::ReadError;
use crate::store::SealedStore;
use crate::writer::Job;

#[async_trait]
impl<B: Backend> Heart for SealedStore<B> {
    async fn last(&self) -> Result<Option<Heartbeat>, StoreError> {
        let fail = |e: ReadError| e.of(RecordKind::Account);
        let key = RowKey::heartbeat();
        let Some(row) = self.core.verified(&key).await.map_err(fail)? else { return Ok(None) };
        let Some(plain) = self.core.opened(&key, &row).await.map_err(fail)? else { return Ok(None) };
        let read = read(plain.expose(Exposure::ReturnToAuthorisedCaller));
        read.map(Some).ok_or_else(|| fail(ReadError::Corrupt("it is no heartbeat")))
    }

    async fn beat(&self, beat: Heartbeat) -> Result<(), StoreError> {
        let fail = |e: ReadError| e.of(RecordKind::Account);
        let key = RowKey::heartbeat();
        let row = self.core.verified(&key).await.map_err(fail)?;
        let (expect, body) = (row.map(|r| r.revision), written(beat));
        match self.ask(|reply| Job::Lone { key, expect, body, reply }).await {
            Ok(_) => Ok(()),
            Err(CommitError::Store(e)) => Err(e),
            Err(e) => Err(StoreError::Unavailable(Box::new(BackendError::new(e.to_string())))),
        }
    }
}

/// Both numbers, big-endian.
fn written(beat: Heartbeat) -> Vec<u8> {
    [beat.at.millis().to_be_bytes(), beat.ahead.to_be_bytes()].concat()
}

fn read(bytes: &[u8]) -> Option<Heartbeat> {
    let (at, ahead) = bytes.split_first_chunk::<8>()?;
    let ahead = <[u8; 8]>::try_from(ahead).ok()?;
    Some(Heartbeat { at: Timestamp::from_millis(i64::from_be_bytes(*at)), ahead: u64::from_be_bytes(ahead) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeat_comes_back_and_nothing_else_does() {
        let beat = Heartbeat { at: Timestamp::from_millis(-5), ahead: u64::MAX };
        let bytes = written(beat);
        assert_eq!(read(&bytes), Some(beat));
        assert_eq!((read(&bytes[1..]), read(&[bytes, vec![0]].concat())), (None, None));
    }
}
