//! Creating, replacing, deleting, and all or nothing.

use std::sync::Arc;

use domain::{Account, Key, Owner, Principal, Record, Revision, Sealable};
use spi::{Batch, CommitError, RecordStoreExt};

use super::sample::{account, account_id, batch, key, principal, put, tenant};
use super::{Bench, StoreHarness};

pub async fn create_load_replace_delete<H: StoreHarness>(b: Bench<H>) {
    let (store, tina) = (&*b.store, principal(1, "tina"));
    let (owner, id) = (Owner::Account(account_id()), tina.id_bytes());
    assert!(store.load::<Principal>(owner, &id).await.unwrap().is_none());
    let first = store.commit(put([Sealable::create(&tina)])).await.unwrap();
    assert_eq!(first.sequence, 1);
    let loaded = store.load::<Principal>(owner, &id).await.unwrap().unwrap();
    assert_eq!((loaded.get(), loaded.revision()), (&tina, Revision(1)));
    let (_, edit) = loaded.edit(|p| p.disabled = true);
    store.commit(put([edit.clone()])).await.unwrap();
    assert!(matches!(store.commit(put([edit])).await, Err(CommitError::Conflict)), "an old revision");
    let again = store.load::<Principal>(owner, &id).await.unwrap().unwrap();
    assert!(again.get().disabled);
    assert_eq!(again.revision(), Revision(2));
    store.commit(put([again.delete()])).await.unwrap();
    assert!(store.load::<Principal>(owner, &id).await.unwrap().is_none());
    assert_eq!(b.log.sequences(), [1, 2, 3]);
}

pub async fn a_create_of_what_was_deleted_is_a_conflict<H: StoreHarness>(b: Bench<H>) {
    let tina = principal(1, "tina");
    b.store.commit(put([Sealable::create(&tina)])).await.unwrap();
    assert!(matches!(b.store.commit(put([Sealable::create(&tina)])).await, Err(CommitError::Conflict)));
    let owner = Owner::Account(account_id());
    let loaded = b.store.load::<Principal>(owner, &tina.id_bytes()).await.unwrap().unwrap();
    b.store.commit(put([loaded.delete()])).await.unwrap();
    let b = b.reopened().await;
    assert!(matches!(b.store.commit(put([Sealable::create(&tina)])).await, Err(CommitError::Conflict)));
    assert!(matches!(b.store.commit(put([loaded.delete()])).await, Err(CommitError::Conflict)));
}

pub async fn expectations_must_hold<H: StoreHarness>(b: Bench<H>) {
    let (tina, tom) = (principal(1, "tina"), principal(2, "tom"));
    b.store.commit(put([Sealable::create(&tina)])).await.unwrap();
    let expecting =
        |r| Batch { expect: vec![(tina.record_ref(), Revision(r))], ..put([Sealable::create(&tom)]) };
    assert!(matches!(b.store.commit(expecting(2)).await, Err(CommitError::Conflict)));
    b.store.commit(expecting(1)).await.unwrap();
    let twice = put([Sealable::create(&principal(3, "a")), Sealable::create(&principal(3, "b"))]);
    assert!(matches!(b.store.commit(twice).await, Err(CommitError::Conflict)));
}

pub async fn a_record_has_a_bound<H: StoreHarness>(b: Bench<H>) {
    let mut large = account(1, "000000000001");
    large.name = "x".repeat(32 * 1024);
    let refused = b.store.commit(put([Sealable::create(&large)])).await;
    assert!(matches!(refused, Err(CommitError::TooLarge { max: 32_768 })));
    large.name = "x".repeat(32_000);
    b.store.commit(put([Sealable::create(&large)])).await.unwrap();
    let loaded = b.store.load::<Account>(Owner::System, &large.id_bytes()).await.unwrap().unwrap();
    assert_eq!(loaded.get(), &large);
}

pub async fn many_at_once_each_count_once<H: StoreHarness>(b: Bench<H>) {
    let owner = tenant(7);
    b.store.commit(Batch { new_tenants: vec![owner], ..batch() }).await.unwrap();
    let tasks: Vec<_> = (1..=60)
        .map(|n| {
            let store = Arc::clone(&b.store);
            // Every third takes a name that is taken already, and harms nobody.
            let name = format!("k{}", if n % 3 == 0 { n - 1 } else { n });
            tokio::spawn(async move { store.commit(put([Sealable::create(&key(owner, n, &name))])).await })
        })
        .collect();
    let mut sequences = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(done) => sequences.push(done.sequence),
            Err(CommitError::Taken(_)) => {}
            Err(e) => panic!("{e}"),
        }
    }
    sequences.sort_unstable();
    assert_eq!(sequences, (2..=41).collect::<Vec<_>>(), "without gap or repetition");
    assert_eq!(b.log.sequences(), (1..=41).collect::<Vec<_>>(), "the log's order is the commits'");
    let mut found = 0;
    for n in 1..=60 {
        let loaded = b.store.load::<Key>(Owner::Tenant(owner), &key(owner, n, "x").id_bytes()).await.unwrap();
        found += usize::from(loaded.is_some());
    }
    assert_eq!(found, 40);
}

pub async fn nothing_is_half_done<H: StoreHarness>(b: Bench<H>) {
    b.store.commit(put([Sealable::create(&principal(1, "tina"))])).await.unwrap();
    let half = put([Sealable::create(&principal(2, "tom")), Sealable::create(&principal(3, "tina"))]);
    assert!(matches!(b.store.commit(half).await, Err(CommitError::Taken(_))));
    let owner = Owner::Account(account_id());
    let tom = b.store.load::<Principal>(owner, &principal(2, "tom").id_bytes()).await.unwrap();
    assert!(tom.is_none());
    assert_eq!(b.log.sequences(), [1]);
}
