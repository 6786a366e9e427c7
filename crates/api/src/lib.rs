//! The driving seam: what every dialect asks of the engine, in canonical words.
//!
//! A dialect turns bytes into a [`domain::Proof`] and a typed operation and calls [`KmsExt::run`]; the engine answers
//! with the operation's own output or a [`Fault`]. No wire name, no cryptography, no policy stands here.
#![deny(missing_docs)]

mod ceremony;
mod context;
mod fault;
mod kms;
pub mod ops;

pub use ceremony::{Ceremony, Initialised, NotUnsealed, SealStatus, ShareRefusal, ShareStatus};
pub use context::RequestContext;
pub use domain::{
    Action, Caller, Coordinates, Cursor, Dialect, Key, KeyId, KeySpec, KeyState, KeyVersion, MaterialId,
    Name, Page, PolicyDocument, Proof, RequestId, ResourceRef, Space, StatementRef, Timestamp, Usage,
    UsageSet,
};
pub use fault::{Fault, FaultWhat, Limit, Malformed, Precondition};
pub use kms::{Command, Kms, KmsExt, Operation, Output, Rehearsable};
