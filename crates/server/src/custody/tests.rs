//! What is not seen from outside: a log that fails in the middle of a ceremony, and sealing that comes in between.

use std::sync::{Arc, Mutex};

use api::{Ceremony, FaultWhat, NotUnsealed, RequestContext, ShareRefusal};
use secret::SecretBytes;
use spi::Sealer;

use super::Custodians;
use crate::config::{Config, Layered, RootKind};
use crate::offline::backup::tests::first;
use crate::start::initialised;
use crate::system::System;

/// A new system with custodians, unsealed, and its shares as text.
async fn house(dir: &std::path::Path) -> (Arc<System>, Vec<String>) {
    let mut config = Config::from_layers(&Layered::default()).unwrap();
    config.data_dir = dir.join("data");
    (config.root, config.segment_bytes) = (RootKind::Shamir { shares: 3, threshold: 2 }, 1 << 20);
    let system = System::open(config).unwrap();
    let texts = Mutex::new(Vec::new());
    let hand = |shares: &[root::shamir::Share]| {
        *texts.lock().unwrap() = shares.iter().map(|s| s.to_text().unwrap().as_str().to_owned()).collect();
        Ok(())
    };
    initialised(&system, first, hand).await.unwrap();
    (system, texts.into_inner().unwrap())
}

async fn give(system: &Arc<System>, share: &str) -> Result<api::SealStatus, NotUnsealed> {
    let share = SecretBytes::take_vec(share.as_bytes().to_vec());
    Custodians(Arc::clone(system)).unseal(system.own_context("sys.unseal"), share).await
}

fn given(system: &Arc<System>) -> Option<u8> {
    Custodians(Arc::clone(system)).status().shares.map(|shares| shares.given)
}

#[tokio::test(flavor = "multi_thread")]
async fn inv_5_what_cannot_be_recorded_unseals_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (system, shares) = house(dir.path()).await;
    assert!(system.slot.is_filled() && system.ring.is_unsealed());
    system.seal();
    assert!(!system.slot.is_filled() && !system.ring.is_unsealed());
    give(&system, &shares[0]).await.unwrap();
    assert_eq!(given(&system), Some(1));
    system.log.close().await.unwrap();
    match give(&system, &shares[1]).await {
        Err(NotUnsealed::Fault(fault)) => {
            assert!(matches!(fault.what, FaultWhat::AuditUnavailable { .. }), "{fault:?}");
        }
        other => panic!("{other:?}"),
    }
    assert!(!system.slot.is_filled() && !system.ring.is_unsealed());
    assert_eq!(given(&system), Some(1), "it was refused before it was looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn inv_12_wrong_shares_from_many_places_are_recorded_up_to_a_bound_and_counted_beyond_it() {
    let dir = tempfile::tempdir().unwrap();
    let (system, _) = house(dir.path()).await;
    system.seal();
    let before = system.log.status().size;
    for n in 0..70_u8 {
        let address = Some([10, 0, 0, n / 10].into());
        let context = RequestContext { address, ..system.own_context("sys.unseal") };
        let share = SecretBytes::take_vec(b"kss1-aaaa".to_vec());
        let told = Custodians(Arc::clone(&system)).unseal(context, share).await;
        assert!(matches!(told, Err(NotUnsealed::Share(ShareRefusal::Mistyped))), "{told:?}");
    }
    let recorded = system.log.status().size - before;
    assert!((60..65).contains(&recorded), "{recorded}");
    system.custody.tidy(&system).await.map_err(|e| e.to_string()).unwrap();
    assert!(system.log.status().size > before + recorded, "a summary tells of the rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn sealing_in_the_middle_of_unsealing_wins() {
    let dir = tempfile::tempdir().unwrap();
    let (system, shares) = house(dir.path()).await;
    system.seal();
    for share in &shares[..2] {
        give(&system, share).await.unwrap();
    }
    let engine = system.slot.get().unwrap();
    system.seal();
    let refused = system.admit(engine).unwrap_err();
    assert!(refused.0.contains("was sealed"), "{refused}");
    assert!(!system.slot.is_filled() && !system.ring.is_unsealed());
}
