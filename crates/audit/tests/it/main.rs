//! The audit log from outside: through its public interface and through its files.

extern crate keystead_audit as audit;

#[cfg(test)]
mod append;
#[cfg(test)]
mod bytes;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod support;
#[cfg(test)]
mod uses;
#[cfg(test)]
mod verify;
