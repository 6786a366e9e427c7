//! Which documents may be stored at all (INV-13), and that none however hostile does harm.

use access::{MAX_DOCUMENT_BYTES, PolicyUse, validate};
use domain::{Language, PolicyDocument};

fn check(language: Language, what: PolicyUse, text: &str) -> Result<(), String> {
    validate(&PolicyDocument { language, text: text.to_owned() }, what).map_err(|e| e.why)
}

fn statement(elements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{elements}}}]}}"#)
}

const WHO: &str = r#""Principal":"*""#;
const REST: &str = r#""Effect":"Allow","Action":"kms:*","Resource":"*""#;

#[test]
fn what_can_be_enforced_is_taken() {
    for elements in [
        format!("{WHO},{REST}"),
        format!(r#""Principal":{{"AWS":"*"}},{REST}"#),
        format!(r#""Principal":{{"AWS":["111122223333","arn:aws:iam::111122223333:root"]}},{REST}"#),
        format!(r#""Principal":{{"AWS":"arn:aws:iam::111122223333:user/a+b=c@d"}},"Sid":"two words",{REST}"#),
        format!(r#"{WHO},"Effect":"Deny","Action":["kms:En?rypt","*"],"Resource":["arn:aws:kms:*:*:key/*"]"#),
    ] {
        assert_eq!(check(Language::Iam, PolicyUse::Key, &statement(&elements)), Ok(()), "{elements}");
    }
    let single = format!(r#"{{"Statement":{{{WHO},{REST}}}}}"#);
    assert_eq!(check(Language::Iam, PolicyUse::Key, &single), Ok(()));
    assert_eq!(check(Language::Iam, PolicyUse::Identity, &statement(REST)), Ok(()));
    let published = access::delegating_key_policy("111122223333".parse().unwrap());
    assert!(validate(&published, PolicyUse::Key).is_ok());
}

#[test]
fn inv_13_what_is_not_evaluated_is_refused_with_its_place() {
    let key = |elements: String, why: &str| {
        let refused = check(Language::Iam, PolicyUse::Key, &statement(&elements)).unwrap_err();
        assert!(refused.contains(why) && refused.starts_with("Statement[0]: "), "{elements}: {refused}");
    };
    for element in ["Condition", "NotPrincipal", "NotAction", "NotResource"] {
        key(format!(r#"{WHO},{REST},"{element}":{{}}"#), &format!("`{element}` is not evaluated yet"));
    }
    key(format!(r#"{WHO},{REST},"Extra":1"#), "`Extra` is not known");
    key(format!(r#"{WHO},{REST},"effect":"Deny""#), "`effect` is not known");
    key(REST.to_owned(), "`Principal` is missing");
    key(format!(r#"{WHO},"Action":"*","Resource":"*""#), "`Effect` is missing");
    key(format!(r#"{WHO},"Effect":"Allow","Resource":"*""#), "`Action` is missing");
    key(format!(r#"{WHO},"Effect":"Allow","Action":"*""#), "`Resource` is missing");
    key(format!(r#"{WHO},"Effect":"allow","Action":"*","Resource":"*""#), "`Effect` must be");
    for action in ["Encrypt", "kms:", ":Encrypt", "kms:a:b", "kms:\u{e4}", "", "kms:En crypt"] {
        key(format!(r#"{WHO},"Effect":"Deny","Action":"{action}","Resource":"*""#), "is no action pattern");
    }
    for resource in ["", "key/*", "arn:aws:kms:*", "arn:aws:kms:r:1:key/${x}", "arn:aws:kms:r:1:a b"] {
        key(
            format!(r#"{WHO},"Effect":"Deny","Action":"*","Resource":"{resource}""#),
            "neither `*` nor an ARN",
        );
    }
    for (who, why) in [
        (r#"{"Service":"ec2"}"#, "`Service` are not evaluated yet"),
        (r#"{"AWS":"*","Federated":"x"}"#, "`Federated` are not evaluated yet"),
        (r#"{}"#, "names nobody"),
        (r#"{"AWS":[]}"#, "`AWS` must be"),
        (r#"{"AWS":["*",3]}"#, "`AWS` must be"),
        (r#""111122223333""#, "must be `*` or an object"),
        (r#"{"AWS":"12345678901"}"#, "is not an account number"),
        (r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#, "is not an account number"),
        (r#"{"AWS":"arn:aws:iam::111122223333:user/path/name"}"#, "is not an account number"),
        (r#"{"AWS":"arn:aws:iam::111122223333:role/*"}"#, "is not an account number"),
        (r#"{"AWS":"arn:aws:iam::111122223333:group/name"}"#, "is not an account number"),
        (r#"{"AWS":"AIDAEXAMPLE"}"#, "is not an account number"),
        (r#"{"AWS":"arn:aws:iam::111122223333:rooted"}"#, "is not an account number"),
    ] {
        key(format!(r#""Principal":{who},{REST}"#), why);
    }
}

#[test]
fn the_frame_of_a_document_is_strict_too() {
    let refuse = |language, what, text: &str, why: &str| {
        let refused = check(language, what, text).unwrap_err();
        assert!(refused.contains(why), "{text:.80}: {refused}");
    };
    let iam = |text: &str, why: &str| refuse(Language::Iam, PolicyUse::Key, text, why);
    let good = format!("{{{WHO},{REST}}}");
    iam("", "EOF");
    iam("[]", "must be an object");
    iam("{}", "`Statement` is missing or empty");
    iam(r#"{"Statement":[]}"#, "`Statement` is missing or empty");
    iam(r#"{"Statement":["x"]}"#, "must be an object");
    iam(&format!(r#"{{"Version":"2013-01-01","Statement":{good}}}"#), "`Version` must be");
    iam(&format!(r#"{{"Statement":{good},"Other":1}}"#), "`Other` is not known");
    iam(&format!(r#"{{"Statement":{good},"Statement":{good}}}"#), "`Statement` stands twice");
    iam(&statement(&format!(r#"{WHO},{REST},"Effect":"Deny""#)), "`Effect` stands twice");
    iam(&statement(&format!(r#"{WHO},{REST},"Eff\u0065ct":"Deny""#)), "`Effect` stands twice");
    iam(
        &format!(r#"{{"Statement":[{{"Sid":"a",{WHO},{REST}}},{{"Sid":"a",{WHO},{REST}}}]}}"#),
        "`Sid` `a` stands twice",
    );
    iam(&format!("{{\"Statement\":{good}}} x"), "trailing");
    refuse(Language::Iam, PolicyUse::Identity, &statement(&format!("{WHO},{REST}")), "only in a key policy");
    refuse(Language::Cedar, PolicyUse::Key, "permit (principal, action, resource);", "not written in Cedar");
    refuse(Language::Acl, PolicyUse::Identity, "path \"*\" {}", "not evaluated yet");
}

#[test]
fn cedar_documents_are_held_to_the_schema() {
    let good = [
        "permit (principal, action, resource);",
        r#"@id("x") forbid (principal in Role::"auditor", action in [Action::"use"], resource) unless { context.mfa };"#,
        r#"permit (principal, action == Action::"key:encrypt", resource is Key) when { resource.spec == "aes-256" };"#,
    ];
    for text in good {
        assert_eq!(check(Language::Cedar, PolicyUse::Guardrail, text), Ok(()), "{text}");
    }
    let bad = [
        "",
        "permit (principal, action, resource)",
        r#"permit (principal, action == Action::"key:fly", resource);"#,
        r#"permit (principal in Team::"x", action, resource);"#,
        "permit (principal, action, resource) when { context.time > 3 };",
        "permit (principal, action, resource) when { resource.spec == 3 };",
        "@id(\"a\") permit (principal, action, resource); @id(\"a\") forbid (principal, action, resource);",
        "permit (principal == ?principal, action, resource);",
        "permit (principal, action, resource); permit (principal == ?principal, action, resource);",
    ];
    for text in bad {
        assert!(check(Language::Cedar, PolicyUse::Guardrail, text).is_err(), "{text}");
    }
}

#[test]
fn inv_12_hostile_documents_are_refused_in_bounds() {
    let deep = |open: &str, n: usize| open.repeat(n);
    let documents = [
        deep("[", 100_000),
        deep("[", 30_000),
        deep(r#"{"Statement":"#, 2_000),
        format!("\"{}\"", "x".repeat(MAX_DOCUMENT_BYTES)),
        format!("{{{}}}", (0..2_000).map(|i| format!("\"k{i}\":1")).collect::<Vec<_>>().join(",")),
        format!("permit (principal, action, resource) when {{ {} true }};", deep("(", 10_000)),
        format!("permit (principal, action, resource) when {{ {} true }};", deep("!", 10_000)),
        format!("permit (principal, action, resource) when {{ {} true }};", deep("true && ", 3_900)),
        format!(
            "permit (principal, action, resource) when {{ {} }};",
            deep("if true then true else ", 1_000)
        ),
        format!("permit (principal, action, resource) when {{ principal{} }};", deep(".a", 2_000)),
        "\0\u{feff}\u{202e}".to_owned(),
    ];
    for text in &documents {
        for language in [Language::Iam, Language::Cedar, Language::Acl] {
            for what in [PolicyUse::Key, PolicyUse::Identity, PolicyUse::Guardrail] {
                assert!(check(language, what, text).is_err(), "{language:?} {what:?} {text:.60}");
            }
        }
    }
}

#[test]
fn an_empty_name_is_none_and_the_place_stands_for_it() {
    let twice = format!(r#"{{"Statement":[{{"Sid":"",{REST}}},{{"Sid":"",{REST}}}]}}"#);
    assert_eq!(check(Language::Iam, PolicyUse::Identity, &twice), Ok(()));
    let twice = r#"@id("") permit (principal, action, resource);"#.repeat(2);
    assert_eq!(check(Language::Cedar, PolicyUse::Identity, &twice), Ok(()));
    let taken = format!(r#"{{"Statement":[{{{REST}}},{{"Sid":"0",{REST}}}]}}"#);
    assert!(
        check(Language::Iam, PolicyUse::Identity, &taken).unwrap_err().contains("`Sid` `0` stands twice")
    );
}

#[test]
fn inv_12_a_document_has_its_bound_to_the_byte() {
    let iam = format!(r#"{{"Statement":{{{REST}}}}}"#);
    let cedar = "permit (principal, action, resource);";
    for (language, text) in [(Language::Iam, &*iam), (Language::Cedar, cedar)] {
        let padded = |to: usize| format!("{text}{}", " ".repeat(to - text.len()));
        assert_eq!(check(language, PolicyUse::Identity, &padded(MAX_DOCUMENT_BYTES)), Ok(()));
        let refused = check(language, PolicyUse::Identity, &padded(MAX_DOCUMENT_BYTES + 1));
        assert!(refused.unwrap_err().contains("at most"), "{language:?}");
    }
}

#[test]
fn what_is_too_deep_for_the_validator_is_refused_before_it() {
    // Where the stack runs short the validator passes what it did not look at.
    for n in [1, 100, 250, 300, 1_000, 2_000, 8_000] {
        for (open, close) in [(".a", ""), ("[\"a\"]", ""), (" && true", ""), (" + 1", "")] {
            let text = format!(
                "permit (principal, action, resource) when {{ principal{}{close} }};",
                open.repeat(n)
            );
            assert!(check(Language::Cedar, PolicyUse::Identity, &text).is_err(), "{n} {open}");
        }
    }
    let chain = |n| format!("permit (principal, action, resource) when {{ true{} }};", " && true".repeat(n));
    assert_eq!(check(Language::Cedar, PolicyUse::Identity, &chain(120)), Ok(()));
}

/// Cedar finds the errors of a document in no order of its own.
#[test]
fn a_document_with_several_faults_is_refused_in_the_same_words_each_time() {
    let text = r#"permit (principal, action, resource is Key) when { resource.spec == "x" - 5 };"#;
    let refused = || check(Language::Cedar, PolicyUse::Identity, text).unwrap_err();
    let first = refused();
    assert!(first.contains("; "), "more than one: {first}");
    for _ in 0..64 {
        assert_eq!(refused(), first);
    }
}
