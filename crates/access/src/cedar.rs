//! Cedar (cedar-policy 4): our own language for identity policies and guardrails; never for key policies.
//!
//! Evaluating hundreds of policies costs hundreds of microseconds, so a document is sliced when it is read: by action
//! and by principal or role; only what can apply is handed to Cedar, and the built-in roles are not evaluated here at
//! all (`crate::roles`).

mod bounds;
mod entities;
mod policies;
mod roles;
mod schema;

pub(crate) use entities::Frame;
pub(crate) use policies::Policies;
pub use roles::role_policies;
pub use schema::schema_text;
