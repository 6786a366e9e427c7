//! Known answers, and what must hold of any split.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use proptest::prelude::*;
use secret::is_arena_address;

use super::share::CEREMONY;
use super::*;

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    digest(&SHA256, &parts.concat()).as_ref().try_into().unwrap()
}

/// Entropy whose n-th byte is a function of n.
struct Counted<F>(F, AtomicU64);

impl<F: Fn(u64) -> u8 + Send + Sync> Entropy for Counted<F> {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| (self.0)(self.1.fetch_add(1, Ordering::Relaxed)));
    }
}

fn counted<F: Fn(u64) -> u8 + Send + Sync>(byte: F) -> Counted<F> {
    Counted(byte, AtomicU64::new(0))
}

/// Bytes that follow from a seed, so that a failing case can be run again.
fn seeded(seed: u64) -> impl Entropy {
    counted(move |n| sha256(&[&seed.to_le_bytes(), &n.to_le_bytes()])[0])
}

fn split_of(secret: &[u8], (threshold, count): (u8, u8), seed: u64) -> (SplitRecord, Vec<Share>) {
    let secret = SecretBytes::take_vec(secret.to_vec());
    split(&secret, Terms::new(threshold, count).unwrap(), &seeded(seed), &sha256).unwrap()
}

/// A share again, through its text: shares cannot be cloned.
fn again(share: &Share) -> Share {
    Share::from_text(share.to_text().unwrap().as_str()).unwrap()
}

/// The share with some byte of its text's payload changed and the checksum made to fit again.
fn forged(share: &Share, at: usize, flip: u8) -> Result<Share, ShareTextError> {
    let text = share.to_text().unwrap();
    let bytes = SecretBytes::from_base32(&text.as_str()[5..]).unwrap();
    let mut body = bytes.expose(CEREMONY)[..bytes.len() - 4].to_vec();
    let at = at % body.len();
    body[at] ^= flip;
    Share::from_text(&text_of(&body))
}

/// The text of a payload, with the checksum computed by the definition: the remainder of a division.
fn text_of(body: &[u8]) -> String {
    let message = body.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
    let mut register = u32::MAX;
    for bit in message {
        let feedback = (register & 1 == 1) != bit;
        register = if feedback { register >> 1 ^ 0xedb8_8320 } else { register >> 1 };
    }
    let whole = SecretBytes::take_vec([body, &(!register).to_be_bytes()].concat());
    format!("kss1-{}", whole.encode_base32(CEREMONY).unwrap().as_str())
}

/// Computed by an independent implementation with logarithm tables: secret 0x20..0x3f, 3 of 5, and the
/// n-th random byte is 7n + 1.
const KNOWN: [(&str, &str, &str); 5] = [
    (
        "000102c3c4c5c60708090a0b4c4d4e4f1011121314d5d6d7d8191a1b1c1d5e5f",
        "4ee596ab2b6322d315c4dbf63f76bba44bafc0ab5cc07b92cf307f073e04c557",
        "kss1-aeea6fq5eqvteokai5hfkxddnibqkaiaaebmhrgfyydqqcikbnge2tspcaireeyu2xlnpwazdinryhk6l4ytqp2gjvkfwytjob3x5bmmsonimpamtm",
    ),
    (
        "9daabbb78addfc46732435021f28695ec0f7e6b18c80a1f6c379685f02353403",
        "b7322f2c9da83dd57f00a8801433d7f3278b1ace304afc04e66c9b6890392d6f",
        "kss1-aeea6fq5eqvteokai5hfkxddnibqkau5vk53pcw57rdhgjbvaipsq2k6yd36nmmmqcq7nq3znbpqenjuaoq2rl5wxxcmxuwz4dt655p4amfm5awmoy",
    ),
    (
        "bd8a9b576a3d1c66530415227f48093ee0d7c691ac6041162359487f22155463",
        "edd5f1326b319846f773e859cbd7f996e8eea76e57449fe632c88e34905623be",
        "kss1-aeea6fq5eqvteokai5hfkxddnibqka55rknvo2r5drtfgbavej7uqcj64dl4nenmmbarmi2zjb7sefkummirqhzgfu2dwqsjkblv4zlmon5nyyqesa",
    ),
    (
        "982d4237ac428d61f21c73c6ab1e8a3f3d88e70992e728c655b9d663a3162f9a",
        "1e56bb6d393961eb86deb5e60424264165ea115cce78605261ce71eee1e1d272",
        "kss1-aeea6fq5eqvteokai5hfkxddnibqkbeyfvbdplccrvq7ehdty2vr5cr7hweoocms44ummvnz2zr2gfrptkayrd4wtwskxmvzydd45vo44pvjtrshcy",
    ),
    (
        "b80d62d74ca26d41d23c53e6cb7eea5f1da8c729b207c826b599f64383364ffa",
        "5549873a74aad2a73b96cf8e58ac0be4c1d910962c5b887fa5f173aafa9a5a27",
        "kss1-aeea6fq5eqvteokai5hfkxddnibqkbnybvrnotfcnva5epct43fx52s7dwumoknsa7ecnnmz6zbygnsp7ly7r7ygbukbwirjga3t4rkmknnljxzlyy",
    ),
];

