//! What tests share: conformance suites, test doubles and samples. A development dependency only.

pub mod store_conformance;
