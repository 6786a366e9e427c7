//! Descriptions: written by custodians alone, seen at once in every dialect, and not on a key that is to be destroyed.

use api::ops::{CreateKey, DescribeKey, DisableKey, KeyRef, ScheduleDestruction, UpdateDescription};
use domain::KeyId;
use spi::{AuditLog, AuditQuery};

use crate::house::{House, new_key, vault, word};

fn describing(key: KeyId, text: &str) -> UpdateDescription {
    UpdateDescription { key: KeyRef::Id(key), description: text.to_owned() }
}

async fn seen(house: &House, key: KeyId) -> String {
    let view = house.run_at(vault(), "root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap();
    view.key.details.description.clone()
}

#[tokio::test]
async fn a_description_is_written_and_seen_at_once_with_its_record() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    for text in ["für Löhne", ""] {
        let view = house.run("custodian", describing(key, text)).await.unwrap();
        assert_eq!((view.key.details.description.as_str(), view.changed), (text, true));
        let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
        let words: Vec<_> = page.items[0].1.actions.iter().map(|a| a.word()).collect();
        assert_eq!(words, ["key:update-description"]);
        assert_eq!(seen(&house, key).await, text);
    }
}

#[tokio::test]
async fn a_description_has_8192_characters_and_a_use_does_not_write_it() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let (longest, longer) = ("ü".repeat(8192), "u".repeat(8193));
    assert_eq!(word(house.run("root", describing(key, &longer)).await), "limit_exceeded");
    assert_eq!(word(house.run("user", describing(key, "mine")).await), "denied");
    assert_eq!(word(house.run("user", describing(key, &longer)).await), "denied", "decided first");
    assert_eq!(seen(&house, key).await, "made by a test");
    assert_eq!(word(house.run("root", describing(key, &longest)).await), "ok");
    for (description, expected) in [(longest, "ok"), (longer, "limit_exceeded")] {
        assert_eq!(word(house.run("root", CreateKey { description, ..new_key() }).await), expected);
    }
}

#[tokio::test]
async fn a_suspended_key_is_described_and_one_that_is_to_be_destroyed_is_not() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(word(house.run("root", describing(key, "asleep")).await), "ok");
    let wait = 7 * 86_400;
    house.run("root", ScheduleDestruction { key: KeyRef::Id(key), wait }).await.unwrap();
    assert_eq!(word(house.run("root", describing(key, "doomed")).await), "wrong_state");
    assert_eq!(seen(&house, key).await, "asleep");
}
