//! The nouns and laws of key management, in the field's words (NIST SP 800-57, KMIP).
//!
//! Pure and synchronous: no clock, no randomness, no I/O. Everything here is a value; whatever needs the time or
//! random bytes takes them as an argument. Both seams (`api` above, `spi` below) speak these types, so this crate is
//! kept small and slow-moving: every room rebuilds when it changes.
#![deny(missing_docs)]

mod action;
mod algorithm;
mod audit;
mod cryptoperiod;
mod dialect;
mod ids;
mod key;
mod last_use;
mod material;
mod name;
mod page;
mod place;
mod policy;
mod principal;
mod proof;
mod ratchet;
mod record;
mod refusal;
mod resource;
mod rotation;
mod scope;
mod spec;
mod state;
mod time;
mod usage;
mod version;

pub use action::{Action, ActionClass};
pub use algorithm::{Algorithm, FormUnfit, HashAlgorithm, MessageForm, SignatureAlgorithm, oaep_capacity};
pub use audit::{AuditRecord, Decision, Outcome, Subject, Target};
pub use cryptoperiod::Cryptoperiod;
pub use dialect::Dialect;
pub use ids::{
    AccountId, AccountNumber, BadId, BatchId, CredentialId, FolderId, HexId, KeyId, MaterialId, PolicyId,
    PrincipalId, RequestId, TenantId, VersionId,
};
pub use key::{Key, KeyDetails, KeyTransition, NewKey};
pub use last_use::{LastUse, Use, Used};
pub use material::{AbsentReason, MaterialEvent, MaterialState};
pub use name::{BadName, Name, Space};
pub use page::{Cursor, Page};
pub use place::{Account, Binding, Coordinates, Tenant};
pub use policy::{Language, PolicyDocument, PolicyRecord, StatementRef};
pub use principal::{Credential, CredentialKind, Principal, PrincipalKind, Role};
pub use proof::{Caller, CallerPolicies, Proof, SignatureProof, SignatureScope};
pub use ratchet::{ExportCeiling, ProtectionLevel, RatchetLoosened, Ratchets};
pub use record::{
    Change, IndexEntry, IndexName, Loaded, Owner, Record, RecordKind, RecordRef, Revision, Sealable,
};
pub use refusal::Refusal;
pub use resource::ResourceRef;
pub use rotation::{RotationPolicy, RotationReason, RotationStep, next_by_policy, next_rotation, plan};
pub use scope::Scope;
pub use spec::{KeyFamily, KeySpec};
pub use state::{IllegalTransition, KeyState, LifecycleEvent, ScheduledDestruction, Transition};
pub use time::Timestamp;
pub use usage::{Usage, UsageSet};
pub use version::{KeyVersion, Making, NewVersion, Origin};
