//! Proofs that the foundation holds, over the parts that the server is made of: kill -9 at any instant, key bytes
//! where they must not be, a disk that is full. docs/reliability.md says what each of them shows.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "tests fail by panicking and speak to who runs them"
)]

mod binary;
mod canary;
mod cli;
mod crash;
mod full;
mod house;
mod operations;
