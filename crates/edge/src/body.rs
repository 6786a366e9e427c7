//! Reads a request's body whole, within its dialect's bound, the listener's memory and its time.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::budget::{Budget, Taken};
use crate::http::Refusal;

/// Suggested wait in milliseconds when something is used up.
pub(crate) const RETRY_AFTER: u32 = 1_000;

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// To be worded by the dialect.
    Refused(Refusal),
    /// It broke off or is framed wrongly.
    Broken,
}

/// A body and the memory that it holds.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) bytes: Bytes,
    _memory: Option<Taken>,
}

/// Reads it whole.
pub(crate) async fn read(
    body: Incoming,
    cap: usize,
    memory: &Arc<Budget>,
    time: Duration,
) -> Result<Held, BodyFault> {
    if body.is_end_stream() {
        return Ok(Held { bytes: Bytes::new(), _memory: None });
    }
    let claimed = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if claimed > cap {
        return Err(BodyFault::Refused(Refusal::BodyTooLarge));
    }
    let taken = memory.take(claimed).ok_or(OVERLOADED)?;
    let collected = tokio::time::timeout(time, collect(body, cap, claimed, taken)).await;
    collected.unwrap_or(Err(BodyFault::Refused(Refusal::BodyTimeout)))
}

const OVERLOADED: BodyFault = BodyFault::Refused(Refusal::Overloaded { retry_after: RETRY_AFTER });

/// Pieces until the end; memory beyond what was claimed is taken as it comes. One piece is not copied.
async fn collect(
    mut body: Incoming,
    cap: usize,
    claimed: usize,
    mut memory: Taken,
) -> Result<Held, BodyFault> {
    let mut whole = Pieces::default();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyFault::Broken)?.into_data() else { continue };
        let len = whole.len().saturating_add(data.len());
        if len > cap {
            return Err(BodyFault::Refused(Refusal::BodyTooLarge));
        }
        if len > claimed && !memory.grow(data.len()) {
            return Err(OVERLOADED);
        }
        whole.push(data, claimed);
        if body.is_end_stream() {
            break;
        }
    }
    Ok(Held { bytes: whole.join(), _memory: Some(memory) })
}

#[derive(Debug, Default)]
struct Pieces {
    first: Bytes,
    more: BytesMut,
}

impl Pieces {
    fn len(&self) -> usize {
        self.first.len().saturating_add(self.more.len())
    }

    fn push(&mut self, data: Bytes, claimed: usize) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if !self.first.is_empty() {
            self.more.reserve(claimed.max(self.len().saturating_add(data.len())));
            self.more.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.more.extend_from_slice(&data);
    }

    fn join(self) -> Bytes {
        if self.more.is_empty() { self.first } else { self.more.freeze() }
    }
}
