//! Any request head: SigV4 reads it or refuses it, within bounds, and what it accepts has a canonical form
//! that is the same each time.
//!
//! An input is `METHOD PATH?QUERY`, then a line `NAME: VALUE` for each header, then nothing more.
#![no_main]

use codec_sigv4::{Header, RequestHead, Rules, canonical_request, parse, string_to_sign};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|byte| *byte == b'\n');
    let mut first = lines.next().unwrap_or_default().splitn(2, |byte| *byte == b' ');
    let method = std::str::from_utf8(first.next().unwrap_or_default()).unwrap_or("POST");
    let mut target = first.next().unwrap_or_default().splitn(2, |byte| *byte == b'?');
    let headers: Vec<Header<'_>> = lines.filter_map(header).collect();
    let (path, query) = (target.next().unwrap_or_default(), target.next().unwrap_or_default());
    for signed_content_type in [true, false] {
        check(&RequestHead { method, path, query, headers: &headers }, Rules { signed_content_type });
    }
});

fn header(line: &[u8]) -> Option<Header<'_>> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    Some((std::str::from_utf8(name).ok()?, value.get(1..)?))
}

fn check(head: &RequestHead<'_>, rules: Rules) {
    let Ok(presented) = parse(head, rules) else { return };
    let now = presented.timestamp.unix();
    assert!(presented.check_clock(now, 300).is_ok(), "a signature is current when it is made");
    let _ = presented.check_clock(i64::MIN, u32::MAX);
    let _ = presented.check_scope("kms", |region| region == "eu-central-1");
    let _ = format!("{presented:?}");
    let forms: Vec<Option<Vec<u8>>> = (0..2)
        .map(|_| {
            let mut out = Vec::new();
            canonical_request(&presented, &[7; 32], &mut out).ok().map(|()| out)
        })
        .collect();
    assert_eq!(forms.first(), forms.last());
    let mut out = Vec::new();
    string_to_sign(&presented.timestamp, &presented.scope, &[7; 32], &mut out);
    assert!(out.starts_with(codec_sigv4::ALGORITHM.as_bytes()));
}