fn known_split() -> (SplitRecord, Vec<Share>) {
    let (secret, ()) =
        Secret::<[u8; 32]>::build(|bytes| bytes.iter_mut().zip(0x20..).for_each(|(b, n)| *b = n));
    let random = counted(|n| (7 * n + 1).to_le_bytes()[0]);
    split(&secret, Terms::new(3, 5).unwrap(), &random, &sha256).unwrap()
}

#[test]
fn known_answers() {
    let (record, shares) = known_split();
    assert_eq!(record.id().to_string(), "01080f161d242b323940474e555c636a");
    assert_eq!(shares.len(), KNOWN.len());
    for (share, (value, commitment, text)) in shares.iter().zip(KNOWN) {
        assert_eq!(share.value().encode_hex(CEREMONY).unwrap().as_str(), value);
        assert_eq!(hex::encode(record.commitment(share.index()).unwrap()), commitment);
        assert_eq!(share.to_text().unwrap().as_str(), text);
    }
    let typed: Vec<_> = [4, 0, 2].iter().map(|n: &usize| Share::from_text(KNOWN[*n].2).unwrap()).collect();
    let secret = combine(&typed, &record, &sha256).unwrap();
    assert!(secret.expose(CEREMONY).iter().copied().eq(0x20..0x40));
}

#[test]
fn shares_and_their_text_live_in_the_arena() {
    let (_, shares) = known_split();
    for share in shares.iter().chain(&[again(&shares[0])]) {
        for part in [share.value(), &share.blind] {
            assert!(is_arena_address(part.expose(CEREMONY).as_ptr()));
        }
        assert!(is_arena_address(share.to_text().unwrap().as_str().as_ptr()));
        let shown = format!("{share:?}");
        assert!(shown.contains("value: Secret<[u8]>, blind: Secret<[u8]>"), "{shown}");
    }
}

#[test]
fn dropping_a_share_gives_its_slots_back() {
    let before = secret::arena_stats().slots_in_use;
    let (_, shares) = known_split();
    assert_eq!(secret::arena_stats().slots_in_use, before + 2 * shares.len());
    drop(shares);
    assert_eq!(secret::arena_stats().slots_in_use, before);
}

#[test]
fn bad_terms_lengths_and_randomness_are_refused() {
    for (threshold, count) in [(0, 0), (0, 5), (1, 1), (1, 5), (6, 5), (255, 254)] {
        assert_eq!(Terms::new(threshold, count), Err(BadTerms { threshold, count }));
    }
    let terms = Terms::new(2, 3).unwrap();
    for len in [0, 15, 65] {
        let secret = SecretBytes::take_vec(vec![1; len]);
        let refused = split(&secret, terms, &seeded(1), &sha256).unwrap_err();
        assert_eq!(refused, SplitError::SecretLength);
    }
    let secret = SecretBytes::take_vec(vec![1; 32]);
    assert_eq!(split(&secret, terms, &counted(|_| 0), &sha256).unwrap_err(), SplitError::Randomness);
}

