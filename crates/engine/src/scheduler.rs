//! What falls due by itself: keys are destroyed when their waiting period has passed, and rotate when their policy or
//! ratchet says so. Sans clock: whoever holds the engine calls [`Engine::tick`] every few seconds, and every tick sees
//! what is due by then, so that what fell due while nobody was there is caught up with.
//!
//! A tick takes a bounded batch. Indexes by due date lead to the keys; they are hints, and the plan that the key's own
//! record makes decides (`domain::plan`, by `access::due`). Each step is a change of its own with a record of its own,
//! under the operation names by which AWS tells of them too (`DeleteKey`, `RotateKey`).

mod step;
mod tenants;
mod watch;

use std::collections::{HashMap, VecDeque};

use api::{Fault, FaultWhat};
use domain::{KeyId, Outcome, Timestamp};

use crate::Engine;
use step::Done;
use tenants::Stretch;
use watch::Watch;

/// Most keys looked at in one tick.
const KEYS: usize = 128;
/// Most stretches of indexes looked through in one tick; a tenant has two.
const STRETCHES: usize = 512;
/// A heartbeat is kept so often, in milliseconds.
const BEAT: i64 = 60_000;
/// A step that failed is tried again after so many seconds.
const RETRY_AFTER: i64 = 600;
/// Most failed steps remembered.
const FAILURES: usize = 1024;

/// What a tick came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Keys destroyed.
    pub destroyed: u32,
    /// Versions made.
    pub rotated: u32,
    /// Steps that were due and failed; they are tried again.
    pub failed: u32,
    /// Destruction is held back: the clock jumped, or it is not known whether it did.
    pub held: bool,
    /// There may be more to do at once.
    pub more: bool,
}

/// What is remembered from tick to tick.
#[derive(Default)]
pub(crate) struct Schedule {
    watch: Option<Watch>,
    /// When the last heartbeat was kept.
    beat: Option<Timestamp>,
    /// Whether the jump that holds destruction back has been told.
    told: bool,
    /// What is left of this walk through the tenants.
    walk: VecDeque<Stretch>,
    /// Steps that failed, and when to try them again.
    failures: HashMap<KeyId, Timestamp>,
}

impl Engine {
    /// Does what is due by now, in a bounded batch. Nothing while the system is sealed.
    ///
    /// # Errors
    /// [`Fault`] where store or log cannot be used now; what was done before it stands.
    pub async fn tick(&self) -> Result<Ticked, Fault> {
        let mut schedule = self.schedule.lock().await;
        self.let_in()?;
        let now = self.parts.clock.now();
        let mut ticked = Ticked { held: !self.believes(&mut schedule, now).await?, ..Ticked::default() };
        if schedule.walk.is_empty() {
            schedule.walk = self.every_stretch().await?;
            schedule.failures.retain(|_, again| *again > now);
        }
        let mut keys = KEYS;
        for _ in 0..STRETCHES {
            let Some(stretch) = schedule.walk.pop_front() else { break };
            if stretch.destroys() && ticked.held {
                continue;
            }
            let (seen, rest) = self.walk(stretch, now, keys, &mut schedule.failures, &mut ticked).await?;
            keys = keys.saturating_sub(seen);
            schedule.walk.extend(rest);
            if keys == 0 {
                break;
            }
        }
        ticked.more = !schedule.walk.is_empty();
        Ok(ticked)
    }

    /// An operator says that the clock is right although it jumped. Says whether anything was held back by it.
    ///
    /// # Errors
    /// [`Fault`] where store or log cannot be used now; destruction is held back on.
    pub async fn accept_clock(&self) -> Result<bool, Fault> {
        let mut schedule = self.schedule.lock().await;
        let now = self.parts.clock.now();
        if self.believes(&mut schedule, now).await? {
            return Ok(false);
        }
        let Some(watch) = &mut schedule.watch else { return Ok(false) };
        let mut act = self.begin_own("AcceptClock", &[])?;
        act.trail.bound(&[("ahead_seconds".to_owned(), watch.ahead_seconds().to_string())]);
        // Recorded first: what is not in the log did not happen.
        self.record_own(act, Outcome::Success).await?;
        watch.accept();
        self.keep_beat(&mut schedule, now).await?;
        schedule.told = false;
        Ok(true)
    }

