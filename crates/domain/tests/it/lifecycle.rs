//! What stands between a request and a key version, check by check; and what each change leaves behind.

use keystead_domain::{
    AbsentReason, Key, KeyState, LifecycleEvent, MaterialEvent, MaterialState, NewVersion, Ratchets, Refusal,
    ScheduledDestruction, Usage,
};

use crate::making::{after, at, key, key_of, loaded, loose, version};

fn refusal<T>(result: Result<T, Refusal>) -> Option<Refusal> {
    result.err()
}

fn admitted(key: &Key, usage: Usage, ordinal: Option<u32>) -> Result<u32, Refusal> {
    key.admit(usage, ordinal).map(|v| v.ordinal())
}

#[test]
fn a_key_is_what_it_was_made_as() {
    use keystead_domain::{AccountId, Dialect, KeySpec, PrincipalId, TenantId, UsageSet};
    let key = key(loose());
    let born = (key.tenant(), key.account(), key.folder(), key.born());
    let (tenant, account) = (TenantId::random([2; 16]), AccountId::random([3; 16]));
    assert_eq!(born, (tenant, account, None, Dialect::Native));
    assert_eq!((key.spec(), key.usage()), (KeySpec::Aes256, UsageSet::ENCRYPT_DECRYPT));
    assert_eq!((key.created_at(), key.created_by()), (at(0), PrincipalId::random([4; 16])));
    assert_eq!((key.primary(), key.ratchets()), (Some(1), loose()));
    let folder = keystead_domain::FolderId::random([5; 16]);
    let mut row = serde_json::to_value(&key).expect("plain");
    row["folder"] = serde_json::to_value(folder).expect("plain");
    let filed: Key = serde_json::from_value(row).expect("as written");
    assert_eq!(filed.folder(), Some(folder));
}

#[test]
fn a_request_takes_the_primary_unless_it_names_a_version() {
    let two = loaded(&key(loose())).rotate(version(2, at(1))).expect("active").0;
    for usage in [Usage::Encrypt, Usage::Decrypt] {
        assert_eq!(admitted(&two, usage, None), Ok(2));
        assert_eq!(admitted(&two, usage, Some(1)), Ok(1));
        assert_eq!(admitted(&two, usage, Some(3)), Err(Refusal::NoSuchVersion));
    }
}

#[test]
fn what_a_key_is_not_for_is_refused_before_its_state() {
    let key = key(loose());
    let held = after(&key, key.on(LifecycleEvent::Suspend));
    for usage in [Usage::Sign, Usage::Verify] {
        assert_eq!(admitted(&key, usage, None), Err(Refusal::Usage(usage)));
        assert_eq!(admitted(&held, usage, None), Err(Refusal::Usage(usage)));
    }
}

#[test]
fn a_deactivated_key_processes_and_protects_no_more() {
    let key = key(loose());
    let retired = after(&key, key.on(LifecycleEvent::Deactivate));
    assert_eq!(admitted(&retired, Usage::Decrypt, None), Ok(1));
    assert_eq!(admitted(&retired, Usage::Encrypt, None), Err(Refusal::State(KeyState::Deactivated)));
}

#[test]
fn a_version_has_its_own_permissions_for_either_direction() {
    let two = loaded(&key(loose())).rotate(version(2, at(1))).expect("active").0;
    let (split, _) = loaded(&two).permit_versions(|ordinal| (ordinal == 2, ordinal == 1));
    assert_eq!(admitted(&split, Usage::Encrypt, Some(2)), Ok(2));
    assert_eq!(admitted(&split, Usage::Decrypt, Some(1)), Ok(1));
    assert_eq!(admitted(&split, Usage::Encrypt, Some(1)), Err(Refusal::VersionForbidden));
    assert_eq!(admitted(&split, Usage::Decrypt, Some(2)), Err(Refusal::VersionForbidden));
    let own: Vec<_> = split.versions().iter().map(|v| (v.protect_allowed(), v.process_allowed())).collect();
    assert_eq!(own, [(false, true), (true, false)]);
}

