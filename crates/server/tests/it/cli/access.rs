//! `principal`, `credential`, `policy`: who may what, and why not.

use super::{Terminal, mode};

#[test]
fn a_principal_does_what_its_role_says_until_its_credential_is_revoked() {
    let own = Terminal::new();
    own.ok("key create app");
    own.ok("principal create alice --role crypto-user");
    let principals = own.read("principal list");
    let names: Vec<_> = principals["principals"].as_array().unwrap().iter().map(|p| &p["name"]).collect();
    assert!(names.contains(&&"alice".into()), "{principals}");
    let told = own.ok("credential create alice --description laptop --out alice.token");
    let path = own.path("alice.token");
    let token = std::fs::read_to_string(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert!(token.starts_with("kst_") && !told.contains(&token) && told.contains("laptop"), "{told}");
    own.fails("credential create alice --out alice.token", 2, "File exists");
    let credentials = own.read("credential list alice");
    assert_eq!(credentials["credentials"].as_array().unwrap().len(), 1, "none was made for nothing");

    let me = own.run_as("alice.token", "whoami", b"").out;
    assert!(me.contains("alice") && me.contains("crypto-user"), "{me}");
    assert_eq!(own.run_as("alice.token", "key encrypt app", b"x").status, 0);
    own.fails_as("alice.token", "key disable app", 3, "is not allowed `key:disable`");
    own.fails_as("alice.token", "audit search", 3, "is not allowed `audit:read`");
    own.fails_as("alice.token", "principal create mallory --role administrator", 3, "is not allowed");
    own.fails("principal create bob --role adminstrator", 2, "administrator");

    let id = credentials["credentials"][0]["id"].as_str().unwrap();
    own.fails(&format!("credential revoke {id}"), 2, "needs `--yes`");
    own.ok(&format!("credential revoke {id} --yes"));
    own.fails_as("alice.token", "whoami", 3, "credential_unknown");
    own.ok("principal update alice --disable");
    own.fails("principal update alice", 2, "say what is to be changed");
    own.fails("credential list nobody", 4, "there is no principal `nobody`");
}

#[test]
fn a_policy_is_kept_as_written_and_explained_by_the_statement_that_decides() {
    let own = Terminal::new();
    own.ok("key create app");
    let text = "@id(\"frozen\")\nforbid (principal, action == Action::\"key:encrypt\", resource);\n";
    own.write("freeze.cedar", text);
    own.ok("policy write freeze freeze.cedar");
    assert_eq!(own.ok("policy show freeze"), text, "byte for byte");
    assert_eq!(own.read("policy list")["policies"][0]["document"]["text"], text);
    assert_eq!(own.read("policy explain key:encrypt --key app")["allowed"], true, "nobody has it yet");
    assert_eq!(own.run_as("root.token", "key encrypt app", b"x").status, 0);

    own.ok("principal create alice --role crypto-user --policy freeze");
    own.ok("credential create alice --out alice.token");
    let why = own.read("policy explain key:encrypt --key app --principal alice");
    assert_eq!((&why["allowed"], &why["by"]["statement"]), (&false.into(), &"frozen".into()), "{why}");
    let table = own.ok("policy explain key:encrypt --key app --principal alice");
    assert!(table.contains("denied") && table.contains("policy:freeze statement frozen"), "{table}");
    own.fails_as("alice.token", "key encrypt app", 3, "`policy:freeze` statement `frozen`");

    own.write("cap.cedar", &format!("@id(\"rest\")\npermit (principal, action, resource);\n{text}"));
    own.ok("policy write cap cap.cedar --guard default");
    own.fails("key encrypt app", 3, "`guardrail:cap` statement `frozen`");
}

#[test]
fn a_policy_that_would_not_be_enforced_or_would_lock_out_is_refused() {
    let own = Terminal::new();
    own.ok("key create app");
    own.write("bad.cedar", "permit (principal, action, resource) when { resource.nothing };");
    own.fails("policy write bad bad.cedar", 2, "the policy is refused");
    own.write("bad.txt", "");
    own.fails("policy write bad bad.txt", 2, "`--language`: cedar, iam or acl");
    own.fails("policy show bad", 4, "there is no policy `bad`");
    own.fails("policy explain key:encript --key app", 2, "did you mean `key:encrypt`?");
    let born: serde_json::Value = own.read("policy key-get app");
    let deny = |action: &str| {
        let mut policy: serde_json::Value = serde_json::from_str(born["text"].as_str().unwrap()).unwrap();
        let no = serde_json::json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"});
        policy["Statement"].as_array_mut().unwrap().push(no);
        policy.to_string()
    };
    own.write("lock.json", &deny("kms:*"));
    own.fails("policy key-put app lock.json", 5, "would not let you change it again");
    let text = deny("kms:Encrypt");
    own.write("deny.json", &text);
    own.ok("policy key-put app deny.json");
    assert_eq!(own.ok("policy key-get app").trim_end(), text);
    own.fails("key encrypt app", 3, "decided by `key-policy` statement `No`");
}
