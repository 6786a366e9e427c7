//! INV-10 under load: once a revocation is acknowledged, no use succeeds, and in the log no use stands after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::ops::{DisableKey, EnableKey, KeyRef};
use domain::{Outcome, Target};
use spi::{AuditLog, AuditQuery};

use crate::house::{House, word};

const TRIALS: usize = 25;
const USERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn inv_10_no_use_succeeds_after_an_acknowledged_revocation() {
    let house = Arc::new(House::open().await);
    let key = house.create("root").await.unwrap().key.id();
    for trial in 0..TRIALS {
        let revoked = Arc::new(AtomicBool::new(false));
        let users: Vec<_> = (0..USERS)
            .map(|_| {
                let (house, revoked) = (Arc::clone(&house), Arc::clone(&revoked));
                tokio::spawn(async move {
                    loop {
                        let after = revoked.load(Ordering::SeqCst);
                        let outcome = word(house.encrypt("user", key, "x").await);
                        assert!(!(after && outcome == "ok"), "a use succeeded after the acknowledgement");
                        if after {
                            return;
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
        revoked.store(true, Ordering::SeqCst);
        for user in users {
            user.await.unwrap();
        }
        house.run("root", EnableKey { key: KeyRef::Id(key) }).await.unwrap();
        check_order(&house, trial).await;
    }
}

/// Reads the log backwards: between a revocation's record and the resumption after it no use succeeded.
async fn check_order(house: &House, trial: usize) {
    let query = AuditQuery { limit: 1000, ..AuditQuery::default() };
    let page = house.log.search(query).await.unwrap();
    let mut suspended = false;
    for (position, record) in page.items.iter().rev() {
        let done = record.outcome == Outcome::Success;
        let used = record.actions.first().map(|a| a.word());
        match used {
            Some("key:disable") if done => suspended = true,
            Some("key:enable") if done => suspended = false,
            Some("key:encrypt") if done => {
                assert!(!suspended, "trial {trial}: a use stands after the revocation at {position:?}");
                assert!(matches!(record.target, Some(Target { .. })));
            }
            _ => {}
        }
    }
}
