//! What is bound to a ciphertext, as canonical bytes: sorted, length-prefixed, so that no two different inputs give
//! the same bytes (`{a: bc}` and `{ab: c}`).

use api::ops::AssociatedData;

/// Canonical bytes for the envelope form. No pairs and no data at all are the same thing.
pub(crate) fn envelope(aad: &AssociatedData) -> Vec<u8> {
    match aad {
        AssociatedData::None => Vec::new(),
        AssociatedData::Pairs(pairs) if pairs.is_empty() => Vec::new(),
        AssociatedData::Pairs(pairs) => canonical_pairs(pairs),
        AssociatedData::Bytes(bytes) => [&[2_u8][..], bytes].concat(),
    }
}

/// Bytes for the direct form: raw data stays raw, because others open such ciphertexts offline.
pub(crate) fn direct(aad: &AssociatedData) -> Vec<u8> {
    match aad {
        AssociatedData::Bytes(bytes) => bytes.clone(),
        AssociatedData::None | AssociatedData::Pairs(_) => envelope(aad),
    }
}

fn canonical_pairs(pairs: &[(String, String)]) -> Vec<u8> {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort();
    let mut out = vec![1_u8];
    for (name, value) in sorted {
        part(&mut out, name);
        part(&mut out, value);
    }
    out
}

fn part(out: &mut Vec<u8>, text: &str) {
    // A request is far below 4 GiB; saturating keeps the function total.
    let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> AssociatedData {
        AssociatedData::Pairs(list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn different_contexts_never_collide() {
        let all = [
            AssociatedData::None,
            pairs(&[("a", "bc")]),
            pairs(&[("ab", "c")]),
            pairs(&[("a", ""), ("b", "c")]),
            pairs(&[("a", "b"), ("c", "")]),
            AssociatedData::Bytes(Vec::new()),
            AssociatedData::Bytes(b"abc".to_vec()),
        ];
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                assert_ne!(envelope(a), envelope(b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn order_does_not_matter_and_empty_is_none() {
        assert_eq!(envelope(&pairs(&[("a", "1"), ("b", "2")])), envelope(&pairs(&[("b", "2"), ("a", "1")])));
        assert_eq!(envelope(&pairs(&[])), envelope(&AssociatedData::None));
    }

    /// Others open direct ciphertexts offline with the bytes that they bound.
    #[test]
    fn raw_data_stays_raw_in_the_direct_form() {
        assert_eq!(direct(&AssociatedData::Bytes(b"abc".to_vec())), b"abc");
        assert_eq!(direct(&AssociatedData::None), b"");
        assert_eq!(direct(&pairs(&[("a", "b")])), envelope(&pairs(&[("a", "b")])));
    }
}
