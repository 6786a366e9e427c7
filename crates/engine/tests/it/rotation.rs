//! Rotation as its owner sees it: on demand up to a bound, and by itself from when it was said.

use std::sync::Arc;

use api::ops::{
    CancelDestruction, DescribeKey, DisableKey, DisableRotation, EnableKey, EnableRotation, GetRotation,
    KeyRef, ListRotations, RotateKey, RotationPage, ScheduleDestruction,
};
use domain::{Cursor, Key, KeyId, Making, next_by_policy};

use crate::house::{House, vault, word};

const DAY: u32 = 86_400;

fn enabling(key: KeyId, days: u32) -> EnableRotation {
    EnableRotation { key: KeyRef::Id(key), every: days * DAY }
}

fn listing(key: KeyId, first_too: bool, after: Option<Cursor>) -> ListRotations {
    ListRotations { key: KeyRef::Id(key), first_too, after, limit: 2 }
}

fn bounded(key: KeyId, at_most: usize) -> RotateKey {
    RotateKey { key: KeyRef::Id(key), at_most: Some(at_most), symmetric_only: true }
}

async fn status(house: &House, key: KeyId) -> Arc<Key> {
    house.run("auditor", GetRotation { key: KeyRef::Id(key) }).await.unwrap().key
}

fn ordinals(page: &RotationPage) -> Vec<u32> {
    page.versions.items.iter().map(domain::KeyVersion::ordinal).collect()
}

#[tokio::test]
async fn rotation_is_set_changed_and_taken_back() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    assert_eq!(next_by_policy(&*status(&house, key).await), None);
    house.run("custodian", enabling(key, 90)).await.unwrap();
    let first = next_by_policy(&*status(&house, key).await).unwrap();
    assert_eq!(first, house.now().plus_seconds(i64::from(90 * DAY)));
    house.pass_minutes(60);
    let again = house.run("custodian", enabling(key, 90)).await.unwrap();
    assert!(!again.changed, "asking again puts nothing off");
    assert_eq!(next_by_policy(&again.key), Some(first));
    let longer = house.run("custodian", enabling(key, 100)).await.unwrap();
    assert_eq!(next_by_policy(&longer.key), Some(house.now().plus_seconds(i64::from(100 * DAY))));
    house.run("custodian", RotateKey::unbounded(KeyRef::Id(key))).await.unwrap();
    assert_eq!(next_by_policy(&*status(&house, key).await), next_by_policy(&longer.key), "as it was planned");
    house.run("custodian", DisableRotation { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(next_by_policy(&*status(&house, key).await), None);
}

#[tokio::test]
async fn rotation_is_for_custodians_and_has_a_least_period() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    assert_eq!(word(house.run("user", enabling(key, 90)).await), "denied");
    assert_eq!(word(house.run("user", DisableRotation { key: KeyRef::Id(key) }).await), "denied");
    let short = |every| EnableRotation { key: KeyRef::Id(key), every };
    assert_eq!(word(house.run("user", short(1)).await), "denied", "decided first");
    assert_eq!(word(house.run("root", short(3599)).await), "malformed");
    assert_eq!(word(house.run("root", short(3600)).await), "ok");
}

#[tokio::test]
async fn a_key_that_is_not_active_keeps_what_was_set_and_takes_nothing_new() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let id = || KeyRef::Id(key);
    house.run("root", enabling(key, 90)).await.unwrap();
    let next = next_by_policy(&*status(&house, key).await);
    for doomed in [false, true] {
        if doomed {
            house.run("root", ScheduleDestruction { key: id(), wait: 7 * DAY }).await.unwrap();
        } else {
            house.run("root", DisableKey { key: id() }).await.unwrap();
        }
        assert_eq!(word(house.run("root", enabling(key, 100)).await), "wrong_state");
        assert_eq!(word(house.run("root", DisableRotation { key: id() }).await), "wrong_state");
        assert_eq!(word(house.run("root", RotateKey::unbounded(id())).await), "wrong_state");
        assert_eq!(next_by_policy(&*status(&house, key).await), next);
    }
    house.run("root", CancelDestruction { key: id() }).await.unwrap();
    house.run("root", EnableKey { key: id() }).await.unwrap();
    assert_eq!(next_by_policy(&*status(&house, key).await), next);
}

#[tokio::test]
async fn versions_on_demand_are_bounded_and_listed_page_by_page() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    for _ in 0..3 {
        house.run("custodian", bounded(key, 3)).await.unwrap();
    }
    assert_eq!(word(house.run("custodian", bounded(key, 3)).await), "limit_exceeded");
    let view = house.run_at(vault(), "root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(view.key.versions().len(), 4, "nothing was made");
    let first = house.run("auditor", listing(key, false, None)).await.unwrap();
    assert_eq!((ordinals(&first), first.primary), (vec![2, 3], Some(4)));
    assert!(first.versions.items.iter().all(|v| v.making() == Making::OnDemand));
    let rest = house.run("auditor", listing(key, false, first.versions.next)).await.unwrap();
    assert_eq!((ordinals(&rest), rest.versions.next), (vec![4], None));
    let all = house.run("auditor", listing(key, true, None)).await.unwrap();
    assert_eq!(ordinals(&all), [1, 2]);
    assert_eq!(all.versions.items[0].making(), Making::Born);
    let nonsense = Some(Cursor(vec![1, 2, 3]));
    assert_eq!(word(house.run("auditor", listing(key, true, nonsense)).await), "malformed");
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(word(house.run("custodian", bounded(key, 3)).await), "wrong_state", "the state comes first");
}
