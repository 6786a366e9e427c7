//! The dialects that a listener serves, each over the same slot.

use std::sync::Arc;

use dialect_aws::Aws;
use dialect_native::Native;
use dialect_vault::Vault;
use edge::HttpDialect;
use spi::LogCrypto;

use crate::custody::Custodians;
use crate::system::System;

/// Every dialect that is built.
pub(crate) fn all(system: &Arc<System>) -> Vec<Arc<dyn HttpDialect>> {
    let crypto = Arc::clone(&system.crypto);
    let aws = Aws::new(system.slot.clone(), Arc::new(move |parts| LogCrypto::sha256(&*crypto, parts)));
    let custodians = Arc::new(Custodians(Arc::clone(system)));
    let vault = Vault::new(system.slot.clone(), custodians.clone());
    let native = Native::new(system.slot.clone(), custodians);
    vec![Arc::new(aws), Arc::new(vault), Arc::new(native)]
}
