//! The software provider against the suite that every provider passes, and against published vectors.

mod known;
mod log;
mod rows;
mod wycheproof;

use domain::KeySpec;
use keystead_provider_software::Software;

testkit::provider_conformance!(Software::new(), KeySpec::ALL);
