//! The root of trust at work: every step of the unsealing machine, one at a time, and what it asks for, in its order.
//!
//! The audit log's key stands outside the root hierarchy, so an attempt is recorded while everything else is sealed,
//! durable before anybody is answered and before a key is in memory. What cannot be recorded does not happen. Refused
//! attempts beyond a rate are counted, and the counts recorded, so that no flood of them fills the disk.

pub(crate) mod attempt;
mod ceremony;
mod rate;
pub(crate) mod record;
pub(crate) mod shares;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use api::{FaultWhat, RequestContext};
use audit::{AuthFailureMeter, MeterLimits, Verdict};
use domain::AuditRecord;
use provider_software::Software;
use root::shamir::Share;
use root::{Attempt, Effect, Guarded, Input, Refused, Status, Unsealing};
use secret::Secret;
use spi::{AppendError, AuditError, AuditLog, Clock, Fence, SpaceTicket, WrappedKek};
use store_record::Options;

use crate::config::{Config, RootKind};
use crate::system::{StartError, System};

pub(crate) use ceremony::Custodians;
use rate::Rate;

/// About how many bytes the record of an attempt takes.
const RECORD: usize = 2048;
/// Refused attempts with a record of their own: ten at once and one a minute for a source, sixty at once and one in
/// six seconds for all, which is under 10 MiB a day.
const RECORDED: MeterLimits = MeterLimits {
    burst: 10,
    every_micros: 60_000_000,
    total_burst: 60,
    total_every_micros: 6_000_000,
    sources: 1024,
    summaries: 8,
};

/// The root of trust of one system, and whoever tries to open it.
pub(crate) struct Custody {
    /// One attempt at a time, with all that it brings about.
    turn: tokio::sync::Mutex<()>,
    /// Absent only inside a step.
    machine: Mutex<Option<Unsealing>>,
    rate: Rate,
    refusals: Mutex<AuthFailureMeter>,
    /// How the store is opened at unsealing.
    pub(crate) options: OnceLock<Options>,
}

/// What a step brought about, once it is kept and recorded.
#[derive(Default)]
pub(crate) struct Came {
    /// To be handed to the custodians; nowhere else.
    pub(crate) shares: Vec<Share>,
    /// The root key, and the key that it was shown to open.
    pub(crate) opened: Option<(Secret<[u8; 32]>, WrappedKek)>,
    /// Why nothing changed.
    pub(crate) refused: Option<Refused>,
}

/// Why a step did not happen.
pub(crate) enum Stopped {
    /// It could not be recorded.
    Log(AuditError),
    /// What must survive was not written.
    Kept(StartError),
}

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Log(e) => e.fmt(f),
            Self::Kept(e) => e.fmt(f),
        }
    }
}

impl Custody {
    /// Reads what was kept of the root of trust.
    pub(crate) fn load(config: &Config, crypto: &Arc<Software>) -> Result<Self, StartError> {
        let kept = match config.root {
            RootKind::Memory => None,
            RootKind::Keyfile | RootKind::Shamir { .. } => record::load(config)?,
        };
        let machine = Unsealing::new(kept, crypto.clone(), crypto.clone());
        Ok(Self {
            turn: tokio::sync::Mutex::default(),
            machine: Mutex::new(Some(machine)),
            rate: Rate::default(),
            refusals: Mutex::new(AuthFailureMeter::new(RECORDED)),
            options: OnceLock::new(),
        })
    }

