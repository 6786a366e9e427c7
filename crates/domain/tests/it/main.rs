//! The laws of the domain as properties over arbitrary histories.

mod dialect_states;
mod history;
