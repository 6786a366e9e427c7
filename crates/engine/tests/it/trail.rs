//! What a record says of place, target, state and people, whole: each field stands in some line of the snapshot, so
//! that none can vanish unseen. Ids are numbered in the order in which they appear.

use std::collections::BTreeMap;

use api::ops::{
    BindName, DescribeKey, DisableKey, KeyRef, ListKeys, ListPolicies, ListTenants, SealSystem, WhoAmI,
};
use api::{Fault, KmsExt};
use domain::{
    Coordinates, CredentialId, Dialect, KeyId, Name, PrincipalKind, Proof, Role, SignatureProof,
    SignatureScope, Space, Timestamp,
};
use keystead_engine::{Bootstrap, BootstrapCredential, BootstrapPrincipal, BootstrapTenant};
use spi::{AuditLog, AuditQuery};

use crate::authority::{policy, principal, search};
use crate::house::{ACCOUNT, House, aws, secret_of, token, word};

const OTHER: &str = "210987654321";

/// Numbers ids in the order in which they appear.
#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    /// The text with every UUID, and every credential's public half, put as a number.
    fn hide(&mut self, text: &str) -> String {
        let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let mut out = String::new();
        for part in text.split_inclusive(|c| !is_id(c)) {
            let word = part.trim_end_matches(|c| !is_id(c));
            if word.len() >= 26 {
                let next = self.0.len();
                let number = self.0.entry(word.to_owned()).or_insert(next);
                out.push_str(&format!("#{number}{}", &part[word.len()..]));
            } else {
                out.push_str(part);
            }
        }
        out
    }
}

async fn last(house: &House, ids: &mut Ids) -> String {
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    let mut told = serde_json::to_value(&page.items[0].1).unwrap();
    for varies in ["id", "at", "micros", "epochs", "raised"] {
        told.as_object_mut().unwrap().remove(varies);
    }
    ids.hide(&told.to_string())
}

#[tokio::test]
async fn inv_5_a_record_says_who_did_what_where_on_what() {
    let house = House::open().await;
    let (mut ids, mut told) = (Ids::default(), String::new());
    let mut note = async |what: &str, answer: &str| {
        told.push_str(&format!("{what}: {answer}\n  {}\n", last(&house, &mut ids).await));
    };
    let key = house.create("custodian").await.unwrap().key.id();
    note("create", "ok").await;
    house.encrypt("user", key, "x").await.unwrap();
    note("encrypt", "ok").await;
    let describe = |key| DescribeKey { key: KeyRef::Id(key) };
    note("describe by nobody", word(house.run("nobody", describe(key)).await)).await;
    let absent = KeyId::random([7; 16]);
    note("describe what is not there", word(house.run("root", describe(absent)).await)).await;
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    note("disable", "ok").await;
    note("encrypt while disabled", word(house.encrypt("user", key, "x").await)).await;
    note("list", word(house.run("auditor", ListKeys { after: None, limit: 1 }).await)).await;
    let name = Name::new(Space::Aws, "app").unwrap();
    note("name", word(house.run("root", BindName { name, key: KeyRef::Id(key) }).await)).await;
    note("principal", word(house.run("administrator", principal("new")).await)).await;
    note("principal twice", word(house.run("administrator", principal("new")).await)).await;
    note("policy", word(house.run("administrator", policy("capped", None)).await)).await;
    note("policies", word(house.run("auditor", ListPolicies).await)).await;
    note("tenants", word(house.run("administrator", ListTenants).await)).await;
    note("audit", word(house.run("auditor", search(1)).await)).await;
    note("who", word(house.run("nobody", WhoAmI).await)).await;
    note("a stranger", word(house.create("stranger").await)).await;
    note(
        "a stranger's signature",
        word(house.engine.run(house.context(aws(), "Test"), signed(), WhoAmI).await),
    )
    .await;
    note("seal", word(house.run("root", SealSystem).await)).await;
    insta::assert_snapshot!(told);
}

/// By an access key that nobody has.
fn signed() -> Proof {
    let at = Timestamp::from_millis(0);
    let [date, region, service] = ["19700101", "us-east-1", "kms"].map(str::to_owned);
    Proof::Signature(Box::new(SignatureProof {
        credential: CredentialId::new("AKIDNOBODY").unwrap(),
        scope: SignatureScope { date, region, service },
        signed_at: at,
        expires_at: None,
        string_to_sign: Vec::new(),
        signature: [0; 32],
        session_token: None,
    }))
}

/// Whose numbers a refusal carries, for dialects whose texts name them: the owner's only to who may know.
#[tokio::test]
async fn a_refusal_names_the_owner_only_to_who_may_know() {
    let house = House::open().await;
    house.engine.bootstrap(other()).await.unwrap();
    let key = house.create("root").await.unwrap().key.id();
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    let numbers = |fault: Fault| [fault.caller_account, fault.owner_account].map(|n| n.unwrap().to_string());
    let own = house.encrypt("root", key, "x").await.unwrap_err();
    assert_eq!((own.what.word(), numbers(own)), ("wrong_state", [ACCOUNT, ACCOUNT].map(str::to_owned)));
    let place = Coordinates::new(Dialect::Aws, format!("{ACCOUNT}/us-east-1"));
    let abroad = || KeyRef::At { place: place.clone(), key: Box::new(KeyRef::Id(key)) };
    let ask = DescribeKey { key: abroad() };
    let context = house.context(Coordinates::new(Dialect::Aws, "*/eu-west-1"), "Test");
    let hidden = house.engine.run(context, token("stranger"), ask).await.unwrap_err();
    assert_eq!((hidden.what.word(), numbers(hidden)), ("denied", [OTHER, OTHER].map(str::to_owned)));
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    let owner = page.items[0].1.account_number.map(|number| number.to_string());
    assert_eq!(owner.as_deref(), Some(ACCOUNT), "the record does say whose it is");
    assert_eq!(word(house.run_at(aws(), "root", DescribeKey { key: abroad() }).await), "ok");
}

fn other() -> Bootstrap {
    let stranger = BootstrapPrincipal {
        name: "stranger".to_owned(),
        kind: PrincipalKind::User,
        roles: vec![Role::Root],
        credentials: vec![BootstrapCredential::BearerToken(secret_of("stranger"))],
    };
    let bindings = vec![Coordinates::new(Dialect::Aws, format!("{OTHER}/eu-west-1"))];
    Bootstrap {
        number: OTHER.parse().unwrap(),
        name: "other".to_owned(),
        tenants: vec![BootstrapTenant { name: "theirs".to_owned(), bindings }],
        principals: vec![stranger],
    }
}
