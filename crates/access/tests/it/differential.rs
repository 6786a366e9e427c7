//! The evaluator against a naive model that shares no code with it: random documents, random questions.

use domain::*;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use crate::world::{key_of, world_keeping};

#[derive(Clone, Debug)]
struct Rule {
    allow: bool,
    who: Vec<&'static str>,
    actions: Vec<&'static str>,
    resources: Vec<&'static str>,
}

const WHO: [&str; 7] = [
    "*",
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/bob",
    "arn:aws:iam::111122223333:role/alice",
    "arn:aws:iam::444455556666:root",
];
const ACTIONS: [&str; 8] =
    ["*", "kms:*", "kms:Encrypt", "KMS:decrypt", "kms:*crypt", "kms:?ncrypt", "kms:Generate*", "s3:*"];
const RESOURCES: [&str; 6] = [
    "*",
    "arn:aws:kms:us-east-1:111122223333:key/*",
    "arn:aws:kms:us-east-2:111122223333:key/*",
    "arn:aws:kms:*:*:key/01010101-0101-4101-8101-010101010101",
    "arn:aws:kms:us-east-1:111122223333:key/01010101-0101-4101-8101-01010101010?",
    "arn:aws:kms:us-east-1:111122223333:alias/*",
];
const ASKED: [(Action, &str); 4] = [
    (Action::Encrypt, "kms:encrypt"),
    (Action::Decrypt, "kms:decrypt"),
    (Action::GenerateDataKey, "kms:generatedatakey"),
    (Action::GenerateWrappedDataKey, "kms:generatedatakeywithoutplaintext"),
];
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/01010101-0101-4101-8101-010101010101";

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(select(of), 1..3)
}

fn rules(most: usize) -> impl Strategy<Value = Vec<Rule>> {
    let rule = (any::<bool>(), some(&WHO), some(&ACTIONS), some(&RESOURCES));
    let rule = rule.prop_map(|(allow, who, actions, resources)| Rule { allow, who, actions, resources });
    proptest::collection::vec(rule, 1..most)
}

fn document(rules: &[Rule], with_principal: bool) -> String {
    let statements = rules.iter().map(|rule| {
        let effect = if rule.allow { "Allow" } else { "Deny" };
        let mut s = json!({ "Effect": effect, "Action": rule.actions, "Resource": rule.resources });
        if with_principal {
            s["Principal"] = json!({ "AWS": rule.who });
        }
        s
    });
    json!({ "Statement": statements.collect::<Vec<_>>() }).to_string()
}

/// The textbook definition, by recursion.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            glob(rest, text) || text.split_first().is_some_and(|(_, t)| glob(pattern, t))
        }
        (Some((p, rest)), Some((t, more))) => (*p == b'?' || p == t) && glob(rest, more),
        _ => false,
    }
}

struct Model<'a> {
    name: &'a str,
    kind: PrincipalKind,
    action: &'a str,
}

impl Model<'_> {
    fn covers(&self, rule: &Rule) -> bool {
        let action = |p: &&str| glob(p.to_lowercase().as_bytes(), self.action.as_bytes());
        rule.actions.iter().any(action) && rule.resources.iter().any(|r| glob(r.as_bytes(), KEY.as_bytes()))
    }

    fn named(&self, rule: &Rule) -> bool {
        let me = match self.kind {
            PrincipalKind::AccountRoot => {
                vec!["arn:aws:iam::111122223333:root".to_owned(), "111122223333".to_owned()]
            }
            PrincipalKind::User => vec![format!("arn:aws:iam::111122223333:user/{}", self.name)],
            PrincipalKind::Service => {
                ["user", "role"].map(|k| format!("arn:aws:iam::111122223333:{k}/{}", self.name)).into()
            }
        };
        rule.who.iter().any(|who| *who == "*" || me.iter().any(|m| m == who))
    }

    fn of_account(&self, rule: &Rule) -> bool {
        rule.who.iter().any(|who| ["111122223333", "arn:aws:iam::111122223333:root"].contains(who))
    }

    fn allowed(&self, key: &[Rule], identity: &[Rule], guardrail: Option<&[Rule]>) -> bool {
        let hit = |rules: &[Rule], allow: bool, who: &dyn Fn(&Rule) -> bool| {
            rules.iter().any(|r| r.allow == allow && self.covers(r) && who(r))
        };
        let anyone = |_: &Rule| true;
        let denied = hit(key, false, &|r| self.named(r) || self.of_account(r))
            || hit(identity, false, &anyone)
            || guardrail.is_some_and(|g| hit(g, false, &anyone));
        let capped = guardrail.is_some_and(|g| !hit(g, true, &anyone));
        let direct = hit(key, true, &|r| self.named(r));
        let delegated = hit(key, true, &|r| self.of_account(r));
        let mine = hit(identity, true, &anyone) || self.kind == PrincipalKind::AccountRoot;
        !denied && !capped && (direct || delegated && mine)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_evaluator_agrees_with_the_model(
        key in rules(4),
        identity in rules(4),
        guardrail in proptest::option::of(rules(3)),
        kind in select(&[PrincipalKind::AccountRoot, PrincipalKind::User, PrincipalKind::Service][..]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut w = world_keeping(16);
        let mut who = w.principal("alice", kind, &[]);
        w.attach(&mut who, &[&w.policy("identity", Language::Iam, &document(&identity, false))]);
        if let Some(rules) = &guardrail {
            w.tenant.guardrails = vec![w.policy("guard", Language::Iam, &document(rules, false)).id];
        }
        let policy = PolicyDocument { language: Language::Iam, text: document(&key, true) };
        let record = key_of(1, &w.tenant, &w.home, policy);
        for (action, word) in ASKED {
            let model = Model { name: "alice", kind, action: word };
            let expected = model.allowed(&key, &identity, guardrail.as_deref());
            for _ in 0..2 {
                let decided = runtime.block_on(w.decide(&who, action, &record)).is_ok();
                prop_assert_eq!(decided, expected, "{} {:?} {:?} {:?}", word, key, identity, guardrail);
            }
        }
    }
}
