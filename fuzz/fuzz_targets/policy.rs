//! Any text as a policy document, in each language and for each use: taken or refused within bounds, the same each
//! time; a refusal says why and is no longer than a screen (INV-12, INV-13).
//!
//! The first byte chooses language and use.
#![no_main]

use access::{MAX_DOCUMENT_BYTES, PolicyUse, validate};
use domain::{Language, PolicyDocument};
use libfuzzer_sys::fuzz_target;

const USES: [PolicyUse; 3] = [PolicyUse::Key, PolicyUse::Identity, PolicyUse::Guardrail];

fuzz_target!(|input: &[u8]| {
    let Some((choice, text)) = input.split_first() else { return };
    let language = [Language::Iam, Language::Cedar][usize::from(choice & 1)];
    let kind = USES[usize::from(choice >> 1) % USES.len()];
    let document = PolicyDocument { language, text: String::from_utf8_lossy(text).into_owned() };
    let said = validate(&document, kind);
    assert_eq!(said, validate(&document, kind), "a document is taken or not, whatever was asked before");
    match said {
        Ok(()) => {
            assert!(document.text.len() <= MAX_DOCUMENT_BYTES);
            assert!(
                (language, kind) != (Language::Cedar, PolicyUse::Key),
                "no key policy is written in Cedar"
            );
        }
        Err(fault) => assert!(!fault.why.is_empty(), "a refusal says why"),
    }
});
