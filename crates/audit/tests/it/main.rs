//! The audit log from outside: through its public interface and through its files.

extern crate keystead_audit as audit;

mod append;
mod faults;
mod recovery;
mod support;
mod verify;
