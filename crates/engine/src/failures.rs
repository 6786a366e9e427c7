//! Failed authentications: recorded one by one up to a rate for each source, counted beyond it, and the counts
//! recorded every so often, so that a flood of bad credentials does not fill the disk (INV-5).

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::PoisonError;

use audit::{FailureSummary, Verdict};
use domain::{AuditRecord, Decision, Dialect, Outcome, RequestId, Subject};
use spi::{AppendError, AuditError, Fence};

use crate::Engine;

/// About how many bytes a summary takes in the log.
const SUMMARY: usize = 1024;

impl Engine {
    /// Whether a failure from this source gets a record of its own; callers on a socket file share one source.
    pub(crate) fn records_failure_of(&self, address: Option<IpAddr>) -> bool {
        let source = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let now = self.parts.clock.monotonic_micros();
        let mut meter = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        meter.note(now, source) == Verdict::Record
    }

    /// Records what was only counted since the last call; call it every few seconds.
    ///
    /// # Errors
    /// [`AuditError`]; what could not be recorded is lost from the count, never from what was refused.
    pub async fn record_counted_failures(&self) -> Result<(), AuditError> {
        let now = self.parts.clock.monotonic_micros();
        let summaries = self.failures.lock().unwrap_or_else(PoisonError::into_inner).drain(now);
        for summary in summaries {
            let ticket = self.parts.log.ticket(SUMMARY)?;
            let appended =
                self.parts.log.append(ticket, Fence::default(), self.summary_record(summary)).await;
            if let Err(AppendError::Unavailable(e)) = appended {
                return Err(e);
            }
        }
        Ok(())
    }

    fn summary_record(&self, summary: FailureSummary) -> AuditRecord {
        let at = self.parts.clock.now();
        AuditRecord {
            id: RequestId::at(at, self.parts.entropy.bytes()),
            at,
            subject: Subject { address: summary.source, ..Subject::default() },
            dialect: Dialect::Native,
            operation: Cow::Borrowed("AuthenticationFailures"),
            actions: Vec::new(),
            account: None,
            account_number: None,
            tenant: None,
            target: None,
            also: Vec::new(),
            items: Some(u32::try_from(summary.count).unwrap_or(u32::MAX)),
            failed: None,
            context: Vec::new(),
            decision: Decision::NotReached,
            outcome: Outcome::Failure(Cow::Borrowed("proof_invalid")),
            dry_run: false,
            fips_approved: None,
            micros: self.parts.clock.monotonic_micros().saturating_sub(summary.since),
            epochs: Vec::new(),
            raised: Vec::new(),
        }
    }
}
