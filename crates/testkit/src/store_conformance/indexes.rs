//! Indexes: ordered, paged, unique where they say so, and never more than a hint.

use domain::{IndexEntry, IndexName, Key, Name, Owner, Principal, Sealable, Space};
use spi::{Batch, CommitError, IndexScan, RecordStoreExt};

use super::sample::{account_id, batch, key, key_id, principal, put, tenant};
use super::{Bench, StoreHarness};

async fn with_tenants<H: StoreHarness>(b: &Bench<H>) {
    b.store.commit(Batch { new_tenants: vec![tenant(1), tenant(2)], ..batch() }).await.unwrap();
}

pub async fn pages_in_order<H: StoreHarness>(b: Bench<H>) {
    with_tenants(&b).await;
    for n in [3, 1, 5, 2, 4] {
        b.store.commit(put([Sealable::create(&key(tenant(1), n, &format!("k{n}")))])).await.unwrap();
    }
    b.store.commit(put([Sealable::create(&key(tenant(2), 9, "k9"))])).await.unwrap();
    let (owner, index) = (Owner::Tenant(tenant(1)), IndexName::KeyByAge);
    let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
    loop {
        let page =
            b.store.scan(IndexScan { owner, index, prefix: Vec::new(), after, limit: 2 }).await.unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|hit| hit.id));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=5).map(|n| key_id(n).as_bytes().to_vec()).collect::<Vec<_>>());
    assert_eq!(pages, 3);
    let prefix = [IndexEntry::space_prefix(&Space::Native), b"k3".to_vec()].concat();
    let scan = IndexScan { owner, index: IndexName::NamesOfSpace, prefix, after: None, limit: 10 };
    assert_eq!(b.store.scan(scan).await.unwrap().items.len(), 1);
}

pub async fn unique_keys_are_taken_and_set_free<H: StoreHarness>(b: Bench<H>) {
    let tina = principal(1, "tina");
    b.store.commit(put([Sealable::create(&tina)])).await.unwrap();
    let other = || put([Sealable::create(&principal(2, "tina"))]);
    match b.store.commit(other()).await {
        Err(CommitError::Taken(entry)) => assert_eq!(entry, IndexEntry::of_principal_name("tina")),
        outcome => panic!("{outcome:?}"),
    }
    let owner = Owner::Account(account_id());
    let found = b.store.find::<Principal>(owner, &IndexEntry::of_principal_name("tina")).await.unwrap();
    let (_, renamed) = found.unwrap().edit(|p| p.name = "tilda".to_owned());
    b.store.commit(put([renamed])).await.unwrap();
    assert!(
        b.store.find::<Principal>(owner, &IndexEntry::of_principal_name("tina")).await.unwrap().is_none()
    );
    b.store.commit(other()).await.unwrap();
}

pub async fn a_name_moves_in_one_batch<H: StoreHarness>(b: Bench<H>) {
    with_tenants(&b).await;
    let (owner, name) = (Owner::Tenant(tenant(1)), Name::new(Space::Native, "moving").unwrap());
    let keys = [key(tenant(1), 1, "moving"), key(tenant(1), 2, "other")];
    b.store.commit(put(keys.iter().map(Sealable::create))).await.unwrap();
    let load = async |n| b.store.load::<Key>(owner, key_id(n).as_bytes()).await.unwrap().unwrap();
    let (_, loses) = load(1).await.edit(|d| d.names.clear());
    let (_, gains) = load(2).await.edit(|d| d.names.push(name.clone()));
    b.store.commit(put([gains, loses])).await.unwrap();
    let found = b.store.find::<Key>(owner, &IndexEntry::of_name(&name)).await.unwrap().unwrap();
    assert_eq!(found.get().id(), key_id(2));
}

pub async fn find_needs_the_records_own_word<H: StoreHarness>(b: Bench<H>) {
    b.store.commit(put([Sealable::create(&principal(1, "tinaX"))])).await.unwrap();
    let prefix_only = IndexEntry::of_principal_name("tina");
    assert!(b.store.find::<Principal>(Owner::Account(account_id()), &prefix_only).await.unwrap().is_none());
    assert!(
        b.store
            .find::<Principal>(Owner::System, &IndexEntry::of_principal_name("tinaX"))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn absent_means_absent<H: StoreHarness>(b: Bench<H>) {
    let entry = IndexEntry::of_principal_name("tina");
    let asking = |n| {
        let expect_absent = vec![(Owner::Account(account_id()), entry.clone())];
        Batch { expect_absent, ..put([Sealable::create(&principal(n, &format!("p{n}")))]) }
    };
    b.store.commit(asking(1)).await.unwrap();
    b.store.commit(put([Sealable::create(&principal(2, "tina"))])).await.unwrap();
    assert!(matches!(b.store.commit(asking(3)).await, Err(CommitError::Taken(_))));
}
