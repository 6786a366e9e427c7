//! The gate as dialects hold it: there while the system is unsealed, gone while it is sealed. Sealing drops the whole
//! engine, its caches and its store with it, so nothing can linger.

use std::pin::Pin;
use std::sync::Arc;

use api::{Command, Fault, FaultWhat, Kms, Output, RequestContext};
use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use domain::Proof;
use engine::Engine;

/// Holds the engine while there is one.
#[derive(Default)]
pub(crate) struct Slot {
    engine: ArcSwapOption<Engine>,
}

impl Slot {
    /// Lets requests through.
    pub(crate) fn fill(&self, engine: Arc<Engine>) {
        self.engine.store(Some(engine));
    }

    /// Takes the engine out: from now on every request is told that the system is sealed.
    pub(crate) fn empty(&self) -> Option<Arc<Engine>> {
        self.engine.swap(None)
    }

    /// The engine, if the system is unsealed.
    pub(crate) fn get(&self) -> Option<Arc<Engine>> {
        self.engine.load_full()
    }

    /// Whether the system is unsealed.
    pub(crate) fn is_filled(&self) -> bool {
        self.engine.load().is_some()
    }
}

#[async_trait]
impl Kms for Slot {
    // As `async_trait` writes it, but the engine's future is handed on as it is: every request passes here.
    fn call<'a, 'b>(
        &'a self,
        context: RequestContext,
        proof: Proof,
        command: Command,
    ) -> Pin<Box<dyn Future<Output = Result<Output, Fault>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        match self.get() {
            Some(engine) => engine.answer(context, proof, command),
            None => Box::pin(std::future::ready(Err(FaultWhat::Sealed.into()))),
        }
    }

    async fn refuse(&self, context: RequestContext, proof: Proof, fault: Fault) -> Fault {
        match self.get() {
            Some(engine) => engine.refuse(context, proof, fault).await,
            None => FaultWhat::Sealed.into(),
        }
    }
}
