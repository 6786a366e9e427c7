//! The decision as the engine asks for it: documents loaded under the request's fence, then decided.

use std::fmt;
use std::sync::Arc;

use domain::{AccountId, AccountNumber, Caller, PolicyDocument, StatementRef, Tenant};
use spi::{Epochs, Fence, RecordStore, StoreError};

use crate::book::PolicyBook;
use crate::decide::{Demand, Denied, Gate};
use crate::explain::Explained;
use crate::permit::Allowed;

/// Most decisions kept.
const DECISIONS: usize = 64 * 1024;

/// Why something was not allowed.
#[derive(Debug)]
pub enum Refused {
    /// It is not allowed.
    Denied {
        /// The statement that denied, or the guardrail that allows nothing here; `None` when no statement allowed.
        by: Option<StatementRef>,
        /// Whether the caller may know that the resource exists.
        may_know: bool,
    },
    /// It could not be found out.
    Store(StoreError),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { .. } => f.write_str("denied"),
            Self::Store(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

impl From<StoreError> for Refused {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<Denied> for Refused {
    fn from(Denied { by, may_know }: Denied) -> Self {
        Self::Denied { by, may_know }
    }
}

/// Decides whether.
#[derive(Debug)]
pub struct Decider {
    book: PolicyBook,
    gate: Gate,
}

impl Decider {
    /// Over a store.
    #[must_use]
    pub fn new(store: Arc<dyn RecordStore>, epochs: Arc<Epochs>) -> Self {
        Self::keeping(store, epochs, DECISIONS)
    }

    /// One that keeps at most so many decisions; 0 keeps none.
    #[must_use]
    pub fn keeping(store: Arc<dyn RecordStore>, epochs: Arc<Epochs>, decisions: usize) -> Self {
        Self { book: PolicyBook::new(store, epochs), gate: Gate::with_decisions(decisions) }
    }

    /// Names the account whose principals may be allowed anything on the system itself. Until it is named nobody may;
    /// the first naming stands.
    pub fn operated_by(&self, account: AccountId) {
        self.gate.operated_by(account);
    }

    /// Decides about one demand. `fence` captures what the answer depends on before it is read (INV-10).
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn decide(
        &self,
        caller: &Caller,
        demand: Demand<'_>,
        fence: &mut Fence,
    ) -> Result<Allowed, Refused> {
        self.decide_all(caller, &[demand], fence).await
    }

    /// Decides about several demands together: all must be met.
    ///
    /// # Errors
    /// [`Refused`] by the first that is not.
    pub async fn decide_all(
        &self,
        caller: &Caller,
        demands: &[Demand<'_>],
        fence: &mut Fence,
    ) -> Result<Allowed, Refused> {
        let tenants = demands.iter().filter_map(|demand| demand.tenant);
        let documents = self.book.documents(caller, tenants, fence).await?;
        Ok(self.gate.decide(caller, demands, &documents)?)
    }

    /// Explains what would be decided about one demand, by the very evaluation that decides.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn explain(
        &self,
        caller: &Caller,
        demand: Demand<'_>,
        fence: &mut Fence,
    ) -> Result<Explained, StoreError> {
        let documents = self.book.documents(caller, demand.tenant.into_iter(), fence).await?;
        Ok(self.gate.explain(caller, demand, &documents))
    }

    /// The lockout check: whether the caller could still write a key's policy if `policy` stood, be it on a key or on
    /// one to be made. `owner` is the public number of the tenant's account. A statement whose resource is not `*`
    /// does not count for it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keeps_control(
        &self,
        caller: &Caller,
        policy: &PolicyDocument,
        owner: AccountNumber,
        tenant: &Tenant,
        fence: &mut Fence,
    ) -> Result<bool, StoreError> {
        let documents = self.book.documents(caller, std::iter::once(tenant), fence).await?;
        let consistent = documents.caps(tenant.id).is_some_and(|caps| caps.terms().account == owner);
        Ok(consistent && self.gate.keeps_control(caller, policy, tenant, &documents))
    }

    /// How many decisions were worked out rather than remembered, since the start. Remembered ones are not counted, so
    /// that they touch nothing shared.
    #[must_use]
    pub fn worked_out(&self) -> u64 {
        self.gate.worked_out()
    }
}
