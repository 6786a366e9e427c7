//! Who and whether: credentials, policies, the decision, and the guard before key material.
//!
//! # As the engine uses it
//! ```text
//! let caller = authenticator.authenticate(&proof, via, address, &mut fence).await?;      // AuthFailure
//! let demand = Demand::on_key(Action::Encrypt, &resource, &key, &tenant);                // or in_tenant, outside
//! let allowed = decider.decide(&caller, demand, &mut fence).await?;                      // Refused
//! let version = key.admit(Usage::Encrypt, None)?;                                        // Refusal
//! let permit = allowed.permit(&key, version, 1);
//! let blob = guard.seal_envelope(permit, &key, header, &aad, &plaintext).await?;         // GuardError
//! ```
//! - Whatever is read is captured in the fence before it is read: system and account by `authenticate`, the tenant and
//!   its account by `decide`. A tenant or key that the engine brings along must have been read under the same fence.
//! - `decider.decide_all` decides several demands together; `decider.explain` shows the same evaluation;
//!   `decider.operated_by(account)` names the operators' account, and until then everything on `ResourceRef::System`
//!   is denied.
//! - Several items under one permit: `guard.begin(permit, &key)` gives a [`KeyUse`] for so many items.
//! - Making material: `allowed.for_new_key(tenant, id)` after `CreateKey` on the tenant, `allowed.for_new_version(&key)`
//!   after `RotateKey`; then `guard.generate(permit, spec)`.
//! - What is due by itself: `due(now, &key)` gives what the key's own plan demands, and for a rotation what
//!   `for_new_version` wants.
//! - Account-wide actions (principals, policies, audit, explaining) are asked of the account, principal, policy or audit
//!   log, never of a key: key policies have no words for them.
//! - Writing: [`validate`] before any document is stored (INV-13); `decider.keeps_control` is the lockout check;
//!   [`delegating_key_policy`] is what a key gets when its maker gives none.
//! - `guard.evict(key)` after destruction or deletion of material, `guard.evict_all()` and
//!   `authenticator.forget_all()` when the system is sealed.
//! - A binding made for an existing tenant must raise that tenant's scope: its region stands in resource names.
#![deny(missing_docs)]

mod authenticate;
mod book;
mod cedar;
mod decide;
mod decider;
mod document;
mod due;
mod evaluate;
mod explain;
mod guard;
mod iam;
mod key_use;
mod lane;
mod permit;
mod roles;
mod says;

pub use authenticate::{AuthFailure, Authenticator, CLOCK_WINDOW, caller_of, token_id};
pub use cedar::{role_policies, schema_text};
pub use decide::Demand;
pub use decider::{Decider, Refused};
pub use document::{MAX_DOCUMENT_BYTES, PolicyFault, PolicyUse, validate};
pub use due::{Due, due};
pub use explain::Explained;
pub use guard::{Guard, GuardError};
pub use iam::{delegating_key_policy, iam_names};
pub use key_use::KeyUse;
pub use permit::{Allowed, MakePermit, Permit};
pub use roles::{class_word, role_allows};
