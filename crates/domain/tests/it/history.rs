//! After any history of lawful and unlawful requests: at most one primary, destroyed stays destroyed, a ratchet never
//! loosens, and a key suspended while deactivated does not protect again.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use keystead_domain::{
    ExportCeiling, Key, KeyState, LifecycleEvent, MaterialState, ProtectionLevel, Ratchets, Refusal,
    Timestamp, Usage, plan,
};
use proptest::prelude::*;

use crate::making::{key, loaded, version};

#[derive(Clone, Debug)]
enum Step {
    Event(LifecycleEvent),
    Schedule(u32),
    Cancel,
    Destroy,
    Rotate,
    Tighten(Ratchets),
    Pass(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let event = prop::sample::select(LifecycleEvent::ALL.to_vec()).prop_map(Step::Event);
    prop_oneof![
        4 => event,
        2 => (0_u32..100).prop_map(Step::Schedule),
        2 => Just(Step::Cancel),
        1 => Just(Step::Destroy),
        3 => Just(Step::Rotate),
        1 => ratchets().prop_map(Step::Tighten),
        2 => (0_u32..200).prop_map(Step::Pass),
    ]
}

fn ratchets() -> impl Strategy<Value = Ratchets> {
    let export =
        prop::sample::select(vec![ExportCeiling::Never, ExportCeiling::Wrapped, ExportCeiling::Plain]);
    let level = prop::sample::select(vec![ProtectionLevel::Software, ProtectionLevel::Hsm]);
    (export, 0_u32..50, any::<bool>(), prop::option::of(1_u32..100), level).prop_map(
        |(export, destruction_wait, purge_protected, rotate_within, protection)| Ratchets {
            export,
            destruction_wait,
            purge_protected,
            rotate_within,
            protection,
        },
    )
}

/// Takes one step; what the domain refuses leaves the key as it was.
fn take(key: &Key, step: &Step, now: &mut Timestamp) -> Key {
    let loaded = loaded(key);
    let applied = |t| loaded.apply(&t).0;
    match step {
        Step::Event(e) => key.on(*e).map_or_else(|_| key.clone(), applied),
        Step::Schedule(wait) => key.schedule_destruction(*now, *wait).map_or_else(|_| key.clone(), applied),
        Step::Cancel => key.cancel_destruction().map_or_else(|_| key.clone(), applied),
        Step::Destroy => key.destroy(*now).map_or_else(|_| key.clone(), applied),
        Step::Rotate => loaded.rotate(version(9, *now)).map_or_else(|_| key.clone(), |(k, _, _)| k),
        Step::Tighten(to) => loaded.tighten(*to).map_or_else(|_| key.clone(), |(k, _)| k),
        Step::Pass(seconds) => {
            *now = now.plus_seconds(i64::from(*seconds));
            key.clone()
        }
    }
}

/// The same history, had it been a key for signatures.
fn signing_twin(key: &Key) -> Key {
    let mut record = serde_json::to_value(key).unwrap();
    record["spec"] = serde_json::json!("ec-p256");
    record["usage"] = serde_json::json!(["sign", "verify"]);
    serde_json::from_value(record).unwrap()
}

fn check_laws(before: &Key, after: &Key, now: Timestamp) {
    let primaries = after.versions().iter().filter(|v| Some(v.ordinal()) == after.primary()).count();
    assert!(primaries <= 1);
    assert_eq!(after.primary().is_none(), after.state().is_destroyed());
    let ordinals: Vec<_> = after.versions().iter().map(|v| v.ordinal()).collect();
    assert!(ordinals.is_sorted_by(|a, b| a < b), "ordinals only grow");
    for old in before.versions().iter().filter(|v| v.state().is_destroyed()) {
        let new = after.version(old.ordinal()).unwrap_or_else(|e| panic!("a version vanished: {e:?}"));
        assert!(new.state().is_destroyed());
        assert_ne!(new.material(), MaterialState::Present, "destroyed generated material never returns");
    }
    assert!(before.ratchets().tighten(after.ratchets()).is_ok(), "a ratchet never loosens");
    if before.state().is_destroyed() {
        assert!(after.state().is_destroyed());
    }
    let may = |u| after.admit(u, None).is_ok();
    if after.state() != KeyState::Active || after.destruction().is_some() {
        assert!(!may(Usage::Encrypt));
    }
    if after.destruction().is_some() {
        assert!(!may(Usage::Decrypt));
    }
    let over = after.destruction().is_some() || after.state().is_destroyed();
    assert_eq!(after.admit_edit().is_err(), over);
    let twin = signing_twin(after);
    let verifies = twin.admit(Usage::Verify, None).is_ok();
    assert_eq!(twin.admit_public(None).is_ok(), verifies, "a public half is read where it may be used");
    assert_eq!(after.admit_public(None), Err(Refusal::NoPublicHalf(after.spec())));
    assert!(plan(now, after).len() <= 1);
}

proptest! {
    #[test]
    fn laws_hold_after_any_history(start in ratchets(), steps in prop::collection::vec(step(), 1..60)) {
        let mut now = Timestamp::from_millis(0);
        let mut key = key(start);
        let mut deactivated = false;
        for step in &steps {
            let next = take(&key, step, &mut now);
            check_laws(&key, &next, now);
            deactivated |= next.state() == KeyState::Deactivated;
            prop_assert!(!(deactivated && next.admit(Usage::Encrypt, None).is_ok()), "deactivated never protects again");
            key = next;
        }
    }
}
