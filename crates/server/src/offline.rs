//! Commands that need no running server.

pub(crate) mod audit;
pub(crate) mod audit_lookup;
pub(crate) mod backup;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod inspect;
mod progress;
pub(crate) mod share;
pub(crate) mod shell;
