//! Histories of the root of trust, written down and random.

use proptest::prelude::*;
use provider_software::Software;

use super::*;
use crate::shamir::ShareTextError;

const T0: Timestamp = Timestamp::from_millis(1_000_000);

fn machine(kept: Option<SealedRoot>) -> Unsealing {
    Unsealing::new(kept, Arc::new(Software::new()), Arc::new(Software::new()))
}

fn key(byte: u8) -> Key {
    Key::take(&mut [byte; 32])
}

/// A record of a new system with custodians, their shares as text, and the root key.
fn shamir(threshold: u8, count: u8) -> (SealedRoot, Vec<String>, Key) {
    let terms = Terms::new(threshold, count).unwrap();
    let (after, effects) = machine(None).step(Input::Init(NewRoot::Shamir(terms)));
    assert!(!after.status().sealed);
    match <[Effect; 4]>::try_from(effects).unwrap() {
        [Effect::Keep(root), Effect::SharesMade(shares), Effect::Record(_), Effect::Unsealed(key, _)] => {
            let text = shares.iter().map(|share| share.to_text().unwrap().as_str().to_owned());
            (root, text.collect(), key)
        }
        other => panic!("{other:?}"),
    }
}

fn refusal(effects: &[Effect]) -> Option<&Refused> {
    effects.iter().find_map(|effect| match effect {
        Effect::Record(Attempt { outcome: Err(why), .. }) => Some(why),
        _ => None,
    })
}

fn root_of(effects: Vec<Effect>) -> Option<Key> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Unsealed(key, _) => Some(key),
        _ => None,
    })
}

#[test]
fn three_of_five_open_it_and_what_is_wrong_is_named_and_does_not_count() {
    let (root, shares, key) = shamir(3, 5);
    let (_, foreign, _) = shamir(3, 5);
    let sealed = machine(Some(SealedRoot::from_json(&root.to_json().unwrap()).unwrap()));
    assert_eq!(sealed.status().kind, Some("shamir"));
    assert_eq!((sealed.status().threshold, sealed.status().count), (3, 5));

    let (m, effects) = sealed.step(Input::Share(&foreign[0], T0));
    assert!(matches!(refusal(&effects), Some(Refused::Share { index: 1, .. })));
    assert_eq!((m.status().progress, m.status().nonce), (0, None));
    let (m, _) = m.step(Input::Share(&shares[4], T0));
    let nonce = m.status().nonce;
    assert!(nonce.is_some());
    let (m, effects) = m.step(Input::Share(&shares[4], T0));
    assert_eq!(refusal(&effects), Some(&Refused::Duplicate { index: 5 }));
    let (m, effects) = m.step(Input::Share(&shares[1][..shares[1].len() - 8], T0));
    assert!(matches!(
        refusal(&effects),
        Some(Refused::Text(ShareTextError::Checksum | ShareTextError::Length))
    ));
    let (m, effects) = m.step(Input::Share(&shares[0], T0));
    assert_eq!((m.status().progress, m.status().nonce, m.status().sealed), (2, nonce, true));
    assert!(root_of(effects).is_none());
    let (m, effects) = m.step(Input::Share(&shares[2], T0));
    assert!(!m.status().sealed);
    assert!(root_of(effects).unwrap().ct_eq(&key));
}

#[test]
fn shares_of_a_root_that_did_not_wrap_the_record_are_the_wrong_root_and_forgotten() {
    let (mine, _, _) = shamir(2, 2);
    let (theirs, shares, _) = shamir(2, 2);
    let mixed = SealedRoot { guarded: theirs.guarded, system: mine.system };
    let (m, _) = machine(Some(mixed)).step(Input::Share(&shares[0], T0));
    let (m, effects) = m.step(Input::Share(&shares[1], T0));
    assert_eq!(refusal(&effects), Some(&Refused::WrongRoot));
    assert!(root_of(effects).is_none());
    assert_eq!((m.status().sealed, m.status().progress), (true, 0));
}

