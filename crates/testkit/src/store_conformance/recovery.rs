//! The audit log comes first: what it does not take stops everything until it does (INV-5).

use std::sync::Arc;
use std::time::Duration;

use domain::{Key, Owner, Principal, Record, Scope, Sealable};
use spi::{Batch, CommitError, Epochs, RecordStoreExt};

use super::sample::{account_id, batch, key, key_id, principal, put, tenant};
use super::{Bench, StoreHarness};

pub async fn a_failed_log_stops_commits_until_drained<H: StoreHarness>(b: Bench<H>) {
    b.store.commit(put([Sealable::create(&principal(1, "p1"))])).await.unwrap();
    b.log.fail(true);
    let raising = Batch { raise: vec![Scope::System], ..put([Sealable::create(&principal(2, "p2"))]) };
    assert!(matches!(b.store.commit(raising).await, Err(CommitError::OutcomeUnknown)));
    assert_eq!(b.epochs.current(Scope::System), 1, "it is committed, so its raise counts");
    assert!(!b.store.is_settled(), "and the gate is told");
    let refused = b.store.commit(put([Sealable::create(&principal(3, "p3"))])).await;
    assert!(matches!(refused, Err(CommitError::Store(_))), "{refused:?}");
    b.log.fail(false);
    // By itself, without anybody asking.
    for _ in 0..100 {
        if b.log.sequences() == [1, 2] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(b.log.sequences(), [1, 2]);
    b.store.commit(put([Sealable::create(&principal(3, "p3"))])).await.unwrap();
    assert_eq!(b.log.sequences(), [1, 2, 3]);
    assert!(b.store.is_settled());
}

pub async fn the_outbox_is_replayed_in_order<H: StoreHarness>(b: Bench<H>) {
    b.store.commit(put([Sealable::create(&principal(1, "p1"))])).await.unwrap();
    b.log.fail(true);
    let one = b.store.commit(put([Sealable::create(&principal(2, "p2"))]));
    assert!(matches!(one.await, Err(CommitError::OutcomeUnknown)));
    b.store.close().await;
    let Bench { harness, log, store, .. } = b;
    drop(store);
    log.fail(false);
    let store = harness.open(Arc::new(Epochs::default()), Arc::clone(&log)).await;
    assert_eq!(log.sequences(), [1, 2], "before anything else");
    store.commit(put([Sealable::create(&principal(3, "p3"))])).await.unwrap();
    assert_eq!(log.sequences(), [1, 2, 3]);
}

pub async fn everything_survives_reopening<H: StoreHarness>(b: Bench<H>) {
    b.store.commit(Batch { new_tenants: vec![tenant(1)], ..batch() }).await.unwrap();
    for n in 1..20 {
        let both = [Sealable::create(&key(tenant(1), n, &format!("k{n}")))];
        b.store.commit(put(both)).await.unwrap();
    }
    b.store.commit(put([Sealable::create(&principal(1, "p1"))])).await.unwrap();
    let b = b.reopened().await;
    for n in 1..20 {
        let loaded =
            b.store.load::<Key>(Owner::Tenant(tenant(1)), key_id(n).as_bytes()).await.unwrap().unwrap();
        assert_eq!(loaded.get(), &key(tenant(1), n, &format!("k{n}")));
    }
    let owner = Owner::Account(account_id());
    let p1 = b.store.load::<Principal>(owner, &principal(1, "p1").id_bytes()).await.unwrap();
    assert_eq!(p1.unwrap().get().name, "p1");
    assert_eq!(b.store.commit(batch()).await.unwrap().sequence, 22);
}
