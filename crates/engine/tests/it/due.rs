//! What falls due by itself: destroyed when the waiting period has passed and not before, rotated on its schedule, caught
//! up with after an absence, and held back when the clock cannot be believed.

use std::sync::{Arc, Mutex, OnceLock};

use api::ops::{
    CancelDestruction, CreateKey, DescribeKey, DisableKey, EnableKey, EnableRotation, KeyRef, ListKeys,
    RotateKey, ScheduleDestruction, SealSystem,
};
use async_trait::async_trait;
use domain::{
    AuditRecord, Coordinates, Decision, Dialect, Key, KeyId, KeyState, Making, Name, Outcome, Page,
    RecordRef, Space, VersionId,
};
use keystead_engine::Ticked;
use spi::{
    AuditLog, AuditQuery, Batch, CommitError, Committed, IndexHit, IndexScan, MaterialAt, MaterialError,
    Opened, RecordStore, StoreError,
};

use crate::house::{House, new_key, vault, word};

const DAY: u32 = 86_400;
const HOURS: i64 = 3600;

async fn doomed(house: &House, days: u32) -> Arc<Key> {
    let key = house.create("root").await.unwrap().key.id();
    let op = ScheduleDestruction { key: KeyRef::Id(key), wait: days * DAY };
    house.run("root", op).await.unwrap().key
}

async fn rotating(house: &House, days: u32) -> KeyId {
    let key = house.create("root").await.unwrap().key.id();
    let op = EnableRotation { key: KeyRef::Id(key), every: days * DAY };
    house.run("root", op).await.unwrap();
    key
}

fn did(destroyed: u32, rotated: u32) -> Ticked {
    Ticked { destroyed, rotated, ..Ticked::default() }
}

fn held() -> Ticked {
    Ticked { held: true, ..Ticked::default() }
}

/// Ticks until nothing is left to do, and adds up.
async fn tick(house: &House) -> Ticked {
    let mut sum = Ticked::default();
    loop {
        let once = house.engine.tick().await.unwrap();
        sum.destroyed += once.destroyed;
        sum.rotated += once.rotated;
        sum.failed += once.failed;
        sum.held = once.held;
        if !once.more {
            return sum;
        }
    }
}

async fn record_of(house: &House, key: KeyId) -> Arc<Key> {
    house.run("root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap().key
}

async fn versions(house: &House, key: KeyId) -> Vec<Making> {
    record_of(house, key).await.versions().iter().map(domain::KeyVersion::making).collect()
}

async fn records(house: &House, operation: &str) -> Vec<AuditRecord> {
    let query = AuditQuery { operation: Some(operation.to_owned()), limit: 1000, ..AuditQuery::default() };
    house.log.search(query).await.unwrap().items.into_iter().map(|(_, record)| record).collect()
}

async fn material(house: &House, key: &Key, ordinal: u32) -> Result<(), MaterialError> {
    let version = VersionId { key: key.id(), ordinal };
    house.material(&MaterialAt::Version { tenant: key.tenant(), version }).await.map(drop)
}

#[tokio::test]
async fn a_key_is_destroyed_when_its_waiting_period_has_passed() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let blob = house.encrypt("user", key, "x").await.unwrap();
    house.run("root", RotateKey::unbounded(KeyRef::Id(key))).await.unwrap();
    house.encrypt("user", key, "loads the second").await.unwrap();
    let schedule = ScheduleDestruction { key: KeyRef::Id(key), wait: 7 * DAY };
    let doomed = house.run("root", schedule).await.unwrap().key;
    house.pass_days(6);
    assert_eq!(tick(&house).await, did(0, 0), "not before");
    assert_eq!((material(&house, &doomed, 1).await, material(&house, &doomed, 2).await), (Ok(()), Ok(())));
    house.pass_days(1);
    assert_eq!(tick(&house).await, did(1, 0));
    for ordinal in [1, 2] {
        assert_eq!(material(&house, &doomed, ordinal).await, Err(MaterialError::Absent));
    }
    assert_eq!(word(house.decrypt("user", &blob).await), "ciphertext_invalid");
    assert_eq!(tick(&house).await, did(0, 0), "once");
    let [record] = records(&house, "DeleteKey").await.try_into().unwrap();
    let target = record.target.clone().unwrap();
    assert_eq!((target.kind.as_ref(), target.id), ("key", key.to_string()));
    assert_eq!((record.subject.name.as_deref(), record.subject.principal), (Some("keystead"), None));
    assert_eq!((record.outcome, record.tenant), (Outcome::Success, Some(doomed.tenant())));
    let Decision::Allowed(by) = record.decision else { panic!("not decided") };
    assert_eq!((by.document.as_str(), by.statement.as_str()), ("system:scheduler", "destruction-due"));
    assert!(!record.raised.is_empty() && !record.epochs.is_empty());
}

