//! The `keystead` binary: configuration to parts to a running server, and the commands that need no server.
mod clock;
mod config;
mod dev_args;
mod dialects;
mod files;
mod own_ca;
mod paste;
mod serve;
mod slot;
mod system;
mod telemetry;

fn main() {}
