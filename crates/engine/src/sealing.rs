//! Closing the gate. A sealing first lets nothing new in, then commits, which raises the system's scope, then forgets.
//!
//! A command captures the system's epoch and looks whether the gate is open after that. If it captured before the
//! raise, its record is refused as stale; if after it, the gate was closed already. So nothing that was decided before a
//! sealing, or beside it, is ordered after it (INV-10).

use std::sync::atomic::Ordering;

use api::{Fault, FaultWhat, Output};

use crate::Engine;

/// A sealing under way; the gate is open again when the last one ends, if the system is still unsealed then.
pub(crate) struct Sealing<'a>(&'a Engine);

impl Drop for Sealing<'_> {
    fn drop(&mut self) {
        self.0.sealings.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Engine {
    /// Closes the gate, if this is what a command comes to.
    pub(crate) fn sealing(&self, output: &Output) -> Option<Sealing<'_>> {
        matches!(output, Output::SealSystem(())).then(|| {
            self.sealings.fetch_add(1, Ordering::SeqCst);
            Sealing(self)
        })
    }

    /// Whether a command may be taken up: call it after the system's epoch was captured.
    pub(crate) fn let_in(&self) -> Result<(), Fault> {
        let open = self.sealings.load(Ordering::SeqCst) == 0 && self.parts.sealer.is_unsealed();
        if open { Ok(()) } else { Err(FaultWhat::Sealed.into()) }
    }

    /// Forgets every key, loaded or wrapped; the record of it is durable already.
    pub fn seal_now(&self) {
        (self.parts.seal)();
        self.parts.guard.evict_all();
        self.parts.authenticator.forget_all();
    }
}

impl Sealing<'_> {
    /// After the commit: what is done is done, and where nobody knows whether it is, the keys go all the same, because
    /// a log that says `sealed` of an open system would be worse than the other way round.
    pub(crate) fn end<E>(self, committed: &Result<(), E>, unknown: impl FnOnce(&E) -> bool) {
        if committed.as_ref().err().is_none_or(unknown) {
            self.0.seal_now();
        }
    }
}
