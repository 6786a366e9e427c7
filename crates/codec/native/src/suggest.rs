//! What was probably meant.

/// The word nearest to what was given, if one is near enough to be a slip of the hand.
#[must_use]
pub fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > 64 {
        return None;
    }
    let near = known.into_iter().map(|word| (strsim::damerau_levenshtein(given, word), word));
    near.filter(|(distance, word)| *distance <= (word.len() / 3).max(1)).min().map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn near_words_only() {
        assert_eq!(closest("plaintxt", ["plaintext", "context"]), Some("plaintext"));
        assert_eq!(closest("zzz", ["plaintext", "context"]), None);
        assert_eq!(closest(&"x".repeat(65), ["x"]), None);
    }
}
