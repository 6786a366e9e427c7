//! HashiCorp Vault and OpenBao as their clients speak it: token, transit's create, read, encrypt and decrypt, and what
//! clients ask of `sys` before anything else. Wire only: no cryptography, no store, no policy.
//!
//! One file per operation under `ops`. Texts and shapes follow OpenBao 2.7.2, which the black-box tests also run against.

mod call;
mod ciphertext;
mod envelope;
mod fault;
mod member;
mod operations;
mod ops;
mod path;
mod query;
mod sys;
#[cfg(test)]
mod tests;

pub use call::Vault;
pub use ciphertext::describe_ciphertext;
pub use operations::{OPERATIONS, OperationRow, ResourceRule};