/// A key as a store may hand it out: `change` edits its first version's row.
fn stored(key: &Key, change: impl FnOnce(&mut serde_json::Value)) -> Key {
    let mut row = serde_json::to_value(key).expect("plain");
    change(&mut row["versions"][0]);
    serde_json::from_value(row).expect("as written")
}

#[test]
fn a_version_has_its_own_state_beside_its_keys() {
    let key = key(loose());
    let held = stored(&key, |version| version["state"] = "suspended".into());
    assert_eq!(admitted(&held, Usage::Decrypt, None), Err(Refusal::State(KeyState::Suspended)));
    let retired = stored(&key, |version| version["state"] = "deactivated".into());
    assert_eq!(admitted(&retired, Usage::Decrypt, None), Ok(1));
    assert_eq!(admitted(&retired, Usage::Encrypt, None), Err(Refusal::State(KeyState::Deactivated)));
    let scheduled = ScheduledDestruction { asked_at: at(0), due_at: at(10) };
    let doomed = stored(&key, |version| {
        version["destruction"] = serde_json::to_value(scheduled).expect("plain");
    });
    let refused = Err(Refusal::DestructionScheduled(scheduled));
    assert_eq!(admitted(&doomed, Usage::Decrypt, None), refused);
}

#[test]
fn a_version_without_material_is_refused_and_comes_back_with_it() {
    let imported =
        NewVersion { material: MaterialState::Absent(AbsentReason::PendingImport), ..version(1, at(0)) };
    let waiting = key_of(loose(), imported);
    let absent = Err(Refusal::MaterialAbsent(AbsentReason::PendingImport));
    assert_eq!(admitted(&waiting, Usage::Encrypt, None), absent);
    let filled = loaded(&waiting).material(1, MaterialEvent::Imported).expect("waits for it").0;
    assert_eq!(admitted(&filled, Usage::Encrypt, None), Ok(1));
    let expired = loaded(&filled).material(1, MaterialEvent::Expired).expect("is there").0;
    let absent = Err(Refusal::MaterialAbsent(AbsentReason::Expired));
    assert_eq!(admitted(&expired, Usage::Decrypt, None), absent);
}

#[test]
fn a_material_event_is_for_one_version_that_is_there_and_lives() {
    let two = loaded(&key(loose())).rotate(version(2, at(1))).expect("active").0;
    let deleted = loaded(&two).material(2, MaterialEvent::Deleted).expect("is there").0;
    let material: Vec<_> = deleted.versions().iter().map(|v| v.material()).collect();
    assert_eq!(material, [MaterialState::Present, MaterialState::Absent(AbsentReason::Deleted)]);
    let missing = loaded(&two).material(3, MaterialEvent::Deleted);
    assert_eq!(refusal(missing), Some(Refusal::NoSuchVersion));
    let dead = after(&two, two.destroy(at(2)));
    let refilled = loaded(&dead).material(1, MaterialEvent::Imported);
    assert_eq!(refusal(refilled), Some(Refusal::State(KeyState::Destroyed)));
}

#[test]
fn the_material_table_is_total_and_as_reviewed() {
    use AbsentReason::{Deleted, Expired, PendingImport};
    use MaterialState::{Absent, External, Present};
    let rows = [
        (Present, [Some(Present), Some(Absent(Expired)), Some(Absent(Deleted))]),
        (Absent(Expired), [Some(Present), None, Some(Absent(Deleted))]),
        (Absent(Deleted), [Some(Present), None, Some(Absent(Deleted))]),
        (Absent(PendingImport), [Some(Present), None, None]),
        (External, [None, None, None]),
    ];
    let events = [MaterialEvent::Imported, MaterialEvent::Expired, MaterialEvent::Deleted];
    for (from, to) in rows {
        assert_eq!(events.map(|event| from.on(event)), to, "{from:?}");
    }
}

