//! A gate that answers what the test says and remembers what it was asked, for tests of dialects alone.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::{Command, Fault, FaultWhat, Kms, Output, RequestContext};
use async_trait::async_trait;
use domain::Proof;

/// What came through the seam.
#[derive(Debug)]
pub struct Call {
    /// The request's facts.
    pub context: RequestContext,
    /// What was presented.
    pub proof: Proof,
    /// What was wanted.
    pub asked: Asked,
}

/// How the dialect called.
#[derive(Debug)]
pub enum Asked {
    /// By [`Kms::call`].
    Command(Command),
    /// By [`Kms::refuse`], with this fault.
    Refusal(FaultWhat),
}

/// The gate. Without an answer in store it fails with [`FaultWhat::Internal`].
#[derive(Default)]
pub struct StubKms {
    answers: Mutex<VecDeque<Result<Output, Fault>>>,
    graver: Mutex<Option<FaultWhat>>,
    calls: Mutex<Vec<Call>>,
}

impl StubKms {
    /// Answers the next call with this.
    pub fn answer(&self, answer: Result<Output, Fault>) {
        held(&self.answers).push_back(answer);
    }

    /// From now on a refusal comes back as this fault instead of its own.
    pub fn refuse_with(&self, graver: FaultWhat) {
        *held(&self.graver) = Some(graver);
    }

    /// What came through since this was asked last.
    #[must_use]
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *held(&self.calls))
    }
}

#[async_trait]
impl Kms for StubKms {
    async fn call(&self, context: RequestContext, proof: Proof, command: Command) -> Result<Output, Fault> {
        held(&self.calls).push(Call { context, proof, asked: Asked::Command(command) });
        held(&self.answers).pop_front().unwrap_or_else(|| Err(FaultWhat::Internal.into()))
    }

    async fn refuse(&self, context: RequestContext, proof: Proof, fault: Fault) -> Fault {
        held(&self.calls).push(Call { context, proof, asked: Asked::Refusal(fault.what.clone()) });
        held(&self.graver).clone().map_or(fault, Fault::new)
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