#[tokio::test]
async fn a_destroyed_key_is_gone_and_its_names_are_free() {
    let house = House::open().await;
    let name = || Name::new(Space::Aws, "app").unwrap();
    let named = || CreateKey { name: Some(name()), ..new_key() };
    let key = house.run("root", named()).await.unwrap().key.id();
    house.run("root", ScheduleDestruction { key: KeyRef::Id(key), wait: 7 * DAY }).await.unwrap();
    assert_eq!(word(house.run("root", named()).await), "name_taken");
    house.pass_days(7);
    assert_eq!(tick(&house).await, did(1, 0));
    let id = || KeyRef::Id(key);
    assert_eq!(word(house.run("root", DescribeKey { key: id() }).await), "key_not_found");
    assert_eq!(word(house.run("root", CancelDestruction { key: id() }).await), "key_not_found");
    assert_eq!(word(house.run("root", EnableKey { key: id() }).await), "key_not_found");
    assert_eq!(word(house.run_at(vault(), "root", DescribeKey { key: id() }).await), "key_not_found");
    assert_eq!(word(house.run("nobody", DescribeKey { key: id() }).await), "denied");
    let listed = house.run("root", ListKeys { after: None, limit: 10 }).await.unwrap().keys.items;
    assert_eq!(listed, []);
    let again = house.run("root", named()).await.unwrap().key.id();
    let found = house.run("root", DescribeKey { key: KeyRef::Name(name()) }).await.unwrap().key.id();
    assert_eq!(found, again);
}

#[tokio::test]
async fn what_was_cancelled_is_not_destroyed() {
    let house = House::open().await;
    let key = doomed(&house, 7).await;
    house.pass_days(6);
    house.run("root", CancelDestruction { key: KeyRef::Id(key.id()) }).await.unwrap();
    house.pass_days(30);
    assert_eq!(tick(&house).await, did(0, 0));
    assert_eq!(material(&house, &key, 1).await, Ok(()));
}

#[tokio::test]
async fn a_key_rotates_on_its_schedule_whatever_was_made_on_demand() {
    let house = House::open().await;
    let key = rotating(&house, 90).await;
    house.pass_days(80);
    house.run("root", RotateKey::unbounded(KeyRef::Id(key))).await.unwrap();
    let blob = house.encrypt("user", key, "old").await.unwrap();
    assert_eq!(tick(&house).await, did(0, 0));
    house.pass_days(10);
    assert_eq!(tick(&house).await, did(0, 1));
    assert_eq!(versions(&house, key).await, [Making::Born, Making::OnDemand, Making::Automatic]);
    assert_eq!(record_of(&house, key).await.primary(), Some(3));
    assert_eq!(house.decrypt("user", &blob).await.unwrap(), "old");
    house.encrypt("user", key, "new").await.unwrap();
    house.pass_days(89);
    assert_eq!(tick(&house).await, did(0, 0));
    house.pass_days(1);
    assert_eq!(tick(&house).await, did(0, 1));
    let made = records(&house, "RotateKey").await;
    assert_eq!(made.len(), 2);
    let target = made[1].target.as_ref().unwrap();
    assert_eq!((target.id.clone(), target.version), (key.to_string(), Some(3)));
    let Decision::Allowed(by) = &made[1].decision else { panic!("not decided") };
    assert_eq!((by.document.as_str(), by.statement.as_str()), ("system:scheduler", "period-passed"));
}