#[test]
fn destruction_is_no_event_of_its_own_and_waits_as_the_ratchet_says() {
    let patient = key(Ratchets { destruction_wait: 10, ..loose() });
    assert!(matches!(refusal(patient.on(LifecycleEvent::Destroy)), Some(Refusal::Illegal(_))));
    let too_short = Some(Refusal::WaitTooShort { least: 10 });
    assert_eq!(refusal(patient.destroy(at(1_000))), too_short);
    assert_eq!(refusal(patient.schedule_destruction(at(5), 9)), too_short);
    let doomed = after(&patient, patient.schedule_destruction(at(5), 10));
    let scheduled = ScheduledDestruction { asked_at: at(5), due_at: at(15) };
    assert_eq!(doomed.destruction(), Some(scheduled));
    assert_eq!(refusal(doomed.destroy(at(14))), Some(Refusal::NotDue));
    assert_eq!(after(&doomed, doomed.destroy(at(15))).state(), KeyState::Destroyed);
}

#[test]
fn a_key_that_is_to_be_destroyed_takes_nothing_but_a_report_of_compromise() {
    let key = key(loose());
    let doomed = after(&key, key.schedule_destruction(at(0), 10));
    let scheduled = doomed.destruction().map(Refusal::DestructionScheduled);
    for event in [LifecycleEvent::Suspend, LifecycleEvent::Resume, LifecycleEvent::Deactivate] {
        assert_eq!(refusal(doomed.on(event)), scheduled, "{event:?}");
    }
    for usage in [Usage::Encrypt, Usage::Decrypt] {
        assert_eq!(refusal(doomed.admit(usage, None)), scheduled);
    }
    assert_eq!(refusal(doomed.schedule_destruction(at(1), 20)), scheduled);
    assert_eq!(refusal(loaded(&doomed).rotate(version(2, at(1)))), scheduled);
    let known = after(&doomed, doomed.on(LifecycleEvent::Compromise));
    assert_eq!((known.state(), known.destruction()), (KeyState::Compromised, doomed.destruction()));
}

#[test]
fn a_cancelled_destruction_comes_back_suspended() {
    let key = key(loose());
    assert_eq!(refusal(key.cancel_destruction()), Some(Refusal::NotScheduled));
    let doomed = after(&key, key.schedule_destruction(at(0), 10));
    let back = after(&doomed, doomed.cancel_destruction());
    assert_eq!((back.state(), back.destruction()), (KeyState::Suspended, None));
    assert_eq!(admitted(&back, Usage::Decrypt, None), Err(Refusal::State(KeyState::Suspended)));
    let resumed = after(&back, back.on(LifecycleEvent::Resume));
    assert_eq!(admitted(&resumed, Usage::Encrypt, None), Ok(1));
}

#[test]
fn what_was_suspended_resumes_as_what_it_was() {
    let key = key(loose());
    let retired = after(&key, key.on(LifecycleEvent::Deactivate));
    for doubly in [false, true] {
        let mut held = after(&retired, retired.on(LifecycleEvent::Suspend));
        if doubly {
            held = after(&held, held.on(LifecycleEvent::Suspend));
        }
        assert_eq!(after(&held, held.on(LifecycleEvent::Resume)).state(), KeyState::Deactivated);
    }
    let mut held = after(&key, key.on(LifecycleEvent::Suspend));
    for _ in 0..2 {
        assert_eq!(after(&held, held.on(LifecycleEvent::Resume)).state(), KeyState::Active);
        held = after(&held, held.on(LifecycleEvent::Suspend));
    }
    // Once it was retired and scheduled; the cancellation must not let it protect again.
    let doomed = after(&retired, retired.schedule_destruction(at(0), 10));
    let back = after(&doomed, doomed.cancel_destruction());
    assert_eq!(after(&back, back.on(LifecycleEvent::Resume)).state(), KeyState::Deactivated);
}

#[test]
fn a_report_of_compromise_is_taken_in_every_state_and_is_not_undone() {
    let key = key(loose());
    let retired = after(&key, key.on(LifecycleEvent::Deactivate));
    let held = after(&retired, retired.on(LifecycleEvent::Suspend));
    for from in [&key, &retired, &held] {
        let known = after(from, from.on(LifecycleEvent::Compromise));
        assert_eq!(known.state(), KeyState::Compromised);
        let doomed = after(&known, known.schedule_destruction(at(0), 10));
        assert_eq!(after(&doomed, doomed.cancel_destruction()).state(), KeyState::Compromised);
    }
}

