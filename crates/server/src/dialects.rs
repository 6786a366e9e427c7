//! The dialects that a listener serves, each over the same slot.

use std::sync::Arc;

use dialect_aws::Aws;
use dialect_native::{Native, StatusView};
use dialect_vault::{SealStatus, Vault};
use edge::HttpDialect;
use spi::LogCrypto;

use crate::config::RootKind;
use crate::system::System;

/// Every dialect that is built.
pub(crate) fn all(system: &Arc<System>) -> Vec<Arc<dyn HttpDialect>> {
    let crypto = Arc::clone(&system.crypto);
    let aws = Aws::new(system.slot.clone(), Arc::new(move |parts| LogCrypto::sha256(&*crypto, parts)));
    let status = {
        let system = Arc::clone(system);
        Arc::new(move || seal_status(&system))
    };
    let vault = Vault::new(system.slot.clone(), status);
    vec![Arc::new(aws), Arc::new(vault), Arc::new(native(system))]
}

/// Unsealing and initialising over the wire need custodians' shares, which this server does not have yet.
fn native(system: &Arc<System>) -> Native {
    let status = {
        let system = Arc::clone(system);
        Arc::new(move || {
            let SealStatus { kind, initialised, sealed, .. } = seal_status(&system);
            StatusView { initialised, sealed, root: kind, shares: None }
        })
    };
    let clock = Arc::clone(system);
    Native::new(system.slot.clone(), status, None, Arc::new(move || clock.now()))
}

fn seal_status(system: &System) -> SealStatus {
    let (kind, threshold, shares) = match system.config.root {
        RootKind::Keyfile => ("keyfile", 1, 1),
        RootKind::Memory => ("memory", 1, 1),
        RootKind::Shamir { shares, threshold } => ("shamir", threshold, shares),
    };
    // The listener stands only after initialisation.
    SealStatus { kind, initialised: true, sealed: !system.slot.is_filled(), threshold, shares, progress: 0 }
}
