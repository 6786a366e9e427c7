//! When a key was used last, as its owner is told.

use api::ops::{DescribeKey, DisableKey, GetLastUse, KeyRef, LastUseView, ScheduleDestruction};
use domain::{Action, KeyId, Use};

use crate::authority::reencrypt;
use crate::house::{House, word};

async fn asked(house: &House, key: KeyId) -> LastUseView {
    house.run("auditor", GetLastUse { key: KeyRef::Id(key) }).await.unwrap()
}

async fn last(house: &House, key: KeyId) -> Option<Use> {
    asked(house, key).await.last_use.last
}

async fn action(house: &House, key: KeyId) -> Option<Action> {
    last(house, key).await.and_then(|it| it.action)
}

#[tokio::test]
async fn a_key_tells_its_last_use_and_the_record_of_it() {
    let house = House::open().await;
    house.pass_minutes(1);
    let key = house.create("root").await.unwrap().key.id();
    let unused = asked(&house, key).await;
    assert_eq!(unused.last_use.last, None);
    assert_eq!(unused.last_use.since, unused.view.key.created_at(), "nobody used it before it was made");
    house.pass_minutes(1);
    let blob = house.encrypt("user", key, "text").await.unwrap();
    let used = last(&house, key).await.unwrap();
    assert_eq!((used.at, used.action), (house.now(), Some(Action::Encrypt)));
    let query = spi::AuditQuery { limit: 10, ..spi::AuditQuery::default() };
    let page = spi::AuditLog::search(&*house.log, query).await.unwrap();
    let record = page.items.into_iter().map(|(_, r)| r).find(|r| r.id == used.record).unwrap();
    assert_eq!(record.actions, [Action::Encrypt]);
    // Neither looking at it nor asking about it is a use, nor is what is refused.
    house.pass_minutes(1);
    house.run("root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(word(house.encrypt("auditor", key, "text").await), "denied");
    assert_eq!(last(&house, key).await, Some(used));
    house.decrypt("user", &blob).await.unwrap();
    assert_eq!(action(&house, key).await, Some(Action::Decrypt));
}

#[tokio::test]
async fn both_keys_of_a_reencryption_are_used() {
    let house = House::open().await;
    let from = house.create("root").await.unwrap().key.id();
    let to = house.create("root").await.unwrap().key.id();
    let blob = house.encrypt("root", from, "text").await.unwrap();
    house.pass_minutes(1);
    house.run("root", reencrypt(&blob, KeyRef::Id(to))).await.unwrap();
    let (source, destination) = (last(&house, from).await.unwrap(), last(&house, to).await.unwrap());
    assert_eq!(source, destination, "one record tells of both");
    assert_eq!((source.at, source.action), (house.now(), Some(Action::ReEncryptTo)));
}

#[tokio::test]
async fn it_is_told_in_every_state_to_those_who_may_see_keys() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    house.encrypt("root", key, "text").await.unwrap();
    let used = last(&house, key).await;
    assert_eq!(word(house.run("nobody", GetLastUse { key: KeyRef::Id(key) }).await), "denied");
    let absent = GetLastUse { key: KeyRef::Id(KeyId::random([9; 16])) };
    assert_eq!(word(house.run("auditor", absent).await), "key_not_found");
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(word(house.encrypt("root", key, "text").await), "wrong_state");
    assert_eq!(last(&house, key).await, used);
    let doom = ScheduleDestruction { key: KeyRef::Id(key), wait: 7 * 86_400 };
    house.run("root", doom).await.unwrap();
    assert_eq!(last(&house, key).await, used);
    assert!(used.is_some());
}
