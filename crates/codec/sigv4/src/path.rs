//! The canonical URI of every service but S3: slashes and dot segments folded, then each segment encoded.
//!
//! The path is taken *as received*, so an escape that the client sent is encoded once more: `%20` → `%2520`.

use crate::encode::push_encoded;
use crate::error::SigV4Error;

/// Appends the canonical form of `path`. An empty path is `/`; any other must begin with a slash.
pub(crate) fn push_canonical(path: &[u8], out: &mut Vec<u8>) -> Result<(), SigV4Error> {
    if !path.is_empty() && !path.starts_with(b"/") {
        return Err(SigV4Error::Malformed { what: "the path does not begin with a slash" });
    }
    let base = out.len();
    for segment in path.split(|b| *b == b'/') {
        match segment {
            b"" | b"." => {}
            b".." => pop_segment(base, out),
            _ => {
                out.push(b'/');
                push_encoded(segment, out);
            }
        }
    }
    if out.len() == base || path.ends_with(b"/") {
        out.push(b'/');
    }
    Ok(())
}

/// Takes the last segment and its slash away again; an encoded segment holds no slash of its own.
fn pop_segment(base: usize, out: &mut Vec<u8>) {
    let slash = out.get(base..).and_then(|tail| tail.iter().rposition(|b| *b == b'/')).unwrap_or(0);
    out.truncate(base.saturating_add(slash));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, canonical: &str) {
        let mut out = b"GET\n".to_vec();
        push_canonical(path.as_bytes(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("GET\n{canonical}"), "{path}");
    }

    #[test]
    fn paths_fold_as_the_aws_test_suite_has_them() {
        check("", "/");
        check("/", "/");
        check("//", "/");
        check("/./", "/");
        check("/..", "/");
        check("/../../..", "/");
        check("/foo/..", "/");
        check("/foo/bar/../..", "/");
        check("/foo/bar/..", "/foo");
        check("/./foo", "/foo");
        check("//foo//", "/foo/");
        check("/a/b/.", "/a/b");
        check("/a/./../b/", "/b/");
        check("/-._~0123456789azAZ", "/-._~0123456789azAZ");
    }

    #[test]
    fn segments_are_encoded_as_received() {
        check("/example space/", "/example%20space/");
        check("/\u{1234}", "/%E1%88%B4");
        check("/a%20b", "/a%2520b");
        check("/%2e%2E/x", "/%252e%252E/x");
        check("/a:b@c=d+e", "/a%3Ab%40c%3Dd%2Be");
    }

    #[test]
    fn a_relative_path_is_refused() {
        assert!(push_canonical(b"*", &mut Vec::new()).is_err());
        assert!(push_canonical(b"../x", &mut Vec::new()).is_err());
    }
}
