//! Paths: decoded once, never walked upwards, cut into segments.

use percent_encoding::percent_decode_str;

/// What became of a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// Segments below `/v1/`.
    Segments(Vec<String>),
    /// Empty segments: clients are led to the clean spelling.
    Elsewhere(String),
    /// It tries to walk.
    Relative,
    /// Not UTF-8, with control characters, or not below `/v1/`.
    Unknown,
}

/// Reads a path as received. Only slashes that stand there plainly are cleaned away: an encoded one never leads to
/// the same address again and again.
pub(crate) fn read(raw: &str) -> Path {
    let Some(rest) = raw.strip_prefix("/v1/") else { return Path::Unknown };
    let Ok(decoded) = percent_decode_str(rest).decode_utf8() else { return Path::Unknown };
    if decoded.chars().any(char::is_control) {
        return Path::Unknown;
    }
    let segments: Vec<&str> = decoded.split('/').collect();
    if segments.iter().any(|s| *s == ".." || *s == ".") {
        return Path::Relative;
    }
    if rest.starts_with('/') || rest.contains("//") {
        let clean: Vec<&str> = rest.split('/').filter(|s| !s.is_empty()).collect();
        let end = if rest.ends_with('/') && !clean.is_empty() { "/" } else { "" };
        return Path::Elsewhere(format!("/v1/{}{end}", clean.join("/")));
    }
    Path::Segments(segments.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once_and_never_walked() {
        let segments = |list: &[&str]| Path::Segments(list.iter().map(|s| (*s).to_owned()).collect());
        let elsewhere = |to: &str| Path::Elsewhere(to.to_owned());
        assert_eq!(read("/v1/transit/keys/a"), segments(&["transit", "keys", "a"]));
        assert_eq!(read("/v1/transit/keys/"), segments(&["transit", "keys", ""]));
        assert_eq!(read("/v1/transit/keys/%2e%2e/x"), Path::Relative);
        assert_eq!(read("/v1/a/../b"), Path::Relative);
        assert_eq!(read("/v1/a//b"), elsewhere("/v1/a/b"));
        assert_eq!(read("/v1//a/b//"), elsewhere("/v1/a/b/"));
        assert_eq!(read("/v1//"), elsewhere("/v1/"));
        assert_eq!(read("/v1/a/%00"), Path::Unknown);
        assert_eq!(read("/v1/a/%252e%252e"), segments(&["a", "%2e%2e"]));
        assert_eq!(read("/v2/a"), Path::Unknown);
    }

    #[test]
    fn an_encoded_slash_is_not_led_in_circles() {
        assert!(matches!(read("/v1/a/%2F/b"), Path::Segments(_)));
        for raw in ["/v1//a//b/", "/v1/a//%2F//b", "/v1////"] {
            let Path::Elsewhere(to) = read(raw) else { panic!("{raw} is clean") };
            assert!(!matches!(read(&to), Path::Elsewhere(_)), "{raw} leads to {to}, which leads on");
        }
    }
}
