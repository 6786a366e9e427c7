//! The time that keys live by, and the task that has done what falls due by it. Beside `dev --time-travel` it is the
//! machine's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use api::{Fault, FaultWhat};
use edge::{Counter, Gauge, Metrics};
use engine::{Engine, Ticked};
use spi::Clock;

use crate::system::System;

/// Between two looks at what is due.
const EVERY: Duration = Duration::from_secs(10);
/// While there is more to do.
const SOON: Duration = Duration::from_millis(20);

/// By which clock, how often it is looked at, and what an operator said of it.
pub(crate) struct Lifetime {
    pub(crate) clock: Arc<dyn Clock>,
    every: Duration,
    accept_clock: AtomicBool,
}

impl Lifetime {
    /// By this clock.
    pub(crate) fn by(clock: Arc<dyn Clock>) -> Self {
        Self { clock, every: EVERY, accept_clock: AtomicBool::new(false) }
    }

    /// Looks at it so often.
    pub(crate) fn every(self, every: Duration) -> Self {
        Self { every, ..self }
    }

    /// An operator says that the clock is right although it jumped: good for the next look at it.
    pub(crate) fn accept_clock(&self) {
        self.accept_clock.store(true, Ordering::SeqCst);
    }
}

/// Has done what falls due, while the system is unsealed; for ever.
pub(crate) async fn go_on(system: Arc<System>, metrics: Arc<Metrics>) {
    let counts = Counts::of(&metrics);
    loop {
        let more = match system.slot.get() {
            Some(engine) => look(&system.lifetime, &engine, &counts).await,
            None => false,
        };
        tokio::time::sleep(if more { SOON } else { system.lifetime.every }).await;
    }
}

/// One look; says whether there is more to do at once.
async fn look(lifetime: &Lifetime, engine: &Engine, counts: &Counts) -> bool {
    match accept(lifetime, engine).await {
        Ok(()) => {}
        Err(fault) => return counts.failed(&fault),
    }
    match engine.tick().await {
        Ok(ticked) => counts.add(ticked),
        Err(fault) => counts.failed(&fault),
    }
}

async fn accept(lifetime: &Lifetime, engine: &Engine) -> Result<(), Fault> {
    if lifetime.accept_clock.load(Ordering::SeqCst) {
        if engine.accept_clock().await? {
            tracing::warn!("the clock was accepted: keys that are due by it are destroyed");
        } else {
            tracing::info!("the clock had not jumped, so there was nothing to accept");
        }
        lifetime.accept_clock.store(false, Ordering::SeqCst);
    }
    Ok(())
}

/// What operators see of it.
struct Counts {
    destroyed: Arc<Counter>,
    rotated: Arc<Counter>,
    failed: Arc<Counter>,
    held: Arc<Gauge>,
}

impl Counts {
    fn of(metrics: &Metrics) -> Self {
        let counter = |name, help| metrics.counter(name, help, &[]);
        Self {
            destroyed: counter("keystead_keys_destroyed_total", "Keys destroyed because they were due."),
            rotated: counter("keystead_keys_rotated_total", "Versions made because rotation was due."),
            failed: counter("keystead_due_failed_total", "Steps that were due and failed; tried again."),
            held: metrics.gauge(
                "keystead_destruction_held",
                "1 while destruction is held back because the clock jumped.",
                &[],
            ),
        }
    }

    fn add(&self, ticked: Ticked) -> bool {
        self.destroyed.add(u64::from(ticked.destroyed));
        self.rotated.add(u64::from(ticked.rotated));
        self.failed.add(u64::from(ticked.failed));
        self.held.set(i64::from(ticked.held));
        ticked.more
    }

    /// A sealed system has nothing due that could be done.
    fn failed(&self, fault: &Fault) -> bool {
        if fault.what != FaultWhat::Sealed {
            self.failed.add(1);
            tracing::warn!(what = fault.what.word(), cause = ?fault.cause(), "what is due was not done");
        }
        false
    }
}
