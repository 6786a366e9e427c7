//! INV-10 for the system as a whole: once a sealing is acknowledged nothing is answered, and in the log nothing that was
//! decided stands after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::ops::SealSystem;
use domain::{Decision, KeyId, Outcome};
use spi::{AuditLog, AuditQuery};

use crate::house::{House, word};

const TRIALS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn inv_10_nothing_decided_before_a_sealing_is_answered_after_it() {
    for trial in 0..TRIALS {
        let house = Arc::new(House::open().await);
        let key = house.create("root").await.unwrap().key.id();
        let sealed = Arc::new(AtomicBool::new(false));
        // Some who may, and some who may not: a refusal is an answer too.
        let users: Vec<_> = ["user", "user", "root", "nobody"]
            .into_iter()
            .map(|who| tokio::spawn(use_until_sealed(Arc::clone(&house), who, key, Arc::clone(&sealed))))
            .collect();
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        house.run("root", SealSystem).await.unwrap();
        sealed.store(true, Ordering::SeqCst);
        for user in users {
            user.await.unwrap();
        }
        check_order(&house, trial).await;
    }
}

async fn use_until_sealed(house: Arc<House>, who: &'static str, key: KeyId, sealed: Arc<AtomicBool>) {
    loop {
        let after = sealed.load(Ordering::SeqCst);
        let outcome = word(house.encrypt(who, key, "x").await);
        assert!(!after || outcome == "sealed", "{who} was answered `{outcome}` after the acknowledgement");
        if after {
            return;
        }
        // A closed gate answers without waiting for anything; the sealing needs a thread too.
        tokio::task::yield_now().await;
    }
}

/// The sealing is the last thing that was decided.
async fn check_order(house: &House, trial: usize) {
    let page = house.log.search(AuditQuery { limit: 1000, ..AuditQuery::default() }).await.unwrap();
    let decided = page.items.iter().find(|(_, record)| record.decision != Decision::NotReached);
    let (position, last) = decided.unwrap();
    assert_eq!(
        (last.outcome.clone(), last.actions.iter().map(|a| a.word()).collect::<Vec<_>>()),
        (Outcome::Success, vec!["system:seal"]),
        "trial {trial}: something was decided after the sealing, at {position:?}"
    );
    assert!(!last.raised.is_empty());
}