#[tokio::test]
async fn a_disabled_key_waits_and_rotates_when_it_is_enabled_overdue() {
    let house = House::open().await;
    let key = rotating(&house, 90).await;
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    house.pass_days(200);
    assert_eq!(tick(&house).await, did(0, 0));
    house.run("root", EnableKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(tick(&house).await, did(0, 1));
    house.pass_days(89);
    assert_eq!(tick(&house).await, did(0, 0), "and its period begins anew");
    house.pass_days(1);
    assert_eq!(tick(&house).await, did(0, 1));
}

#[tokio::test]
async fn a_key_that_is_to_be_destroyed_does_not_rotate() {
    let house = House::open().await;
    let key = rotating(&house, 90).await;
    house.run("root", ScheduleDestruction { key: KeyRef::Id(key), wait: 30 * DAY }).await.unwrap();
    house.pass_days(29);
    assert_eq!(tick(&house).await, did(0, 0));
    house.pass_days(200);
    assert_eq!(tick(&house).await, did(1, 0), "destroyed, and no version before");
}

#[tokio::test]
async fn many_keys_are_done_in_bounded_batches_and_none_twice() {
    let house = House::open().await;
    for _ in 0..140 {
        doomed(&house, 7).await;
        rotating(&house, 90).await;
    }
    house.pass_days(90);
    let first = house.engine.tick().await.unwrap();
    assert!(first.more && first.destroyed + first.rotated == 128, "{first:?}");
    let rest = tick(&house).await;
    assert_eq!((first.destroyed + rest.destroyed, first.rotated + rest.rotated), (140, 140));
    assert_eq!(tick(&house).await, did(0, 0));
}

#[tokio::test]
async fn a_short_absence_is_caught_up_with_and_a_long_one_asks_first() {
    for (hours, expected) in [(24, did(1, 1)), (25, Ticked { held: true, ..did(0, 1) })] {
        let house = House::open().await;
        doomed(&house, 7).await;
        rotating(&house, 7).await;
        house.pass_days(6);
        assert_eq!(tick(&house).await, did(0, 0));
        // Another process: its monotonic clock tells nothing of the time between.
        house.set_clock_on(hours * HOURS);
        let house = house.restart();
        assert_eq!(tick(&house).await, expected, "{hours}");
    }
}

#[tokio::test]
async fn a_jump_holds_destruction_back_alone_until_an_operator_accepts_it() {
    let house = House::open().await;
    let key = doomed(&house, 7).await;
    rotating(&house, 7).await;
    assert_eq!(tick(&house).await, did(0, 0));
    assert!(!house.engine.accept_clock().await.unwrap(), "nothing to accept");
    house.set_clock_on(8 * 24 * HOURS);
    assert_eq!(tick(&house).await, Ticked { held: true, ..did(0, 1) }, "rotation goes on");
    assert_eq!(tick(&house).await, held());
    let [alarm] = records(&house, "ClockJump").await.try_into().unwrap();
    assert_eq!(alarm.outcome, Outcome::Failure("clock_jump".into()));
    assert_eq!(alarm.context, [("ahead_seconds".to_owned(), (8 * 24 * HOURS).to_string())]);
    // It is remembered: another process holds it back as well.
    let house = house.restart();
    assert_eq!(tick(&house).await, held());
    assert_eq!(material(&house, &key, 1).await, Ok(()));
    assert!(house.engine.accept_clock().await.unwrap());
    assert_eq!(records(&house, "AcceptClock").await.len(), 1);
    assert_eq!(tick(&house).await, did(1, 0));
    let house = house.restart();
    assert_eq!(tick(&house).await, did(0, 0), "and so is the acceptance");
}

#[tokio::test]
async fn a_clock_that_is_set_back_destroys_nothing_early() {
    let house = House::open().await;
    tick(&house).await;
    house.set_clock_on(-30 * 24 * HOURS);
    let key = doomed(&house, 7).await;
    assert_eq!(tick(&house).await, did(0, 0));
    // Put right again, the key's seven days seem to be over.
    house.set_clock_on(30 * 24 * HOURS);
    assert_eq!(tick(&house).await, held());
    assert_eq!(material(&house, &key, 1).await, Ok(()));
    house.set_clock_on(-30 * 24 * HOURS);
    house.pass_days(7);
    assert_eq!(tick(&house).await, did(1, 0), "seven days later");
}

#[tokio::test]
async fn a_sealed_system_does_nothing_and_catches_up() {
    let house = House::open().await;
    doomed(&house, 7).await;
    assert_eq!(tick(&house).await, did(0, 0));
    house.pass_days(8);
    house.run("root", SealSystem).await.unwrap();
    assert_eq!(word(house.engine.tick().await), "sealed");
    assert_eq!(records(&house, "DeleteKey").await, []);
    house.unseal();
    assert_eq!(tick(&house).await, did(1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_destroyed_while_a_change_waits_for_the_log() {
    let house = House::open().await;
    let key = doomed(&house, 7).await;
    house.pass_days(8);
    house.sink.stuck.store(true, std::sync::atomic::Ordering::SeqCst);
    let other = house.create("root").await;
    assert_eq!(word(other), "outcome_unknown");
    assert_eq!(word(house.engine.tick().await), "store_unavailable");
    assert_eq!(material(&house, &key, 1).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_tenant_does_not_keep_a_key_from_its_end() {
    let house = Arc::new(House::open().await);
    for _ in 0..20 {
        doomed(&house, 7).await;
    }
    tick(&house).await;
    house.pass_days(7);
    let busy: Vec<_> = (0..4).map(|_| tokio::spawn(keep_busy(Arc::clone(&house)))).collect();
    let mut destroyed = 0;
    for _ in 0..5 {
        destroyed += tick(&house).await.destroyed;
    }
    assert_eq!(destroyed, 20);
    for worker in busy {
        worker.abort();
    }
}

/// Answers that one key's record is corrupt.
struct Broken {
    inner: Arc<dyn RecordStore>,
    key: Mutex<Option<KeyId>>,
}

#[async_trait]
impl RecordStore for Broken {
    async fn open(&self, at: &RecordRef) -> Result<Option<Opened>, StoreError> {
        let broken = self.key.lock().unwrap().is_some_and(|key| at.id == key.as_bytes());
        if broken {
            return Err(StoreError::Corrupt { kind: at.kind, why: "by a test".to_owned() });
        }
        self.inner.open(at).await
    }

    async fn scan(&self, scan: IndexScan) -> Result<Page<IndexHit>, StoreError> {
        self.inner.scan(scan).await
    }

    fn is_settled(&self) -> bool {
        self.inner.is_settled()
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.inner.commit(batch).await
    }
}

#[tokio::test]
async fn a_step_that_fails_holds_up_nobody_and_is_tried_again_after_a_while() {
    let slot = Arc::new(OnceLock::new());
    let kept = Arc::clone(&slot);
    let house = House::with_store(move |inner| {
        kept.get_or_init(|| Arc::new(Broken { inner, key: Mutex::default() })).clone()
    });
    let house = house.await;
    let broken: &Arc<Broken> = slot.get().unwrap();
    let (first, second) = (doomed(&house, 7).await.id(), doomed(&house, 7).await.id());
    *broken.key.lock().unwrap() = Some(first.min(second));
    house.pass_days(7);
    let failed = |failed, destroyed| Ticked { failed, ..did(destroyed, 0) };
    assert_eq!(tick(&house).await, failed(1, 1));
    assert_eq!(tick(&house).await, did(0, 0), "not at once");
    house.pass_minutes(10);
    assert_eq!(tick(&house).await, failed(1, 0));
    *broken.key.lock().unwrap() = None;
    house.pass_minutes(10);
    assert_eq!(tick(&house).await, did(1, 0));
}

async fn keep_busy(house: Arc<House>) {
    let key = house.create("root").await.unwrap().key.id();
    loop {
        let _ = house.run("root", DisableKey { key: KeyRef::Id(key) }).await;
        let _ = house.run("root", EnableKey { key: KeyRef::Id(key) }).await;
    }
}

#[tokio::test]
async fn the_native_dialect_still_shows_what_was_destroyed() {
    let house = House::open().await;
    let native = Coordinates::new(Dialect::Native, "*/default");
    let key = house.run_at(native.clone(), "root", new_key()).await.unwrap().key.id();
    let schedule = ScheduleDestruction { key: KeyRef::Id(key), wait: 7 * DAY };
    house.run_at(native.clone(), "root", schedule).await.unwrap();
    house.pass_days(7);
    assert_eq!(tick(&house).await, did(1, 0));
    let shown = house.run_at(native, "root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap().key;
    assert_eq!((shown.state(), shown.primary()), (KeyState::Destroyed, None));
}
