//! `inspect`: what a ciphertext, or another text of ours that somebody found, says of itself. No key, no server, and
//! nothing that is secret is repeated.

use std::io::Read;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use cli::Format;
use engine::BlobSummary;
use serde::Serialize;

use crate::system::StartError;

/// Most bytes that are read: the longest ciphertext in the direct form, in base64, and its prefix.
const MOST: u64 = 24 * 1024 * 1024;
/// Options of `inspect`
#[derive(Args)]
pub(crate) struct InspectArgs {
    /// The file, raw or in base64; `-` is standard input
    file: PathBuf,
}

/// What was found.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Found {
    /// What it is.
    form: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext_bytes: Option<usize>,
    /// What to know about it.
    note: &'static str,
}

impl Found {
    const fn only(form: &'static str, note: &'static str) -> Self {
        Self { form, key: None, key_material: None, version: None, plaintext_bytes: None, note }
    }
}

/// Reads and says what it is.
pub(crate) fn run(args: &InspectArgs, output: Format) -> Result<String, StartError> {
    // What was found may be a token or a share.
    secret::harden_process();
    let found = look(&read(args)?).ok_or_else(|| {
        StartError(format!("{}: neither a ciphertext nor a token of Keystead", args.file.display()))
    })?;
    match output {
        Format::Table => Ok(table(&found)),
        Format::Json => serde_json::to_string_pretty(&found).map(|text| text + "\n").map_err(to_fail),
        Format::Yaml => serde_norway::to_string(&found).map_err(to_fail),
    }
}

fn to_fail<E: std::fmt::Display>(e: E) -> StartError {
    StartError::while_doing("inspect")(e)
}

fn read(args: &InspectArgs) -> Result<Vec<u8>, StartError> {
    let name = args.file.display();
    let mut bytes = Vec::new();
    let source: Box<dyn Read> = if args.file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(&args.file).map_err(StartError::while_doing(&name))?)
    };
    source.take(MOST + 1).read_to_end(&mut bytes).map_err(StartError::while_doing(&name))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > MOST) {
        return Err(StartError(format!("{name}: longer than any ciphertext")));
    }
    Ok(bytes)
}

/// In the order in which they cannot be mistaken for each other: texts with a prefix, base64, raw bytes.
fn look(bytes: &[u8]) -> Option<Found> {
    let text = std::str::from_utf8(bytes).ok().map(str::trim);
    if let Some(found) = text.and_then(prefixed) {
        return Some(found);
    }
    let decoded = text.and_then(|text| STANDARD.decode(text).ok());
    decoded.as_deref().and_then(blob).or_else(|| blob(bytes))
}

fn prefixed(text: &str) -> Option<Found> {
    if text.starts_with("kst_") {
        return Some(Found::only(
            "bearer token",
            "a secret: whoever holds it is its principal; revoke it if it leaked",
        ));
    }
    if text.starts_with("kss1-") {
        return Some(Found::only(
            "custodian's share",
            "a secret; `keystead share verify` says whose system it is of",
        ));
    }
    let (version, plaintext) = dialect_vault::describe_ciphertext(text)?;
    Some(Found {
        version: Some(version),
        plaintext_bytes: Some(plaintext),
        ..Found::only(
            "Vault transit ciphertext",
            "it does not name its key; nothing here is proven until it opens",
        )
    })
}

fn blob(bytes: &[u8]) -> Option<Found> {
    let BlobSummary { key, material, plaintext_len } = BlobSummary::of(bytes)?;
    Some(Found {
        key: Some(key.to_string()),
        key_material: Some(material.to_string()),
        plaintext_bytes: Some(plaintext_len),
        ..Found::only("envelope ciphertext", "nothing here is proven until it opens")
    })
}

fn table(found: &Found) -> String {
    let lines = [
        ("form", Some(found.form.to_owned())),
        ("key", found.key.clone()),
        ("key material", found.key_material.clone()),
        ("version", found.version.map(|v| v.to_string())),
        ("plaintext", found.plaintext_bytes.map(|n| format!("{n} bytes"))),
        ("note", Some(found.note.to_owned())),
    ];
    lines.into_iter().filter_map(|(name, value)| Some(format!("{name:<13} {}\n", value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_told_and_nothing_else() {
        let vault = format!("vault:v12:{}\n", STANDARD.encode([0; 28 + 5]));
        let found = look(vault.as_bytes()).unwrap();
        assert_eq!(
            (found.form, found.version, found.plaintext_bytes),
            ("Vault transit ciphertext", Some(12), Some(5))
        );
        assert_eq!(look(b"kst_abc").unwrap().form, "bearer token");
        assert_eq!(look(b"kss1-abc").unwrap().form, "custodian's share");
        for odd in [&b""[..], b"hello", b"vault:v1:", b"vault:vx:AAAA", b"K", &[0xff; 200]] {
            assert_eq!(look(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn an_envelope_is_told_raw_and_in_base64() {
        let mut blob = vec![0x4b];
        blob.resize(1 + 16 + 32 + 76 + 9, 7);
        let found = look(&blob).unwrap();
        assert_eq!(found.key.as_deref(), Some("07070707-0707-0707-0707-070707070707"));
        assert_eq!(found.plaintext_bytes, Some(9));
        assert_eq!(look(STANDARD.encode(&blob).as_bytes()), Some(found));
        assert!(table(&look(&blob).unwrap()).contains("plaintext     9 bytes\n"));
    }
}