#[test]
fn destruction_leaves_nothing_that_could_be_used() {
    let two = loaded(&key(loose())).rotate(version(2, at(1))).expect("active").0;
    let doomed = after(&two, two.schedule_destruction(at(2), 10));
    let dead = after(&doomed, doomed.destroy(at(12)));
    assert_eq!((dead.state(), dead.destruction(), dead.primary()), (KeyState::Destroyed, None, None));
    for v in dead.versions() {
        assert_eq!(v.state(), KeyState::Destroyed);
        assert_eq!(v.material(), MaterialState::Absent(AbsentReason::Deleted));
        assert_eq!((v.destroyed_at(), v.destruction()), (Some(at(12)), None));
    }
    let gone = Some(Refusal::State(KeyState::Destroyed));
    assert_eq!(refusal(dead.schedule_destruction(at(13), 10)), gone);
    assert_eq!(refusal(loaded(&dead).rotate(version(3, at(13)))), gone);
    assert!(matches!(refusal(dead.destroy(at(13))), Some(Refusal::Illegal(_))));
}

#[test]
fn rotation_counts_on_and_is_for_active_keys_alone() {
    let key = key(loose());
    let (two, made, _) = loaded(&key).rotate(version(2, at(1))).expect("active");
    assert_eq!((made.key, made.ordinal, two.primary()), (key.id(), 2, Some(2)));
    assert_eq!(two.versions().iter().map(|v| v.ordinal()).collect::<Vec<_>>(), [1, 2]);
    for event in [LifecycleEvent::Suspend, LifecycleEvent::Deactivate, LifecycleEvent::Compromise] {
        let other = after(&key, key.on(event));
        let state = Some(Refusal::State(other.state()));
        assert_eq!(refusal(loaded(&other).rotate(version(2, at(1)))), state, "{event:?}");
    }
}

#[test]
fn a_name_passes_between_keys_of_one_kind_and_the_same_uses() {
    use keystead_domain::{KeySpec, UsageSet};
    let made = |spec: KeySpec, usage: UsageSet| -> Key {
        let mut row = serde_json::to_value(key(loose())).expect("plain");
        row["spec"] = serde_json::to_value(spec).expect("plain");
        row["usage"] = serde_json::to_value(usage).expect("plain");
        serde_json::from_value(row).expect("a key")
    };
    let both = UsageSet::ENCRYPT_DECRYPT;
    let symmetric = || made(KeySpec::Aes256, both);
    let signing = |spec| made(spec, UsageSet::SIGN_VERIFY);
    for (one, other, like) in [
        (symmetric(), symmetric(), true),
        (symmetric(), made(KeySpec::Aes128, both), true),
        (symmetric(), made(KeySpec::Rsa2048, both), false),
        (symmetric(), made(KeySpec::HmacSha256, both), false),
        (symmetric(), made(KeySpec::Aes256, UsageSet::NONE), false),
        (made(KeySpec::Rsa2048, both), signing(KeySpec::Rsa2048), false),
        (signing(KeySpec::Rsa2048), signing(KeySpec::EcP256), true),
        (signing(KeySpec::Ed25519), signing(KeySpec::MlDsa44), true),
        (made(KeySpec::HmacSha256, UsageSet::MAC), made(KeySpec::HmacSha512, UsageSet::MAC), true),
        (made(KeySpec::HmacSha256, UsageSet::MAC), made(KeySpec::Rsa2048, UsageSet::MAC), false),
        (made(KeySpec::X25519, UsageSet::AGREE_KEY), made(KeySpec::MlKem512, UsageSet::AGREE_KEY), true),
    ] {
        assert_eq!(one.is_like(&other), like, "{:?} {:?}", one.spec(), other.spec());
        assert_eq!(other.is_like(&one), like, "either way round");
    }
}
