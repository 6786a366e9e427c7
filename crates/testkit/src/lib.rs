//! What tests need and the server must not have: time that stands still, randomness that repeats, one conformance
//! suite for each seam. Only ever a dev-dependency.

pub mod clock;
pub mod entropy;
pub mod faults;
pub mod provider_conformance;
pub mod store_conformance;
pub mod stub_kms;
