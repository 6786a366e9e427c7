//! AWS KMS as its SDKs speak it (awsJson1.1, SigV4), and of STS what they ask first: bytes to typed operations and back. Wire only: no cryptography but
//! the hash that SigV4 canonicalisation needs, no store, no policy.
//!
//! One file per operation under `ops`, named after it. Texts and shapes follow the AWS KMS API Reference 2014-11-01.

mod call;
mod constraint;
mod fault;
mod key_ref;
mod metadata;
mod operations;
mod ops;
mod paging;
mod reply;
mod signature;
mod sts;
#[cfg(test)]
mod tests;
mod text;
mod wire;
mod words;

pub use call::{Aws, Sha256};
pub use operations::{OPERATIONS, OperationRow, ResourceRule};
pub use sts::STS_OPERATIONS;
