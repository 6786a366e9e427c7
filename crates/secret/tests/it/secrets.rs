//! Making, reading, comparing and reshaping secrets.

use secret::{ArenaFull, DecodeError, Exposure, MAX_LEN, Secret, SecretBytes, WrongLength, is_arena_address};

const WHY: Exposure = Exposure::HandToProvider;

#[test]
fn taking_wipes_the_source() {
    let mut source = *b"correct horse battery staple";
    let secret = SecretBytes::take(&mut source);
    assert_eq!(source, [0; 28]);
    assert_eq!(secret.expose(WHY), b"correct horse battery staple");

    let mut source = [7; 32];
    let secret = Secret::<[u8; 32]>::take(&mut source);
    assert_eq!((source, *secret.expose(WHY)), ([0; 32], [7; 32]));
}

#[test]
fn a_refused_taking_wipes_the_source_as_well() {
    let mut source = vec![7; MAX_LEN + 1];
    assert_eq!(SecretBytes::try_take(&mut source).unwrap_err(), ArenaFull::TooLong);
    assert!(source.iter().all(|b| *b == 0));
}

#[test]
fn the_bytes_of_every_length_lie_in_the_arena() {
    for len in [0, 1, 32, 33, 1000, 8192, 8193, 70_000] {
        let (secret, filled) = SecretBytes::build(len, |bytes| {
            assert!(bytes.iter().all(|b| *b == 0));
            bytes.fill(9);
            bytes.len()
        });
        assert_eq!((filled, secret.len(), secret.is_empty()), (len, len, len == 0));
        assert!(is_arena_address(secret.expose(WHY).as_ptr()), "{len}");
        assert!(secret.expose(WHY).iter().all(|b| *b == 9));
    }
    assert!(!is_arena_address(Box::new(0_u8).as_ref()), "the heap is not the arena");
}

#[test]
fn shapes_change_without_a_copy_and_only_at_the_right_length() {
    let secret = SecretBytes::take(&mut [3; 16]);
    let before = secret.expose(WHY).as_ptr();
    let array = Secret::<[u8; 16]>::try_from(secret).unwrap();
    assert_eq!(array.expose(WHY).as_ptr(), before);
    let slice = SecretBytes::from(array);
    assert_eq!(slice.expose(WHY).as_ptr(), before);
    assert_eq!(Secret::<[u8; 15]>::try_from(slice).unwrap_err(), WrongLength { wanted: 15 });
}

#[test]
fn a_derived_pair_splits_exactly() {
    let pair = || SecretBytes::build(48, |b| b.iter_mut().zip(0..).for_each(|(b, n)| *b = n)).0;
    let (head, tail) = pair().split_arrays::<16, 32>().unwrap();
    assert_eq!((head.expose(WHY)[15], tail.expose(WHY)[0]), (15, 16));
    assert_eq!(pair().split_arrays::<16, 31>().unwrap_err(), WrongLength { wanted: 47 });
    assert_eq!(pair().split_arrays::<64, 1>().unwrap_err(), WrongLength { wanted: 65 });
}

#[test]
fn truncating_keeps_the_head() {
    let mut secret = SecretBytes::take_vec(b"plaintext and tag".to_vec());
    secret.truncate(9);
    assert_eq!(secret.expose(WHY), b"plaintext");
    secret.truncate(100);
    assert_eq!(secret.len(), 9);
}

#[test]
fn equality_is_of_all_bytes_and_of_length() {
    let of = |bytes: &[u8]| SecretBytes::take_vec(bytes.to_vec());
    assert!(of(b"abc").ct_eq(&of(b"abc")));
    assert!(of(b"").ct_eq(&of(b"")));
    for other in [&b"abd"[..], b"bbc", b"ab", b"abcd", b""] {
        assert!(!of(b"abc").ct_eq(&of(other)));
    }
}

#[test]
fn inv_2_debug_prints_the_type_alone() {
    let secret = SecretBytes::take_vec(b"hunter2".to_vec());
    assert_eq!(format!("{secret:?} {secret:#?}"), "Secret<[u8]> Secret<[u8]>");
    let array = Secret::<[u8; 7]>::try_from(secret).unwrap();
    assert_eq!(format!("{array:?}"), "Secret<[u8; 7]>");
    let refused = Secret::<[u8; 32]>::try_from(SecretBytes::from(array)).unwrap_err();
    assert_eq!(refused.to_string(), "a secret of 32 bytes is needed");
    let error = SecretBytes::from_base64_std("hunter2!").unwrap_err();
    assert_eq!(error, DecodeError::Alphabet);
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn a_panic_while_building_gives_the_slot_back() {
    let before = secret::arena_stats().slots_in_use;
    let built = std::panic::catch_unwind(|| {
        SecretBytes::build(24, |bytes| {
            bytes.fill(1);
            assert!(bytes.is_empty(), "the builder fails");
        })
    });
    assert!(built.is_err());
    assert_eq!(secret::arena_stats().slots_in_use, before);
}
