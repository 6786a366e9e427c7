//! Ciphertext knows its place: the additional authenticated data of every sealed row (INV-4).

/// The place of one sealed value. A value moved to any other place, or kept from another revision, does not open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location<'a> {
    pub(crate) table: &'a str,
    pub(crate) owner: &'a [u8],
    pub(crate) id: &'a [u8],
    pub(crate) column: &'static str,
    pub(crate) revision: u64,
}

impl Location<'_> {
    /// The tuple, each part behind its length, so that no two places spell alike.
    pub(crate) fn aad(&self) -> Vec<u8> {
        let Self { table, owner, id, column, revision } = *self;
        length_prefixed(&[table.as_bytes(), owner, id, column.as_bytes(), &revision.to_be_bytes()])
    }
}

/// Parts, each behind its length in four bytes.
pub(crate) fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|p| p.len() + 4).sum());
    for part in parts {
        // Every part is bounded far below 2^32 where it enters the store.
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inv_4_no_two_places_spell_alike() {
        let place = |owner: &'static [u8], id: &'static [u8]| {
            Location { table: "key", owner, id, column: "body", revision: 1 }.aad()
        };
        assert_ne!(place(b"ab", b"c"), place(b"a", b"bc"));
        assert_ne!(place(b"", b"abc"), place(b"abc", b""));
    }
}
