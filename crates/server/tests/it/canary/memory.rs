//! The image of this process: every writable byte, and what of it belongs to the arena or to a listed library object.

use std::fs::File;
use std::os::unix::fs::FileExt;

use super::needle::{Finder, Form, Needle};

const CHUNK: usize = 1 << 20;
/// An AES-256 key schedule: fifteen round keys.
const SCHEDULE: usize = 240;

/// Where a needle was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the arena.
    Arena,
    /// The first round keys of an AES key schedule, which the provider's documentation lists.
    AesSchedule,
    /// Anywhere else.
    Elsewhere(usize),
}

/// One find.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) place: Place,
    pub(crate) address: usize,
}

/// A look at the whole process.
pub(crate) struct Image {
    pub(crate) hits: Vec<Hit>,
    pub(crate) bytes: usize,
}

/// Looks through every writable mapping. The buffer that this reads into is no hiding place and is left out.
pub(crate) fn search(needles: &[Needle]) -> Image {
    let (finder, memory) = (Finder::new(needles), File::open("/proc/self/mem").unwrap());
    let mut buffer = vec![0; CHUNK + finder.longest + SCHEDULE];
    let own = buffer.as_ptr().addr()..buffer.as_ptr().addr() + buffer.len();
    let mut image = Image { hits: Vec::new(), bytes: 0 };
    for (start, end) in writable() {
        let mut at = start;
        while at < end {
            let len = buffer.len().min(end - at);
            read(&memory, &mut buffer[..len], at);
            finder.find(&buffer[..len], |offset, needle| {
                let address = at + offset;
                // What begins behind the chunk is found again, in the next one.
                if offset < CHUNK && !own.contains(&address) {
                    let place = place_of(address, needle.form, &buffer[offset..len]);
                    image.hits.push(Hit { name: needle.name, form: needle.form, place, address });
                }
            });
            image.bytes += len.min(CHUNK);
            at += CHUNK;
        }
    }
    // The list of mappings is not read in one instant: one that is split meanwhile stands in it twice.
    let mut seen = Vec::new();
    image.hits.retain(|hit| {
        let once = (hit.address, hit.name, hit.form);
        let fresh = !seen.contains(&once);
        seen.push(once);
        fresh
    });
    buffer.fill(0);
    std::hint::black_box(&buffer);
    image
}

fn place_of(address: usize, form: Form, follows: &[u8]) -> Place {
    if secret::is_arena_address(std::ptr::without_provenance(address)) {
        Place::Arena
    } else if form == Form::Raw && follows.get(..SCHEDULE).is_some_and(is_schedule) {
        Place::AesSchedule
    } else {
        Place::Elsewhere(address)
    }
}

/// Reads all of it; a page may have gone meanwhile, and is then read as zeros.
fn read(memory: &File, buffer: &mut [u8], at: usize) {
    for (page, bytes) in buffer.chunks_mut(4096).enumerate() {
        if memory.read_exact_at(bytes, (at + page * 4096) as u64).is_err() {
            bytes.fill(0);
        }
    }
}

/// The writable mappings of this process.
fn writable() -> Vec<(usize, usize)> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let range = |line: &str| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let number = |text| usize::from_str_radix(text, 16).ok();
        rest.starts_with("rw").then_some((number(start)?, number(end)?))
    };
    maps.lines().filter_map(range).collect()
}

/// The flags of the mapping that holds an address, as the kernel gives them.
pub(crate) fn flags_at(address: usize) -> String {
    let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut inside = false;
    for line in maps.lines() {
        let range = line.split_once(' ').and_then(|(range, _)| range.split_once('-'));
        let number = |text| usize::from_str_radix(text, 16).ok();
        if let Some((Some(start), Some(end))) = range.map(|(start, end)| (number(start), number(end))) {
            inside = (start..end).contains(&address);
        } else if let Some(flags) = line.strip_prefix("VmFlags:").filter(|_| inside) {
            return flags.to_owned();
        }
    }
    panic!("no mapping holds {address:#x}");
}

/// Whether bytes are the expansion of their first 32 (FIPS 197 §5.2), word by word so that no copy is made.
fn is_schedule(bytes: &[u8]) -> bool {
    let word = |i: usize| -> [u8; 4] { bytes[4 * i..4 * i + 4].try_into().unwrap() };
    (8..SCHEDULE / 4).all(|i| {
        let [a, b, c, d] = word(i - 1);
        let turned = match i % 8 {
            0 => [substitute(b) ^ (1 << (i / 8 - 1)), substitute(c), substitute(d), substitute(a)],
            4 => [a, b, c, d].map(substitute),
            _ => [a, b, c, d],
        };
        let before = word(i - 8);
        word(i) == std::array::from_fn(|n| before[n] ^ turned[n])
    })
}

/// The S-box (FIPS 197 §5.1.1), computed: the inverse in GF(2^8), then the affine map.
fn substitute(byte: u8) -> u8 {
    let inverse = (0..253).fold(byte, |power, _| times(power, byte));
    let turned = |n| inverse.rotate_left(n);
    inverse ^ turned(1) ^ turned(2) ^ turned(3) ^ turned(4) ^ 0x63
}

fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        product ^= if b & 1 == 1 { a } else { 0 };
        a = (a << 1) ^ if a & 0x80 == 0 { 0 } else { 0x1b };
        b >>= 1;
    }
    product
}

#[test]
fn the_published_schedule_is_known() {
    // FIPS 197 appendix A.3: the key, and the first and last words that follow from it.
    let key = hex::decode("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4").unwrap();
    let mut bytes = key.clone();
    for i in 8..60 {
        let before: [u8; 4] = bytes[4 * (i - 8)..4 * (i - 8) + 4].try_into().unwrap();
        let [a, b, c, d]: [u8; 4] = bytes[4 * (i - 1)..4 * i].try_into().unwrap();
        let turned = match i % 8 {
            0 => [substitute(b) ^ (1 << (i / 8 - 1)), substitute(c), substitute(d), substitute(a)],
            4 => [a, b, c, d].map(substitute),
            _ => [a, b, c, d],
        };
        bytes.extend((0..4).map(|n| before[n] ^ turned[n]));
    }
    assert_eq!(hex::encode(&bytes[32..36]), "9ba35411");
    assert_eq!(hex::encode(&bytes[236..240]), "706c631e");
    assert!(is_schedule(&bytes));
    bytes[100] ^= 1;
    assert!(!is_schedule(&bytes));
}
