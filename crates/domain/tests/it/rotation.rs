//! The plan says what is due at an instant, why, and nothing else.

use keystead_domain::{
    Key, LifecycleEvent, Ratchets, RotationPolicy, RotationReason, RotationStep, VersionId, plan,
};

use crate::making::{after, at, key, loaded, loose, version};

fn rotating(every: Option<u32>, rotate_within: Option<u32>) -> Key {
    let key = key(Ratchets { rotate_within, ..loose() });
    loaded(&key).edit(|details| details.rotation = RotationPolicy { every }).0
}

fn new_version(key: &Key, ordinal: u32, reason: RotationReason) -> Vec<RotationStep> {
    vec![RotationStep::NewVersion { replaces: VersionId { key: key.id(), ordinal }, reason }]
}

#[test]
fn a_period_passes_at_its_end_and_not_before() {
    let key = rotating(Some(60), None);
    assert_eq!(plan(at(59), &key), []);
    assert_eq!(plan(at(60), &key), new_version(&key, 1, RotationReason::PeriodPassed));
    let limited = rotating(None, Some(60));
    assert_eq!(plan(at(59), &limited), []);
    assert_eq!(plan(at(60), &limited), new_version(&limited, 1, RotationReason::LimitReached));
    assert_eq!(plan(at(1_000_000), &rotating(None, None)), []);
}

#[test]
fn the_owners_period_is_named_before_the_ratchets_limit() {
    let both = rotating(Some(60), Some(60));
    assert_eq!(plan(at(60), &both), new_version(&both, 1, RotationReason::PeriodPassed));
}

#[test]
fn a_period_counts_from_the_primarys_making() {
    let key = loaded(&rotating(Some(60), None)).rotate(version(2, at(50))).expect("active").0;
    assert_eq!(plan(at(109), &key), []);
    assert_eq!(plan(at(110), &key), new_version(&key, 2, RotationReason::PeriodPassed));
}

#[test]
fn only_an_active_key_rotates_by_itself() {
    for event in [LifecycleEvent::Suspend, LifecycleEvent::Deactivate, LifecycleEvent::Compromise] {
        let key = rotating(Some(60), None);
        assert_eq!(plan(at(1_000), &after(&key, key.on(event))), [], "{event:?}");
    }
}

#[test]
fn a_scheduled_destruction_stands_before_everything_and_is_due_at_its_end() {
    let key = rotating(Some(60), None);
    let doomed = after(&key, key.schedule_destruction(at(0), 100));
    assert_eq!(plan(at(99), &doomed), []);
    assert_eq!(plan(at(100), &doomed), [RotationStep::Destroy { reason: RotationReason::DestructionDue }]);
}
