//! The dialect over a gate that holds keys in memory: wire shapes, bounds and hostile bodies, without a server.
#![expect(clippy::unwrap_used, reason = "tests")]

mod batch;
mod bounds;
mod hostile;
mod paths;
mod single;
mod stub;
