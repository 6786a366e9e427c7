//! Commands that need no running server.

pub(crate) mod audit;
pub(crate) mod config;
