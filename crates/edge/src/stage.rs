//! The stages of a listener's life. They only go forward.

use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::watch;

/// Where a listener stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Accepts and answers.
    Serving,
    /// Accepts no more; whatever is answered also closes its connection.
    Draining,
    /// Idle connections are closed and new requests on others refused.
    Closing,
    /// What is left is dropped.
    Cutting,
}

impl Stage {
    const fn number(self) -> u8 {
        match self {
            Self::Serving => 0,
            Self::Draining => 1,
            Self::Closing => 2,
            Self::Cutting => 3,
        }
    }
}

/// The stage as all tasks of a listener see it: a plain load on the hot path, a wait elsewhere.
#[derive(Debug)]
pub(crate) struct Stages {
    now: AtomicU8,
    changes: watch::Sender<Stage>,
}

impl Stages {
    pub(crate) fn new() -> Self {
        Self { now: AtomicU8::new(0), changes: watch::Sender::new(Stage::Serving) }
    }

    /// Goes on to `stage`, never back.
    pub(crate) fn enter(&self, stage: Stage) {
        self.now.fetch_max(stage.number(), Ordering::Release);
        self.changes.send_if_modified(|now| {
            let forward = *now < stage;
            if forward {
                *now = stage;
            }
            forward
        });
    }

    /// Whether `stage` has come.
    pub(crate) fn has(&self, stage: Stage) -> bool {
        self.now.load(Ordering::Acquire) >= stage.number()
    }

    /// Resolves when `stage` has come.
    pub(crate) async fn reached(&self, stage: Stage) {
        // The sender lives in self, so that waiting cannot fail.
        let _ = self.changes.subscribe().wait_for(|now| *now >= stage).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stages_only_go_forward() {
        let stages = Stages::new();
        stages.enter(Stage::Closing);
        stages.enter(Stage::Draining);
        assert!(stages.has(Stage::Closing) && !stages.has(Stage::Cutting));
        stages.reached(Stage::Draining).await;
    }
}
