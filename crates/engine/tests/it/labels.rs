//! Labels: written and taken by custodians alone, in bounds, listed by name.

use std::collections::BTreeMap;

use api::ops::{CreateKey, KeyRef, LabelKey, ListLabels, ScheduleDestruction, UnlabelKey};
use domain::{Cursor, KeyId, Page};

use crate::house::{House, new_key, word};

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn label(key: KeyId, pairs: &[(&str, &str)]) -> LabelKey {
    LabelKey { key: KeyRef::Id(key), labels: labels(pairs) }
}

fn unlabel(key: KeyId, names: &[&str]) -> UnlabelKey {
    UnlabelKey { key: KeyRef::Id(key), labels: names.iter().map(|name| (*name).to_owned()).collect() }
}

async fn page(house: &House, key: KeyId, after: Option<Cursor>, limit: usize) -> Page<(String, String)> {
    house.run("auditor", ListLabels { key: KeyRef::Id(key), after, limit }).await.unwrap()
}

async fn all(house: &House, key: KeyId) -> BTreeMap<String, String> {
    page(house, key, None, 1000).await.items.into_iter().collect()
}

#[tokio::test]
async fn labels_are_written_over_and_taken() {
    let house = House::open().await;
    let new = CreateKey { labels: labels(&[("born", "here")]), ..new_key() };
    let key = house.run("root", new).await.unwrap().key.id();
    house.run("custodian", label(key, &[("team", "pay"), ("empty", "")])).await.unwrap();
    house.run("custodian", label(key, &[("team", "Löhne")])).await.unwrap();
    assert_eq!(all(&house, key).await, labels(&[("born", "here"), ("team", "Löhne"), ("empty", "")]));
    house.run("custodian", unlabel(key, &["born", "never", "Team"])).await.unwrap();
    assert_eq!(all(&house, key).await, labels(&[("team", "Löhne"), ("empty", "")]), "case counts");
    for who in ["user", "auditor", "administrator", "nobody"] {
        assert_eq!(word(house.run(who, label(key, &[("mine", "1")])).await), "denied", "{who}");
        assert_eq!(word(house.run(who, unlabel(key, &["team"])).await), "denied", "{who}");
    }
    house.run("root", ScheduleDestruction { key: KeyRef::Id(key), wait: 7 * 86_400 }).await.unwrap();
    assert_eq!(word(house.run("root", label(key, &[("late", "1")])).await), "wrong_state");
    assert_eq!(word(house.run("root", unlabel(key, &["team"])).await), "wrong_state");
    assert_eq!(all(&house, key).await, labels(&[("team", "Löhne"), ("empty", "")]), "read in every state");
}

#[tokio::test]
async fn labels_have_bounds_at_birth_and_later() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let (name, value) = ("n".repeat(128), "ü".repeat(256));
    let (long_name, long_value) = ("n".repeat(129), "ü".repeat(257));
    for (pair, expected) in [
        ((name.as_str(), value.as_str()), "ok"),
        ((long_name.as_str(), ""), "malformed"),
        (("", "x"), "malformed"),
        (("x", long_value.as_str()), "malformed"),
    ] {
        assert_eq!(word(house.run("root", label(key, &[pair])).await), expected);
        assert_eq!(
            word(house.run("root", CreateKey { labels: labels(&[pair]), ..new_key() }).await),
            expected
        );
    }
    let names: Vec<String> = (0..50).map(|n| format!("l{n:02}")).collect();
    let fifty: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(word(house.run("root", label(key, &fifty)).await), "limit_exceeded", "one is there already");
    assert_eq!(all(&house, key).await.len(), 1, "all or nothing");
    assert_eq!(word(house.run("root", label(key, &fifty[1..])).await), "ok");
    assert_eq!(word(house.run("root", label(key, &[("l01", "again")])).await), "ok", "none more");
    assert_eq!(word(house.run("root", label(key, &[fifty[0]])).await), "limit_exceeded");
}

#[tokio::test]
async fn labels_are_paged_by_name() {
    let house = House::open().await;
    let pairs = [("a", "1"), ("b", "2"), ("ä", "3"), ("z", "4")];
    let new = CreateKey { labels: labels(&pairs), ..new_key() };
    let key = house.run("root", new).await.unwrap().key.id();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = page(&house, key, after.take(), 2).await;
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|(name, _)| name));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a", "b", "z", "ä"]);
    let odd = ListLabels { key: KeyRef::Id(key), after: Some(Cursor(vec![0xff])), limit: 2 };
    assert_eq!(word(house.run("root", odd).await), "malformed");
    let none = ListLabels { key: KeyRef::Id(key), after: None, limit: 0 };
    assert_eq!(word(house.run("root", none).await), "malformed");
}
