//! The driven seam: what the engine asks of providers, stores, logs, clocks and roots of trust.
//!
//! Each trait is implemented by a room of its own and proven by one conformance suite in `testkit`. The engine names
//! only this crate; which implementation stands underneath is `server`'s choice.
#![deny(missing_docs)]

mod audit;
mod clock;
mod counter;
mod crypto;
mod fence;
mod heart;
mod material;
mod root;
mod sealer;
mod service;
mod store;

pub use audit::{
    AppendError, Appending, AuditError, AuditLog, AuditQuery, CommitSink, Durable, OutboxEntry, Position,
    SpaceTicket,
};
pub use clock::{Clock, Entropy};
pub use counter::{Counter, CounterError};
pub use crypto::{
    Approval, AuthCrypto, CryptoProvider, KeyHandle, KeyWrap, LogCrypto, ProviderError, SealCrypto,
    SigningKeyPair,
};
pub use fence::{EpochCell, Epochs, Fence};
pub use heart::{Heart, Heartbeat};
pub use material::{MaterialAt, MaterialChange, MaterialError, MaterialVault};
pub use root::{RootError, RootOfTrust};
pub use sealer::{Kek, PrfUse, SealError, Sealer, WrappedKek};
pub use service::Service;
pub use store::{
    Batch, CommitError, Committed, IndexHit, IndexScan, Opened, RecordStore, RecordStoreExt, StoreError,
};
