//! The gate. Every operation of every dialect runs through [`Engine::call`]: authenticate, resolve, authorise, check
//! state, perform, audit, reply, in that order and in one place.
//!
//! The engine implements `api` over `spi`. One file per use case stands under `usecase`; each is a function from
//! loaded records to a [`plan::Plan`]: an answer, or one batch and the answer that follows its commit. The engine
//! never holds a provider: key material is used by `access::Guard` under a permit that a decision minted (INV-1).

mod aad;
mod audit_trail;
mod authorise;
mod bootstrap;
mod cache;
mod envelope;
mod failures;
mod faults;
mod gate;
mod keyref;
mod listing;
mod parts;
mod place;
mod plan;
mod scheduler;
mod sealing;
mod session;
mod turns;
mod usecase;

pub use bootstrap::{Bootstrap, BootstrapCredential, BootstrapPrincipal, BootstrapTenant};
pub use envelope::BlobSummary;
pub use parts::{Engine, Parts};
pub use scheduler::Ticked;
