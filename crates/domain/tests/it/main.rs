//! The laws of the domain: as properties over arbitrary histories, and one by one.

mod dialect_states;
mod history;
mod lifecycle;
mod making;
mod ratchets;
mod rotation;
mod tables;