#[test]
fn each_fault_of_combining_is_named() {
    let (record, shares) = known_split();
    let combined = |shares: &[Share]| combine(shares, &record, &sha256).unwrap_err();
    assert_eq!(combined(&[]), CombineFault::TooFew { given: 0, needed: 3 });
    assert_eq!(combined(&shares[1..3]), CombineFault::TooFew { given: 2, needed: 3 });
    let twice = [again(&shares[3]), again(&shares[0]), again(&shares[3])];
    assert_eq!(combined(&twice), CombineFault::Duplicate { index: 4 });
    let (other, others) = split_of(&[9; 32], (3, 5), 1);
    let wrong = ShareFault::WrongSplit { share: other.id(), wanted: record.id() };
    let mixed = [again(&shares[0]), again(&shares[1]), again(&others[2])];
    assert_eq!(combined(&mixed), CombineFault::Share { index: 3, fault: wrong });
    let altered = [again(&shares[0]), again(&shares[1]), forged(&shares[2], 30, 1).unwrap()];
    assert_eq!(combined(&altered), CombineFault::Share { index: 3, fault: ShareFault::Corrupt });
    let fourth_is_bad =
        [again(&shares[0]), again(&shares[1]), again(&shares[3]), forged(&shares[2], 30, 1).unwrap()];
    assert_eq!(combined(&fourth_is_bad), CombineFault::Share { index: 3, fault: ShareFault::Corrupt });
}

#[test]
fn each_fault_of_a_share_is_named() {
    let (record, shares) = known_split();
    let fault = |share: Result<Share, _>| share.unwrap().verify(&record, &sha256).unwrap_err();
    assert!(matches!(fault(forged(&shares[0], 0, 1)), ShareFault::WrongSplit { .. }));
    assert_eq!(fault(forged(&shares[0], 16, 1)), ShareFault::WrongTerms, "2 of 5");
    assert_eq!(fault(forged(&shares[0], 17, 2)), ShareFault::WrongTerms, "3 of 7");
    assert_eq!(fault(forged(&shares[0], 18, 2)), ShareFault::Corrupt, "share 3 in share 1's clothes");
    assert_eq!(fault(forged(&shares[0], 19, 1)), ShareFault::Corrupt, "value");
    assert_eq!(fault(forged(&shares[0], 66, 128)), ShareFault::Corrupt, "blind");
    let fewer = SplitRecord { commitments: record.commitments[..2].to_vec(), ..record.clone() };
    assert_eq!(shares[4].verify(&fewer, &sha256), Err(ShareFault::NoSuchIndex));
    assert_eq!(shares[4].verify(&record, &sha256), Ok(()));
}

#[test]
fn each_fault_of_a_text_is_named() {
    let text = KNOWN[0].2;
    let refused = |text: &str| Share::from_text(text).unwrap_err();
    for not_a_share in ["", "kss1", "kss2-aeea", "hvs.CAES", "ksé1-aeea", "-kss1-aeea"] {
        assert_eq!(refused(not_a_share), ShareTextError::NotAShare, "{not_a_share:?}");
    }
    for length in ["kss1-", "kss1-a", &text[..100], &text[..118], &"kss1-a".repeat(100_000)] {
        let error = refused(length);
        assert!(matches!(error, ShareTextError::Length | ShareTextError::Checksum), "{error:?}");
    }
    assert_eq!(refused(&format!("{text}{text}")), ShareTextError::Length);
    let beyond = format!("kss1-{}", "1".repeat(167));
    assert_eq!(refused(&beyond[..170]), ShareTextError::Alphabet);
    assert_eq!(refused(&beyond), ShareTextError::Length, "the bound comes before the alphabet");
    assert_eq!(refused(&text.replacen("ee", "e1", 1)), ShareTextError::Alphabet);
    assert_eq!(refused(&text.replacen("ee", "e e", 1)), ShareTextError::Length);
    assert_eq!(refused(&text.replacen("eea", "eae", 1)), ShareTextError::Checksum, "two swapped");
    assert_eq!(refused(&text_of(&[3; 19 + 16 + 15])), ShareTextError::Length);
    assert_eq!(refused(&text_of(&[3; 19 + 16 + 65])), ShareTextError::Length);
    let with = |head: [u8; 3]| refused(&text_of(&[&[7; 16][..], &head, &[7; 48]].concat()));
    assert_eq!(with([1, 5, 1]), ShareTextError::Terms(BadTerms { threshold: 1, count: 5 }));
    assert_eq!(with([2, 5, 0]), ShareTextError::Index { index: 0, count: 5 });
    assert_eq!(with([2, 5, 6]), ShareTextError::Index { index: 6, count: 5 });
}

