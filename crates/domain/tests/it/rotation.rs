//! The plan says what is due at an instant, why, and nothing else.

use keystead_domain::{
    IndexEntry, IndexName, Key, LifecycleEvent, Making, Ratchets, Record, RotationPolicy, RotationReason,
    RotationStep, VersionId, next_rotation, plan,
};

use crate::making::{after, at, key, loaded, loose, version};

fn rotating(every: Option<u32>, rotate_within: Option<u32>) -> Key {
    let key = key(Ratchets { rotate_within, ..loose() });
    loaded(&key).edit(|details| details.rotation = RotationPolicy { every, since: None }).0
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
fn a_fixed_schedule_counts_from_its_beginning_and_from_what_was_due_alone() {
    let policy = RotationPolicy { every: Some(60), since: Some(at(5)) };
    let key = loaded(&key(loose())).edit(|details| details.rotation = policy).0;
    assert_eq!((next_rotation(&key), plan(at(64), &key)), (Some(at(65)), vec![]));
    let asked = loaded(&key).rotate(version(2, at(50))).expect("active").0;
    assert_eq!(plan(at(65), &asked), new_version(&asked, 2, RotationReason::PeriodPassed));
    let due = loaded(&asked).rotate_as(version(3, at(70)), Making::Automatic).expect("active").0;
    assert_eq!((next_rotation(&due), plan(at(129), &due)), (Some(at(130)), vec![]));
    let begun_anew = RotationPolicy { every: Some(60), since: Some(at(100)) };
    let later = loaded(&due).edit(|details| details.rotation = begun_anew).0;
    assert_eq!(next_rotation(&later), Some(at(160)));
}

#[test]
fn an_index_row_says_when_it_is_due() {
    let key = rotating(Some(60), Some(40));
    let due = |key: &Key, name| {
        let rows = key.index().into_iter().filter(|row| row.index == name);
        rows.map(|row| IndexEntry::due(&row.key)).collect::<Vec<_>>()
    };
    assert_eq!(due(&key, IndexName::KeyByRotation), [Some(at(40))], "what comes first");
    assert_eq!(due(&key, IndexName::KeyByDestruction), []);
    let doomed = after(&key, key.schedule_destruction(at(0), 100));
    assert_eq!(due(&doomed, IndexName::KeyByRotation), []);
    assert_eq!(due(&doomed, IndexName::KeyByDestruction), [Some(at(100))]);
    let asleep = after(&key, key.on(LifecycleEvent::Suspend));
    assert_eq!((next_rotation(&asleep), due(&asleep, IndexName::KeyByRotation)), (None, vec![]));
    let awake = after(&asleep, asleep.on(LifecycleEvent::Resume));
    assert_eq!(due(&awake, IndexName::KeyByRotation), [Some(at(40))], "overdue at once");
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
