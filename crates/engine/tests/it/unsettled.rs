//! INV-5: while a committed change is not in the audit log, the node takes no command, uses included.

use std::sync::atomic::Ordering;
use std::time::Duration;

use api::ops::{DescribeKey, DisableKey, KeyRef};
use domain::{KeyState, Outcome};
use spi::{AuditLog, AuditQuery};

use crate::house::{House, word};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv_5_nothing_is_done_while_a_change_waits_for_the_log() {
    let house = House::open().await;
    let (changed, other) =
        (house.create("root").await.unwrap().key.id(), house.create("root").await.unwrap().key.id());
    house.encrypt("user", other, "before").await.unwrap();
    house.sink.stuck.store(true, Ordering::SeqCst);
    let disable = || DisableKey { key: KeyRef::Id(changed) };
    assert_eq!(word(house.run("root", disable()).await), "outcome_unknown");
    let describe = |key| DescribeKey { key: KeyRef::Id(key) };
    for _ in 0..3 {
        assert_eq!(word(house.encrypt("user", other, "while stuck").await), "store_unavailable");
        assert_eq!(word(house.run("root", describe(other)).await), "store_unavailable");
        assert_eq!(word(house.run("root", disable()).await), "store_unavailable");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    house.sink.stuck.store(false, Ordering::SeqCst);
    let mut tries = 0;
    while word(house.encrypt("user", other, "after").await) != "ok" {
        tries += 1;
        assert!(tries < 100, "the outbox is never drained");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let state = house.run("root", describe(changed)).await.unwrap().key.state();
    assert_eq!(state, KeyState::Suspended, "what was committed stands");
    let page = house.log.search(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap();
    let done = page.items.iter().filter(|(_, r)| {
        r.outcome == Outcome::Success && r.actions.iter().any(|a| a.word() == "key:disable")
    });
    assert_eq!(done.count(), 1, "and has its record");
}