    /// Looks at the clock, and keeps what it saw. Whether it can be believed.
    async fn believes(&self, schedule: &mut Schedule, now: Timestamp) -> Result<bool, Fault> {
        if schedule.watch.is_none() {
            let last = self.parts.heart.last().await.map_err(crate::faults::store_fault)?;
            schedule.watch = Some(Watch::resumed(last, now));
        }
        let Some(watch) = &mut schedule.watch else { return Err(FaultWhat::Internal.into()) };
        let before = watch.jumped();
        watch.look(now, self.parts.clock.monotonic_micros());
        let (jumped, ahead) = (watch.jumped(), watch.ahead_seconds());
        let fresh = |at: Timestamp| (0..BEAT).contains(&now.millis().saturating_sub(at.millis()));
        if before != jumped || !schedule.beat.is_some_and(fresh) {
            self.keep_beat(schedule, now).await?;
        }
        if jumped && !schedule.told {
            self.tell_jump(ahead).await?;
        }
        schedule.told = jumped;
        Ok(!jumped)
    }

    async fn keep_beat(&self, schedule: &mut Schedule, now: Timestamp) -> Result<(), Fault> {
        let Some(watch) = &schedule.watch else { return Ok(()) };
        self.parts.heart.beat(watch.beat()).await.map_err(crate::faults::store_fault)?;
        schedule.beat = Some(now);
        Ok(())
    }

    /// The alarm: in the log of the process and in the audit log.
    async fn tell_jump(&self, ahead: i64) -> Result<(), Fault> {
        tracing::error!(
            ahead_seconds = ahead,
            "the clock jumped ahead: no key is destroyed until it is put right or accepted (`keystead server --accept-clock`)"
        );
        let mut act = self.begin_own("ClockJump", &[])?;
        act.trail.bound(&[("ahead_seconds".to_owned(), ahead.to_string())]);
        self.record_own(act, Outcome::Failure("clock_jump".into())).await
    }

    /// Takes the steps that are due in one stretch, at most so many. Gives how many keys it looked at, and what is left.
    async fn walk(
        &self,
        mut stretch: Stretch,
        now: Timestamp,
        limit: usize,
        failures: &mut HashMap<KeyId, Timestamp>,
        ticked: &mut Ticked,
    ) -> Result<(usize, Option<Stretch>), Fault> {
        let (keys, more) = self.due_in(&mut stretch, now, limit).await?;
        for key in &keys {
            if failures.get(key).is_some_and(|again| *again > now) {
                continue;
            }
            match self.step_in_turn(&stretch, *key, now).await {
                Ok(Some(Done::Destroyed)) => ticked.destroyed = ticked.destroyed.saturating_add(1),
                Ok(Some(Done::Rotated)) => ticked.rotated = ticked.rotated.saturating_add(1),
                Ok(None) => {}
                // Others change the tenant all the time; the next walk comes soon.
                Err(Fault { what: FaultWhat::Conflict, .. }) => {}
                Err(fault) if is_everybodys(&fault.what) => return Err(fault),
                Err(fault) => {
                    tracing::warn!(%key, what = fault.what.word(), cause = ?fault.cause(), "a step that is due failed");
                    ticked.failed = ticked.failed.saturating_add(1);
                    if failures.len() < FAILURES {
                        failures.insert(*key, now.plus_seconds(RETRY_AFTER));
                    }
                }
            }
        }
        Ok((keys.len(), more.then_some(stretch)))
    }
}

/// Whether a fault would meet any other key as well.
const fn is_everybodys(what: &FaultWhat) -> bool {
    matches!(
        what,
        FaultWhat::Sealed
            | FaultWhat::StoreUnavailable { .. }
            | FaultWhat::AuditUnavailable { .. }
            | FaultWhat::OutcomeUnknown
            | FaultWhat::Internal
    )
}