    /// What anybody may know. In the middle of unsealing it is ahead of the gate.
    pub(crate) fn status(&self) -> Option<Status> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Unsealing::status)
    }

    /// Does one step. Whoever calls it waits for its turn first, or is alone.
    pub(crate) async fn step(
        &self,
        system: &System,
        context: &RequestContext,
        input: Input<'_>,
    ) -> Result<Came, Stopped> {
        // Space first: a round that ran out and the attempt itself.
        let mut tickets = vec![
            system.log.ticket(RECORD).map_err(Stopped::Log)?,
            system.log.ticket(RECORD).map_err(Stopped::Log)?,
        ];
        let mut came = Came::default();
        for effect in self.advance(input) {
            let done = self.perform(system, context, effect, &mut tickets, &mut came).await;
            if let Err(stopped) = done {
                self.fall_back();
                return Err(stopped);
            }
        }
        Ok(came)
    }

    async fn perform(
        &self,
        system: &System,
        context: &RequestContext,
        effect: Effect,
        tickets: &mut Vec<SpaceTicket>,
        came: &mut Came,
    ) -> Result<(), Stopped> {
        match effect {
            Effect::Keep(root) if root.guarded == Guarded::Memory => {}
            Effect::Keep(root) => record::write(&system.config, &root).map_err(Stopped::Kept)?,
            Effect::SharesMade(shares) => came.shares = shares,
            Effect::Record(attempt) => {
                self.record(system, context, &attempt, tickets.pop()).await.map_err(Stopped::Log)?;
                came.refused = attempt.outcome.err();
            }
            Effect::Unsealed(key, wrapped) => came.opened = Some((key, wrapped)),
            // Only `sealed` takes keys away, and it has done so.
            Effect::Sealed => {}
        }
        Ok(())
    }

    async fn record(
        &self,
        system: &System,
        context: &RequestContext,
        attempt: &Attempt,
        ticket: Option<SpaceTicket>,
    ) -> Result<(), AuditError> {
        if attempt.outcome.is_err() && !self.records_refusal_of(system, context.address) {
            return Ok(());
        }
        let ticket = ticket.map_or_else(|| system.log.ticket(RECORD), Ok)?;
        let kind = self.status().and_then(|status| status.kind).unwrap_or("none");
        append(system, ticket, attempt::record(system.now(), context, attempt, kind)).await
    }

    /// Whether a peer may try now; one that may not has come too often, which is recorded or counted.
    async fn admit(&self, system: &System, context: &RequestContext) -> Result<(), FaultWhat> {
        let now = system.now();
        let Err(retry_after) = self.rate.admit(context.address, now) else { return Ok(()) };
        if self.records_refusal_of(system, context.address) {
            let record = attempt::throttled(now, context);
            let appended = async { append(system, system.log.ticket(RECORD)?, record).await };
            if let Err(e) = appended.await {
                tracing::warn!(error = %e, "a refused attempt to unseal was not recorded");
            }
        }
        Err(FaultWhat::Throttled { retry_after })
    }

    fn records_refusal_of(&self, system: &System, address: Option<IpAddr>) -> bool {
        let source = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let now = system.clock.monotonic_micros();
        let mut meter = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        meter.note(now, source) == Verdict::Record
    }

    /// Ends a round whose time is over and records what was only counted; call it every few seconds.
    pub(crate) async fn tidy(&self, system: &System) -> Result<(), Stopped> {
        let _turn = self.turn.lock().await;
        let context = system.own_context("sys.unseal");
        self.step(system, &context, Input::Timeout(system.now())).await?;
        let now = system.clock.monotonic_micros();
        let summaries = self.refusals.lock().unwrap_or_else(PoisonError::into_inner).drain(now);
        for summary in summaries {
            let ticket = system.log.ticket(RECORD).map_err(Stopped::Log)?;
            let record = attempt::summary(system.now(), system.request_id(), &summary);
            append(system, ticket, record).await.map_err(Stopped::Log)?;
        }
        Ok(())
    }

    /// Seals the machine and, before anybody can unseal it again, does what goes with it.
    pub(crate) fn sealed(&self, also: impl FnOnce()) {
        let mut machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        // The gate has recorded it before it came here.
        advance(&mut machine, Input::Seal);
        also();
    }

    /// Does what needs an unsealed system, unless it was sealed meanwhile.
    pub(crate) fn while_unsealed(&self, act: impl FnOnce()) -> bool {
        let machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        let unsealed = machine.as_ref().is_some_and(|machine| !machine.status().sealed);
        if unsealed {
            act();
        }
        unsealed
    }

    /// Sealed, and no share given: what was not recorded has not happened.
    fn fall_back(&self) {
        self.advance(Input::Seal);
        self.advance(Input::Reset);
    }

    fn advance(&self, input: Input<'_>) -> Vec<Effect> {
        advance(&mut self.machine.lock().unwrap_or_else(PoisonError::into_inner), input)
    }
}

fn advance(machine: &mut Option<Unsealing>, input: Input<'_>) -> Vec<Effect> {
    let Some(before) = machine.take() else { return Vec::new() };
    let (after, effects) = before.step(input);
    *machine = Some(after);
    effects
}

async fn append(system: &System, ticket: SpaceTicket, record: AuditRecord) -> Result<(), AuditError> {
    match system.log.append(ticket, Fence::default(), record).await {
        Ok(_) => Ok(()),
        Err(AppendError::Unavailable(e)) => Err(e),
        Err(AppendError::Stale(_)) => Err(AuditError { why: "a record without epochs was stale".to_owned() }),
    }
}
