//! Wildcard patterns of the statement language: `*` is any run of characters, `?` is any one.

/// Whether `text` fits `pattern`. Linear in memory, at most `pattern.len() * text.len()` steps.
pub(super) fn fits(pattern: &str, text: &str, same: fn(u8, u8) -> bool) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                last_star = Some((p, t));
                p += 1;
            }
            Some(&want) if want == b'?' || same(want, c) => (p, t) = (p + 1, t + 1),
            _ => {
                // The last star takes one more character; without one there is no fit.
                let Some((star, from)) = last_star else { return false };
                last_star = Some((star, from + 1));
                (p, t) = (star + 1, from + 1);
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == b'*')
}

/// Compares characters as they are.
pub(super) fn exact(a: u8, b: u8) -> bool {
    a == b
}

/// Compares ASCII letters without case.
pub(super) fn caseless(a: u8, b: u8) -> bool {
    a.eq_ignore_ascii_case(&b)
}

/// Whether the pattern fits more than one text.
pub(super) fn is_wild(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_they_say() {
        for (pattern, text, fit) in [
            ("*", "", true),
            ("*", "kms:Encrypt", true),
            ("kms:*", "KMS:encrypt", true),
            ("kms:Enc?ypt", "kms:Encrypt", true),
            ("kms:Encrypt", "kms:EncryptX", false),
            ("kms:*Key", "kms:GenerateDataKey", true),
            ("kms:*Key", "kms:GenerateDataKeyWithoutPlaintext", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("", "", true),
            ("", "a", false),
            ("?", "", false),
            ("**", "x", true),
        ] {
            assert_eq!(fits(pattern, text, caseless), fit, "{pattern} {text}");
        }
        assert!(!fits("key/A*", "key/abc", exact));
    }

    #[test]
    fn a_hostile_pattern_stays_polynomial() {
        let pattern = "*a".repeat(2_000);
        assert!(!fits(&pattern, &"a".repeat(1_000), exact));
    }
}
