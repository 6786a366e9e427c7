//! What a sealed record row says inside: the record's text and its own index rows. The index table is only a hint,
//! so the rows to remove when a record changes are taken from here and not from there.

use domain::IndexEntry;

const FORM: u8 = 1;

/// An index row as an opened record names it: index word and key.
pub(crate) type Named = (String, Vec<u8>);

/// `form ‖ len ‖ body ‖ (len ‖ index word ‖ len ‖ key)*`.
pub(crate) fn close(body: &[u8], index: &[IndexEntry]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = vec![body];
    for entry in index {
        parts.extend([entry.index.word().as_bytes(), &entry.key]);
    }
    let mut out = vec![FORM];
    out.extend(crate::location::length_prefixed(&parts));
    out
}

/// The body and the index rows; `None` if it is no envelope.
pub(crate) fn open(bytes: &[u8]) -> Option<(&[u8], Vec<Named>)> {
    let (&FORM, rest) = bytes.split_first()? else { return None };
    let (body, mut rest) = part(rest)?;
    let mut index = Vec::new();
    while !rest.is_empty() {
        let (word, after) = part(rest)?;
        let (key, after) = part(after)?;
        index.push((std::str::from_utf8(word).ok()?.to_owned(), key.to_vec()));
        rest = after;
    }
    Some((body, index))
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)
}

#[cfg(test)]
mod tests {
    use domain::IndexName;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_closed_opens(body: Vec<u8>, keys: Vec<Vec<u8>>) {
            let index: Vec<_> =
                keys.iter().map(|key| IndexEntry { index: IndexName::KeyByAge, key: key.clone() }).collect();
            let closed = close(&body, &index);
            let (opened, named) = open(&closed).unwrap();
            prop_assert_eq!(opened, &body[..]);
            prop_assert!(named.iter().map(|(_, k)| k).eq(keys.iter()));
        }

        #[test]
        fn anything_else_is_refused_without_panic(bytes: Vec<u8>) {
            if let Some((body, index)) = open(&bytes) {
                prop_assert!(body.len() + index.iter().map(|(w, k)| w.len() + k.len()).sum::<usize>() < bytes.len());
            }
        }
    }
}
