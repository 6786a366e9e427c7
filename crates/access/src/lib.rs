//! Who and whether: credentials, policies, the decision, and the guard before key material.
//!
//! # As the engine uses it
//! ```text
//! let mut fence = Fence::default();                               // system and account are captured inside, before reading
//! let caller = authenticator.authenticate(&proof, Arrival { via, address, now }, &mut fence).await?;   // AuthFailure
//! // the engine resolves tenant and key under the same fence (tenant's scope captured first)
//! let documents = book.documents(&caller, &[&tenant], &mut fence).await?;                              // StoreError
//! let allowed = gate.decide(&caller, &[Ask::key(Action::Encrypt, &key)], &documents)?;                 // Box<Denied>
//! let version = key.admit(Usage::Encrypt, None)?;                                                      // Refusal
//! let permit = allowed.permit(Action::Encrypt, &key, version, items)?;                                 // NotPermitted
//! let mut key_use = guard.begin(permit).await?;                                                        // GuardError
//! key_use.seal_envelope(&aad, &plaintext, &mut out)?;                                                  // once an item
//! audit.append(ticket, fence, record_with(allowed.by())).await?;
//! ```
//! - One gate for the process: `Gate::default()`, and `gate.operated_by(account)` once the operators' account is
//!   known; until then everything on `ResourceRef::System` is denied.
//! - Making material: `allowed.creation(tenant, key, spec, usage, protection)` after `CreateKey` on the tenant, or
//!   `allowed.rotation(&key)` after `RotateKey`; then `guard.generate(permit)`.
//! - Data keys: a permit for `GenerateDataKey` or `GenerateWrappedDataKey`; `key_use.generate_data_key(len)`, then seal
//!   it by the same use.
//! - Actions on a key are decided with [`Ask::key`]. Account-wide actions (principals, policies, audit, explaining) are
//!   asked of the account, principal, policy or audit log; key policies have no words for them.
//! - Writing: [`validate`] before any document is stored (INV-13); `gate.could_still_put_policy` is the lockout check;
//!   [`default_key_policy`] is what a key gets when its maker gives none.
//! - `guard.evict(&key)` after destruction or deletion of material, `guard.evict_all()` when the system is sealed.
//! - A binding made for an existing tenant must raise that tenant's scope: its region stands in resource names.
#![deny(missing_docs)]

mod authenticate;
mod book;
mod cedar;
mod decide;
mod document;
mod evaluate;
mod explain;
mod guard;
mod iam;
mod permit;
mod roles;
mod says;

pub use authenticate::{Arrival, AuthFailure, Authenticator, CLOCK_WINDOW, token_id};
pub use book::{Documents, PolicyBook};
pub use cedar::{role_policies, schema_text};
pub use decide::{Ask, Denied, Gate};
pub use document::{DocumentKind, MAX_DOCUMENT_BYTES, PolicyFault, validate};
pub use explain::Explained;
pub use guard::{Guard, GuardError, KeyUse, NewMaterial};
pub use iam::default_key_policy;
pub use permit::{Allowed, MakePermit, NotPermitted, Permit};
pub use roles::{class_word, role_allows};