#[test]
fn text_is_read_in_either_case_and_with_space_around() {
    let (record, _) = known_split();
    let shouted = format!("  {}\r\n", KNOWN[1].2.to_uppercase());
    assert_eq!(Share::from_text(&shouted).unwrap().verify(&record, &sha256), Ok(()));
}

#[test]
fn a_record_is_stored_and_read_back_or_refused() {
    let (record, _) = known_split();
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(serde_json::from_value::<SplitRecord>(json.clone()).unwrap(), record);
    let with = |field: &str, value: serde_json::Value| {
        let mut json = json.clone();
        json[field] = value;
        serde_json::from_value::<SplitRecord>(json).unwrap_err().to_string()
    };
    assert_eq!(with("split", "01".into()), BadRecord::Id.to_string());
    assert_eq!(with("threshold", 6.into()), BadRecord::Terms.to_string());
    assert_eq!(with("threshold", 1.into()), BadRecord::Terms.to_string());
    assert_eq!(with("secret_bytes", 65.into()), BadRecord::SecretLength.to_string());
    assert_eq!(with("commitments", vec!["00"; 5].into()), BadRecord::Commitment.to_string());
    assert_eq!(with("commitments", vec!["00"; 256].into()), BadRecord::Terms.to_string());
    assert!(with("extra", 1.into()).contains("unknown field"));
}

#[test]
fn the_most_shares_recombine() {
    let secret: Vec<u8> = (0..64).collect();
    let (record, shares) = split_of(&secret, (255, 255), 3);
    assert_eq!(combine(&shares, &record, &sha256).unwrap().expose(CEREMONY), secret);
}

/// A secret, terms, a seed, and the shares' indexes in some order.
fn splits() -> impl Strategy<Value = (Vec<u8>, (u8, u8), u64, Vec<usize>)> {
    (2..=8_u8, 0..=4_u8).prop_flat_map(|(threshold, more)| {
        let count = threshold + more;
        let order = Just((0..usize::from(count)).collect::<Vec<_>>()).prop_shuffle();
        (proptest::collection::vec(any::<u8>(), 16..=64), Just((threshold, count)), any::<u64>(), order)
    })
}

proptest! {
    #[test]
    fn any_subset_of_the_threshold_recombines((secret, terms, seed, order) in splits()) {
        let (record, shares) = split_of(&secret, terms, seed);
        for enough in usize::from(terms.0)..=usize::from(terms.1) {
            let chosen: Vec<_> = order[..enough].iter().map(|n| again(&shares[*n])).collect();
            let combined = combine(&chosen, &record, &sha256).unwrap();
            prop_assert_eq!(combined.expose(CEREMONY), &secret[..]);
        }
    }

    #[test]
    fn one_share_fewer_is_refused_and_would_give_something_else((secret, terms, seed, order) in splits()) {
        let (record, shares) = split_of(&secret, terms, seed);
        let few = usize::from(terms.0) - 1;
        let chosen: Vec<_> = order[..few].iter().map(|n| again(&shares[*n])).collect();
        let fault = combine(&chosen, &record, &sha256).unwrap_err();
        prop_assert_eq!(fault, CombineFault::TooFew { given: few, needed: terms.0 });
        let guess = interpolate(&chosen, secret.len()).unwrap();
        prop_assert_ne!(guess.expose(CEREMONY), &secret[..]);
    }

    #[test]
    fn a_share_with_any_byte_changed_is_found_alone(
        (secret, terms, seed, order) in splits(), at in any::<usize>(), flip in 1..=u8::MAX,
    ) {
        let (record, shares) = split_of(&secret, terms, seed);
        let share = &shares[order[0]];
        prop_assert_eq!(share.verify(&record, &sha256), Ok(()));
        if let Ok(forged) = forged(share, at, flip) {
            prop_assert!(forged.verify(&record, &sha256).is_err());
        }
    }

    #[test]
    fn a_mistyped_character_is_found_by_the_text_alone(at in 5..119_usize, typed in "[ -~]") {
        let text = KNOWN[2].2;
        let slip = format!("{}{typed}{}", &text[..at], &text[at + 1..]);
        prop_assert_eq!(Share::from_text(&slip).is_ok(), slip.eq_ignore_ascii_case(text), "{}", slip);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(kss1-)?[a-z2-7]{0,180}|\\PC{0,40}") {
        let parsed = Share::from_text(&text);
        prop_assert!(parsed.is_err());
    }
}
