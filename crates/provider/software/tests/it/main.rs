//! The software provider against the suite that every provider passes, and against published vectors.

mod known;
mod rows;

use domain::KeySpec;
use keystead_provider_software::Software;

testkit::provider_conformance!(Software::new(), [KeySpec::Aes128, KeySpec::Aes192, KeySpec::Aes256]);
