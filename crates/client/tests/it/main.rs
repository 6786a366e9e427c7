//! The client against a server of cardboard on loopback: what it sends, what it reads, when it tries again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod sending;
mod server;
