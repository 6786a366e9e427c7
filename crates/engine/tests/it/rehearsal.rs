//! A dry run is decided, admitted and recorded like what it rehearses, and ends before anything is done.

use api::ops::{
    AssociatedData, CiphertextForm, Decrypt, DecryptItem, DescribeKey, DisableKey, KeyRef, LabelKey,
    ListKeys, ScheduleDestruction,
};
use api::{Operation, Rehearsable};
use domain::{AuditRecord, Decision, Outcome};
use spi::{AuditLog, AuditQuery};

use crate::authority::{data_key, encrypt, reencrypt};
use crate::house::{House, new_key, vault, word};

fn dry<O: Operation>(op: O) -> Rehearsable<O> {
    Rehearsable { op, dry_run: true }
}

async fn record(house: &House) -> AuditRecord {
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    page.items.into_iter().next().unwrap().1
}

fn opening(blob: &[u8]) -> Decrypt {
    let item = DecryptItem { ciphertext: blob.to_vec(), aad: AssociatedData::None, version: None };
    Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope }
}

#[tokio::test]
async fn a_use_that_would_succeed_says_so_and_is_recorded_as_a_dry_run() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let blob = house.encrypt("root", key, "x").await.unwrap();
    let by_id = || KeyRef::Id(key);
    let words = [
        word(house.run("user", dry(encrypt(by_id()))).await),
        word(house.run("user", dry(opening(&blob))).await),
        word(house.run("user", dry(data_key(by_id(), true))).await),
        word(house.run("user", dry(data_key(by_id(), false))).await),
        word(house.run("user", dry(reencrypt(&blob, by_id()))).await),
    ];
    assert_eq!(words, ["dry_run"; 5]);
    let record = record(&house).await;
    assert!(record.dry_run, "{record:?}");
    assert_eq!(record.outcome, Outcome::Failure("dry_run".into()), "not to be taken for a use");
    assert!(matches!(record.decision, Decision::Allowed(_)), "{record:?}");
    assert_eq!(record.actions.len(), 2);
    let plain = Rehearsable { op: encrypt(by_id()), dry_run: false };
    assert_eq!(word(house.run("user", plain).await), "ok");
    assert!(!self::record(&house).await.dry_run);
}

#[tokio::test]
async fn what_would_fail_fails_with_its_own_error() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let blob = house.encrypt("root", key, "x").await.unwrap();
    let by_id = || KeyRef::Id(key);
    assert_eq!(word(house.run("auditor", dry(encrypt(by_id()))).await), "denied");
    let denied = record(&house).await;
    assert!(denied.dry_run && matches!(denied.decision, Decision::Denied(_)), "{denied:?}");
    let mut changed = blob.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(word(house.run("user", dry(opening(&changed))).await), "ciphertext_invalid");
    let nowhere = KeyRef::Id(domain::KeyId::random([9; 16]));
    assert_eq!(word(house.run("user", dry(encrypt(nowhere))).await), "key_not_found");
    house.run("root", DisableKey { key: by_id() }).await.unwrap();
    for word in [
        word(house.run("user", dry(encrypt(by_id()))).await),
        word(house.run("user", dry(opening(&blob))).await),
        word(house.run("user", dry(data_key(by_id(), true))).await),
        word(house.run("user", dry(reencrypt(&blob, by_id()))).await),
    ] {
        assert_eq!(word, "wrong_state");
    }
}

/// The gate's own rule, whatever a use case does: none of these stops itself.
#[tokio::test]
async fn a_rehearsed_change_is_no_change_and_a_rehearsed_reading_gives_nothing() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let by_id = || KeyRef::Id(key);
    let labels = [("a".to_owned(), "b".to_owned())].into();
    let words = [
        word(house.run("root", dry(new_key())).await),
        word(house.run("root", dry(DisableKey { key: by_id() })).await),
        word(house.run("root", dry(LabelKey { key: by_id(), labels })).await),
        word(house.run("root", dry(ScheduleDestruction { key: by_id(), wait: 7 * 86_400 })).await),
        word(house.run("root", dry(DescribeKey { key: by_id() })).await),
    ];
    assert_eq!(words, ["dry_run"; 5]);
    assert_eq!(word(house.run("user", dry(DisableKey { key: by_id() })).await), "denied");
    let view = house.run("root", DescribeKey { key: by_id() }).await.unwrap();
    assert_eq!((view.key.state(), view.key.destruction()), (domain::KeyState::Active, None));
    assert!(view.key.details.labels.is_empty());
    let keys = house.run("root", ListKeys { after: None, limit: 10 }).await.unwrap().keys.items;
    assert_eq!(keys, [key], "none was made");
}

/// A direct use is counted against the key's bound; a rehearsed one is none.
#[tokio::test]
async fn a_rehearsed_use_is_not_counted() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Default)]
    struct Counting(AtomicU32);
    #[async_trait::async_trait]
    impl spi::Counter for Counting {
        async fn take(&self, _: domain::VersionId, n: u32) -> Result<(), spi::CounterError> {
            self.0.fetch_add(n, Ordering::SeqCst);
            Ok(())
        }
    }
    use api::KmsExt;
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let counter = Arc::new(Counting::default());
    let gate = house.counting_by(counter.clone());
    let direct = || api::ops::Encrypt { form: CiphertextForm::Direct, ..encrypt(KeyRef::Id(key)) };
    let context = || house.context(vault(), "Test");
    let rehearsed = gate.run(context(), crate::house::token("user"), dry(direct())).await;
    assert_eq!((word(rehearsed), counter.0.load(Ordering::SeqCst)), ("dry_run", 0));
    let done = gate.run(context(), crate::house::token("user"), direct()).await;
    assert_eq!((word(done), counter.0.load(Ordering::SeqCst)), ("ok", 1));
}
