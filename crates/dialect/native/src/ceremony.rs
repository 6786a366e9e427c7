//! What the composition root brings: the seal's status, and the ceremonies that nobody can be authenticated for.

use std::sync::Arc;

use api::{Fault, RequestContext};
use async_trait::async_trait;
use codec_native::{Shares, Status};
use domain::Timestamp;
use secret::SecretBytes;

/// Tells the seal's status at any moment.
pub type StatusSource = Arc<dyn Fn() -> StatusView + Send + Sync>;
/// Now, for the rate of attempts.
pub type TimeSource = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The seal's status; open to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusView {
    /// Whether the system was ever initialised.
    pub initialised: bool,
    /// Whether no key-encryption key is in memory.
    pub sealed: bool,
    /// The root of trust: `keyfile`, `shamir`, `memory`.
    pub root: &'static str,
    /// Custodians' shares, where the root of trust has them.
    pub shares: Option<ShareView>,
}

/// How far a ceremony is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareView {
    /// How many shares there are.
    pub total: u8,
    /// How many are needed.
    pub threshold: u8,
    /// How many were given since the system was sealed.
    pub given: u8,
}

/// What initialisation brings, once.
#[derive(Debug)]
pub struct Initialised {
    /// The custodians' shares as text.
    pub shares: Vec<SecretBytes>,
    /// The first administrator's bearer token as text.
    pub token: SecretBytes,
}

/// Opening the system. Whoever calls cannot be authenticated, because what would authenticate it is sealed: the share
/// is the proof. The implementation records every attempt in the audit log; their rate is bounded here.
#[async_trait]
pub trait Ceremony: Send + Sync {
    /// Takes one custodian's share, as text; answers the status after it.
    ///
    /// # Errors
    /// [`Fault`] when it is no share of this root, or the attempt cannot be recorded.
    async fn unseal(&self, context: RequestContext, share: SecretBytes) -> Result<StatusView, Fault>;

    /// Initialises a system that never was.
    ///
    /// # Errors
    /// [`api::FaultWhat::AlreadyInitialised`], or [`api::FaultWhat::Unsupported`] where it is not done over a network.
    async fn initialise(
        &self,
        context: RequestContext,
        shares: u8,
        threshold: u8,
    ) -> Result<Initialised, Fault>;
}

impl From<StatusView> for Status {
    fn from(view: StatusView) -> Self {
        let StatusView { initialised, sealed, root, shares } = view;
        let shares = shares.map(|ShareView { total, threshold, given }| Shares { total, threshold, given });
        Self { initialised, sealed, root: root.to_owned(), shares }
    }
}