#[test]
fn a_keyfile_opens_what_it_sealed_and_nothing_else() {
    let (_, effects) = machine(None).step(Input::Init(NewRoot::Keyfile(key(1))));
    let Some(Effect::Keep(root)) = effects.into_iter().next() else { panic!("nothing kept") };
    let (m, effects) = machine(Some(root)).step(Input::RootSecret(key(2)));
    assert_eq!(refusal(&effects), Some(&Refused::WrongRoot));
    let (m, effects) = m.step(Input::Share("kss1-", T0));
    assert_eq!(refusal(&effects), Some(&Refused::NoShares));
    let (m, effects) = m.step(Input::RootSecret(key(1)));
    assert!(root_of(effects).unwrap().ct_eq(&key(1)));
    let (m, effects) = m.step(Input::Seal);
    assert!(matches!(effects.last(), Some(Effect::Sealed)));
    assert!(m.status().sealed);
}

#[test]
fn a_round_ends_when_its_time_is_over_or_the_clock_was_set_back() {
    let (root, shares, _) = shamir(2, 3);
    let at = |millis| Timestamp::from_millis(T0.millis() + millis);
    for (millis, left) in [(0, 1), (ROUND_MILLIS - 1, 1), (ROUND_MILLIS, 0), (-1, 0)] {
        let (m, _) = machine(Some(root.clone())).step(Input::Share(&shares[0], T0));
        let (m, effects) = m.step(Input::Timeout(at(millis)));
        assert_eq!((m.status().progress, effects.len()), (left, 1 - left), "{millis}");
        let (m, _) = m.step(Input::Share(&shares[1], at(millis)));
        assert_eq!(m.status().sealed, left == 0, "{millis}");
    }
}

#[test]
fn a_system_is_initialised_once() {
    let (root, _, _) = shamir(2, 2);
    let (m, effects) = machine(Some(root)).step(Input::Init(NewRoot::Memory(key(1))));
    assert_eq!(effects.len(), 1);
    assert_eq!(refusal(&effects), Some(&Refused::AlreadyInitialised));
    assert_eq!(m.status().kind, Some("shamir"));
}

#[derive(Clone, Debug)]
enum Play {
    Share(usize),
    Foreign(usize),
    Reset,
    Wait(i64),
    Seal,
    Secret,
}

fn play() -> impl Strategy<Value = Play> {
    prop_oneof![
        8 => (0_usize..5).prop_map(Play::Share),
        1 => (0_usize..5).prop_map(Play::Foreign),
        1 => Just(Play::Reset),
        1 => (0..ROUND_MILLIS * 2).prop_map(Play::Wait),
        1 => Just(Play::Seal),
        1 => Just(Play::Secret),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Against a naive model: the set of indexes given since the round began.
    #[test]
    fn it_is_unsealed_exactly_when_enough_different_shares_came_in_one_round(
        plays in prop::collection::vec(play(), 1..30),
    ) {
        let ((root, shares, key), (_, foreign, _)) = (shamir(3, 5), shamir(3, 5));
        let (mut m, mut now, mut began) = (machine(Some(root)), T0, T0);
        let (mut given, mut open) = (std::collections::BTreeSet::new(), false);
        for play in plays {
            let late = now.millis() - began.millis() >= ROUND_MILLIS;
            let effects;
            let was_open = open;
            (m, effects) = match play {
                Play::Share(n) => {
                    if late { given.clear(); }
                    if !open {
                        if given.is_empty() { began = now; }
                        given.insert(n);
                        if given.len() == 3 { open = true; given.clear(); }
                    }
                    m.step(Input::Share(&shares[n], now))
                }
                Play::Foreign(n) => {
                    if late { given.clear(); }
                    m.step(Input::Share(&foreign[n], now))
                }
                Play::Reset => { given.clear(); m.step(Input::Reset) }
                Play::Wait(millis) => {
                    now = Timestamp::from_millis(now.millis() + millis);
                    if now.millis() - began.millis() >= ROUND_MILLIS { given.clear(); }
                    m.step(Input::Timeout(now))
                }
                Play::Seal => { open = false; m.step(Input::Seal) }
                Play::Secret => m.step(Input::RootSecret(Key::take(&mut [7; 32]))),
            };
            let status = m.status();
            prop_assert_eq!((status.sealed, status.progress), (!open, given.len()));
            prop_assert_eq!(status.nonce.is_some(), !given.is_empty());
            let opened = root_of(effects);
            prop_assert_eq!(opened.is_some(), open && !was_open);
            prop_assert!(opened.is_none_or(|opened| opened.ct_eq(&key)));
        }
    }
}
