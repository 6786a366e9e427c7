//! The room's promises, tested from outside.

#![cfg(test)]

extern crate keystead_secret as secret;

mod encoding;
mod locking;
mod secrets;
mod threads;
