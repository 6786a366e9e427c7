//! Reserved counters: 2^20 counts are taken from the database at once and given out from memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::VersionId;
use secret::Exposure;
use spi::{CommitError, Counter, CounterError};
use tokio::sync::Mutex;

use crate::backend::{Backend, RowKey};
use crate::store::SealedStore;
use crate::writer::Job;

/// Counts reserved at once.
const BLOCK: u64 = 1 << 20;
/// NIST SP 800-38D §8.3: at most 2^32 invocations under one key with random nonces.
const BOUND: u64 = 1 << 32;
const SHARDS: usize = 64;

/// Counts that are reserved but not yet given, by version.
pub(crate) struct Blocks(Vec<Mutex<HashMap<VersionId, u64>>>);

impl Default for Blocks {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }
}

#[async_trait]
impl<B: Backend> Counter for SealedStore<B> {
    async fn take(&self, version: VersionId, n: u32) -> Result<(), CounterError> {
        let [first, ..] = version.key.as_bytes();
        let shard = self.blocks.0.get(usize::from(*first) % SHARDS).ok_or(CounterError::Unavailable)?;
        let mut left = shard.lock().await;
        let left = left.entry(version).or_default();
        if *left < u64::from(n) {
            *left += self.reserve(version, u64::from(n) - *left).await?;
        }
        *left -= u64::from(n);
        Ok(())
    }
}

impl<B: Backend> SealedStore<B> {
    /// Reserves a block of at least `least` counts, durably; gives its size.
    async fn reserve(&self, version: VersionId, least: u64) -> Result<u64, CounterError> {
        let key = RowKey::counter(version);
        loop {
            let row = self.core.verified(&key).await.map_err(|_| CounterError::Unavailable)?;
            let before = match &row {
                Some(row) => self.reserved(&key, row).await.ok_or(CounterError::Unavailable)?,
                None => 0,
            };
            let block = BLOCK.max(least).min(BOUND.saturating_sub(before));
            if block < least {
                return Err(CounterError::Exhausted);
            }
            let (key, expect) = (key.clone(), row.map(|r| r.revision));
            let body = (before + block).to_be_bytes().to_vec();
            match self.ask(|reply| Job::Lone { key, expect, body, reply }).await {
                Ok(_) => return Ok(block),
                Err(CommitError::Conflict) => {}
                Err(_) => return Err(CounterError::Unavailable),
            }
        }
    }

    async fn reserved(&self, key: &RowKey, row: &crate::Row) -> Option<u64> {
        let opened = self.core.opened(key, row).await.ok()??;
        let bytes = <[u8; 8]>::try_from(opened.expose(Exposure::ReturnToAuthorisedCaller)).ok()?;
        Some(u64::from_be_bytes(bytes))
    }
}
