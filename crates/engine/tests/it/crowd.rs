//! A crowd that changes one tenant at once: everybody has their turn, and nobody is told to try again.

use std::sync::Arc;

use api::ops::{DisableKey, EnableKey, KeyRef};

use crate::house::{House, word};

const CROWD: usize = 32;
const CHANGES: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_crowd_of_changes_nobody_is_overtaken_for_ever() {
    let house = Arc::new(House::open().await);
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..CROWD {
        let house = Arc::clone(&house);
        crowd.spawn(async move {
            let key = house.create("root").await.unwrap().key.id();
            for _ in 0..CHANGES {
                assert_eq!(word(house.run("root", DisableKey { key: KeyRef::Id(key) }).await), "ok");
                assert_eq!(word(house.run("root", EnableKey { key: KeyRef::Id(key) }).await), "ok");
            }
        });
    }
    while let Some(done) = crowd.join_next().await {
        done.unwrap();
    }
}
