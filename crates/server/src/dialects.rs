//! The dialects that a listener serves, each over the same slot.

use std::sync::Arc;

use dialect_aws::Aws;
use edge::HttpDialect;
use spi::LogCrypto;

use crate::system::System;

/// Every dialect that is built.
pub(crate) fn all(system: &Arc<System>) -> Vec<Arc<dyn HttpDialect>> {
    let crypto = Arc::clone(&system.crypto);
    let aws = Aws::new(system.slot.clone(), Arc::new(move |parts| LogCrypto::sha256(&*crypto, parts)));
    vec![Arc::new(aws)]
}
