//! Any request head against any listener: one declared dialect or a page of the edge, or a refusal; never a dialect
//! that the listener does not declare, and the same answer whatever the order of the declarations.
//!
//! An input is `DIALECTS PATH?QUERY` on the first line (letters choose dialects), then a line `NAME: VALUE` a header.
#![no_main]

use domain::Dialect;
use edge::{ListenerRules, Route, RouteHead, RouteRefusal, route};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;

const DIALECTS: [Dialect; 5] =
    [Dialect::Aws, Dialect::Vault, Dialect::Azure, Dialect::Google, Dialect::Native];

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|byte| *byte == b'\n');
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let (choice, target) = first.split_once(' ').unwrap_or(("", &first));
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut headers = HeaderMap::new();
    headers.extend(lines.filter_map(header));
    let host = headers.get("host").and_then(|host| host.to_str().ok().map(String::from));
    let method = if choice.contains('p') { Method::POST } else { Method::GET };
    let head = RouteHead { method: &method, host: host.as_deref(), path, query, headers: &headers };
    let mut rules = rules(choice);
    let answer = route(&head, &rules);
    match answer {
        Ok(Route::Dialect(dialect)) => assert!(rules.dialects.contains(&dialect)),
        Ok(Route::Own(_)) => assert!(method == Method::GET && (rules.health || rules.metrics)),
        Err(RouteRefusal::Ambiguous(one, other)) => {
            assert!(one != other && rules.dialects.contains(&one) && rules.dialects.contains(&other));
        }
        Err(RouteRefusal::Unclaimed) => {
            assert!(rules.dialects.len() != 1, "a sole dialect words its own refusal")
        }
    }
    rules.dialects.reverse();
    assert_eq!(answer, route(&head, &rules));
});

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    let value = value.get(1..)?.trim_ascii();
    Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?))
}

fn rules(choice: &str) -> ListenerRules {
    let chosen = |(letter, dialect): (char, &Dialect)| choice.contains(letter).then_some(*dialect);
    ListenerRules {
        dialects: "avzgn".chars().zip(&DIALECTS).filter_map(chosen).collect(),
        hosts: vec![("vault.test".to_owned(), Dialect::Vault), ("kms.test".to_owned(), Dialect::Aws)],
        health: choice.contains('h'),
        metrics: choice.contains('m'),
    }
}
