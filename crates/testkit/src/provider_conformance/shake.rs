//! SHAKE256 (FIPS 202), for the representative µ of ML-DSA: the library under test has none to lend, and a test that
//! asked it would prove less.

const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// Rotations of ρ and steps of π, in the order in which π moves the lanes (FIPS 202 §3.2.2, §3.2.3).
const MOVES: [(usize, u32); 24] = [
    (10, 1),
    (7, 3),
    (11, 6),
    (17, 10),
    (18, 15),
    (3, 21),
    (5, 28),
    (16, 36),
    (8, 45),
    (21, 55),
    (24, 2),
    (4, 14),
    (15, 27),
    (23, 41),
    (19, 56),
    (13, 8),
    (12, 25),
    (2, 43),
    (20, 62),
    (14, 18),
    (22, 39),
    (9, 61),
    (6, 20),
    (1, 44),
];

const RATE: usize = 136;

/// The first 64 bytes of SHAKE256 over the parts, one after the other.
#[must_use]
pub fn shake256(parts: &[&[u8]]) -> [u8; 64] {
    let mut message = parts.concat();
    message.push(0x1f);
    message.resize(message.len().next_multiple_of(RATE), 0);
    message.iter_mut().last().into_iter().for_each(|last| *last |= 0x80);
    let mut lanes = [0_u64; 25];
    for block in message.chunks_exact(RATE) {
        for (lane, bytes) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane ^= u64::from_le_bytes(*bytes);
        }
        keccak(&mut lanes);
    }
    let mut out = [0; 64];
    out.as_chunks_mut::<8>().0.iter_mut().zip(lanes).for_each(|(to, lane)| *to = lane.to_le_bytes());
    out
}

#[expect(clippy::indexing_slicing, reason = "indices are constants below 25")]
fn keccak(lanes: &mut [u64; 25]) {
    for round in ROUNDS {
        let parity: [u64; 5] =
            std::array::from_fn(|x| lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]);
        for (at, lane) in lanes.iter_mut().enumerate() {
            *lane ^= parity[(at + 4) % 5] ^ parity[(at + 1) % 5].rotate_left(1);
        }
        let mut carried = lanes[1];
        for (to, by) in MOVES {
            (carried, lanes[to]) = (lanes[to], carried.rotate_left(by));
        }
        for row in lanes.as_chunks_mut::<5>().0 {
            let before = *row;
            for (x, lane) in row.iter_mut().enumerate() {
                *lane ^= !before[(x + 1) % 5] & before[(x + 2) % 5];
            }
        }
        lanes[0] ^= round;
    }
}

#[cfg(test)]
mod tests {
    use super::shake256;

    /// FIPS 202's example of the empty message, and two parts over a block's end as one.
    #[test]
    fn shake_256_is_as_published() {
        let empty = shake256(&[]);
        assert_eq!(empty[..8], [0x46, 0xb9, 0xdd, 0x2b, 0x0b, 0xa8, 0x8d, 0x13]);
        assert_eq!(shake256(&[&[7; 100], &[7; 100]]), shake256(&[&[7; 200]]));
        assert_ne!(shake256(&[&[7; 135]]), shake256(&[&[7; 136]]));
    }
}
