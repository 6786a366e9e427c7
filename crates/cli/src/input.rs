//! What commands read: plaintexts, ciphertexts, shares, documents. From a file or standard input, bounded.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use codec_native::{Base64, Document, Pairs};
use secret::SecretBytes;

use crate::failure::Stop;

/// Most bytes that any command reads: what the server's largest body could hold.
const MAX: u64 = 256 * 1024;

/// Secret bytes of a file, or of standard input without one.
pub(crate) fn secret(path: Option<&Path>, input: &mut dyn Read) -> Result<SecretBytes, Stop> {
    SecretBytes::try_take_vec(bytes(path, input)?).map_err(|e| Stop::usage(e.to_string()))
}

/// Text of a file, or of standard input without one.
pub(crate) fn text(path: Option<&Path>, input: &mut dyn Read) -> Result<String, Stop> {
    String::from_utf8(bytes(path, input)?).map_err(|_| Stop::usage("the input is no text"))
}

/// Base64 text of a file or standard input.
pub(crate) fn base64(path: Option<&Path>, input: &mut dyn Read) -> Result<Base64, Stop> {
    Base64::from_text(text(path, input)?.trim())
        .ok_or_else(|| Stop::usage("the input is no padded standard base64"))
}

/// A policy's document; its language by the file's ending unless said otherwise.
pub(crate) fn document(
    path: &Path,
    language: Option<String>,
    input: &mut dyn Read,
) -> Result<Document, Stop> {
    let by_ending = || match path.extension().and_then(|ending| ending.to_str()) {
        Some("cedar") => Some("cedar".to_owned()),
        Some("json") => Some("iam".to_owned()),
        Some("hcl") => Some("acl".to_owned()),
        _ => None,
    };
    let language = language.or_else(by_ending);
    let language = language.ok_or_else(|| Stop::usage("say the policy's `--language`: cedar, iam or acl"))?;
    let path = if path == Path::new("-") { None } else { Some(path) };
    Ok(Document { language, text: text(path, input)? })
}

/// `name=value` arguments.
pub(crate) fn pairs(given: &[String]) -> Result<Pairs, Stop> {
    let mut pairs = Pairs::default();
    for text in given {
        let (name, value) =
            text.split_once('=').ok_or_else(|| Stop::usage(format!("`{text}` is not `name=value`")))?;
        if pairs.0.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Stop::usage(format!("`{name}` is given twice")));
        }
    }
    Ok(pairs)
}

fn bytes(path: Option<&Path>, input: &mut dyn Read) -> Result<Vec<u8>, Stop> {
    // As long as it can become, so that reading never moves it and leaves a copy behind.
    let mut bytes = Vec::with_capacity(usize::try_from(MAX).unwrap_or(0).saturating_add(4096));
    let limit = MAX.saturating_add(1);
    let read = match path {
        None => input.take(limit).read_to_end(&mut bytes),
        Some(path) => File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
    };
    let from = || path.map_or("standard input".to_owned(), |path| format!("`{}`", path.display()));
    let len = read.map_err(|e| Stop::usage(format!("cannot read {}: {e}", from())))?;
    if u64::try_from(len).is_ok_and(|len| len <= MAX) {
        return Ok(bytes);
    }
    drop(SecretBytes::try_take_vec(bytes));
    Err(Stop::usage(format!("{} has more than {MAX} bytes; protect large data with a data key", from())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_bounded() {
        assert!(secret(None, &mut vec![0_u8; 262_144].as_slice()).is_ok());
        assert!(secret(None, &mut vec![0_u8; 262_145].as_slice()).is_err());
    }

    #[test]
    fn pairs_and_documents_are_strict() {
        assert!(pairs(&["a".to_owned()]).is_err());
        assert!(pairs(&["a=1".to_owned(), "a=2".to_owned()]).is_err());
        let read = |path: &str, language: Option<&str>| {
            document(Path::new(path), language.map(str::to_owned), &mut b"{}".as_slice())
        };
        assert!(read("-", None).is_err());
        assert_eq!(read("-", Some("iam")).unwrap().text, "{}");
    }
}
