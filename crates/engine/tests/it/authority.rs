//! Every operation is decided: the whole table of operations and roles, and that the record says what was decided.

use api::ops::*;
use api::{FaultWhat, KmsExt, Operation};
use domain::{
    Action, CredentialKind, Decision, KeyId, Language, Name, PolicyDocument, PrincipalKind, Role, Space,
};
use spi::{AuditLog, AuditQuery};

use crate::house::{House, aws, new_key, secret_of, token, word};

const ROLES: [&str; 6] = ["root", "administrator", "custodian", "user", "auditor", "nobody"];

/// What each row acts on, made afresh by the root.
struct Ground {
    house: House,
    key: KeyId,
    other: KeyId,
    doomed: KeyId,
    blob: Vec<u8>,
    credential: domain::CredentialId,
}

impl Ground {
    async fn new() -> Self {
        let house = House::open().await;
        let [key, other, doomed] =
            [house.create("root").await, house.create("root").await, house.create("root").await]
                .map(|made| made.unwrap().key.id());
        house.run("root", BindName { name: bound(), key: KeyRef::Id(key) }).await.unwrap();
        let schedule = ScheduleDestruction { key: KeyRef::Id(doomed), wait: 7 * 86_400 };
        house.run("root", schedule).await.unwrap();
        let blob = house.encrypt("root", key, "x").await.unwrap();
        let credential = house.run("root", credential_of("nobody")).await.unwrap().credential.id;
        Self { house, key, other, doomed, blob, credential }
    }

    fn key(&self) -> KeyRef {
        KeyRef::Id(self.key)
    }

    async fn as_seen<O: Operation>(&self, who: &str, op: O) -> &'static str {
        let answer = word(self.house.run(who, op).await);
        let page = self.house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
        let record = &page.items[0].1;
        match answer {
            "denied" => assert!(matches!(record.decision, Decision::Denied(_)), "{record:?}"),
            _ => assert!(matches!(record.decision, Decision::Allowed(_)), "{record:?}"),
        }
        assert_eq!(record.operation, "Test");
        assert!(!record.actions.is_empty(), "{record:?}");
        answer
    }

    async fn row(&self, operation: &str, who: &str) -> &'static str {
        let key = || self.key();
        match operation {
            "CreateKey" => self.as_seen(who, new_key()).await,
            "DescribeKey" => self.as_seen(who, DescribeKey { key: key() }).await,
            "LabelKey" => self.as_seen(who, label(key())).await,
            "UnlabelKey" => self.as_seen(who, UnlabelKey { key: key(), labels: Vec::new() }).await,
            "ListLabels" => self.as_seen(who, ListLabels { key: key(), after: None, limit: 10 }).await,
            "CreateKey with labels" => {
                self.as_seen(who, CreateKey { labels: label(key()).labels, ..new_key() }).await
            }
            "ListKeys" => self.as_seen(who, ListKeys { after: None, limit: 10 }).await,
            "EnableKey" => self.as_seen(who, EnableKey { key: key() }).await,
            "DisableKey" => self.as_seen(who, DisableKey { key: key() }).await,
            "ScheduleDestruction" => {
                self.as_seen(who, ScheduleDestruction { key: key(), wait: 7 * 86_400 }).await
            }
            "CancelDestruction" => {
                self.as_seen(who, CancelDestruction { key: KeyRef::Id(self.doomed) }).await
            }
            "RotateKey" => self.as_seen(who, RotateKey::unbounded(key())).await,
            "EnableRotation" => self.as_seen(who, EnableRotation { key: key(), every: 90 * 86_400 }).await,
            "DisableRotation" => self.as_seen(who, DisableRotation { key: key() }).await,
            "GetRotation" => self.as_seen(who, GetRotation { key: key() }).await,
            "GetLastUse" => self.as_seen(who, GetLastUse { key: key() }).await,
            "ListRotations" => {
                let op = ListRotations { key: key(), first_too: true, after: None, limit: 10 };
                self.as_seen(who, op).await
            }
            "Encrypt" => self.as_seen(who, encrypt(key())).await,
            "Decrypt" => self.as_seen(who, decrypt(&self.blob)).await,
            "GenerateDataKey" => self.as_seen(who, data_key(key(), true)).await,
            "GenerateWrappedDataKey" => self.as_seen(who, data_key(key(), false)).await,
            "ReEncrypt" => self.as_seen(who, reencrypt(&self.blob, key())).await,
            "GenerateRandom" => self.as_seen(who, GenerateRandom { bytes: 32 }).await,
            "RebindName" => {
                let to = KeyRef::Id(self.other);
                self.as_seen(who, RebindName { name: bound(), key: to }).await
            }
            "UnbindName" => self.as_seen(who, UnbindName { name: bound() }).await,
            "UnbindName of none there" => {
                let name = Name::new(Space::Aws, "absent").unwrap();
                self.as_seen(who, UnbindName { name }).await
            }
            "BindName" => {
                let name = Name::new(Space::Aws, "app").unwrap();
                self.as_seen(who, BindName { name, key: key() }).await
            }
            "ListNames" => self.as_seen(who, list_names(None)).await,
            "ListNames of a key" => self.as_seen(who, list_names(Some(key()))).await,
            "ListKeyPolicies" => self.as_seen(who, ListKeyPolicies { key: key() }).await,
            "GetKeyPolicy" => self.as_seen(who, GetKeyPolicy { key: key() }).await,
            "PutKeyPolicy" => {
                let policy = access::delegating_key_policy(crate::house::ACCOUNT.parse().unwrap());
                self.as_seen(who, PutKeyPolicy { key: key(), policy, bypass_lockout_check: false }).await
            }
            "CreateAccount" => {
                let number = "444455556666".parse().unwrap();
                self.as_seen(who, CreateAccount { number, name: "other".to_owned() }).await
            }
            "CreateTenant" => self.as_seen(who, tenant("second")).await,
            "ListTenants" => self.as_seen(who, ListTenants).await,
            "CreatePrincipal" => self.as_seen(who, principal("new")).await,
            "UpdatePrincipal" => self.as_seen(who, disable("nobody")).await,
            "UpdatePrincipal of nobody there" => self.as_seen(who, disable("absent")).await,
            "ListPrincipals" => self.as_seen(who, ListPrincipals { after: None, limit: 10 }).await,
            "CreateCredential" => self.as_seen(who, credential_of("nobody")).await,
            "ListCredentials" => self.as_seen(who, ListCredentials { principal: "nobody".to_owned() }).await,
            "RevokeCredential" => self.as_seen(who, RevokeCredential { id: self.credential.clone() }).await,
            "RevokeCredential of none there" => {
                let id = domain::CredentialId::new("absent").unwrap();
                self.as_seen(who, RevokeCredential { id }).await
            }
            "WritePolicy" => self.as_seen(who, policy("new", None)).await,
            "ListPolicies" => self.as_seen(who, ListPolicies).await,
            "ExplainPolicy" => {
                let op = ExplainPolicy { principal: None, action: Action::Encrypt, key: None };
                self.as_seen(who, op).await
            }
            "SearchAudit" => self.as_seen(who, search(10)).await,
            "SealSystem" => self.as_seen(who, SealSystem).await,
            other => panic!("{other}"),
        }
    }
}

const OPERATIONS: [&str; 48] = [
    "CreateKey",
    "DescribeKey",
    "LabelKey",
    "UnlabelKey",
    "ListLabels",
    "CreateKey with labels",
    "ListKeys",
    "EnableKey",
    "DisableKey",
    "ScheduleDestruction",
    "CancelDestruction",
    "RotateKey",
    "EnableRotation",
    "DisableRotation",
    "GetRotation",
    "GetLastUse",
    "ListRotations",
    "Encrypt",
    "Decrypt",
    "ReEncrypt",
    "GenerateDataKey",
    "GenerateWrappedDataKey",
    "GenerateRandom",
    "BindName",
    "RebindName",
    "UnbindName",
    "UnbindName of none there",
    "ListNames",
    "ListNames of a key",
    "ListKeyPolicies",
    "GetKeyPolicy",
    "PutKeyPolicy",
    "CreateAccount",
    "CreateTenant",
    "ListTenants",
    "CreatePrincipal",
    "UpdatePrincipal",
    "UpdatePrincipal of nobody there",
    "ListPrincipals",
    "CreateCredential",
    "ListCredentials",
    "RevokeCredential",
    "RevokeCredential of none there",
    "WritePolicy",
    "ListPolicies",
    "ExplainPolicy",
    "SearchAudit",
    "SealSystem",
];

/// What leaves the ground changed for the next.
const ONLY_ONCE: [&str; 12] = [
    "DisableKey",
    "ScheduleDestruction",
    "CancelDestruction",
    "BindName",
    "RebindName",
    "UnbindName",
    "CreateAccount",
    "CreateTenant",
    "CreatePrincipal",
    "UpdatePrincipal",
    "RevokeCredential",
    "SealSystem",
];

pub(crate) fn encrypt(key: KeyRef) -> Encrypt {
    let item = EncryptItem { plaintext: secret_of("x"), aad: AssociatedData::None, version: None };
    Encrypt { key, items: vec![item], form: CiphertextForm::Envelope }
}

fn decrypt(blob: &[u8]) -> Decrypt {
    let item = DecryptItem { ciphertext: blob.to_vec(), aad: AssociatedData::None, version: None };
    Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope }
}

pub(crate) fn data_key(key: KeyRef, with_plaintext: bool) -> GenerateDataKey {
    let (shape, form) = (DataKeyShape::Bytes(32), CiphertextForm::Envelope);
    GenerateDataKey { key, shape, aad: AssociatedData::None, form, with_plaintext }
}

/// A ciphertext under a key again.
pub(crate) fn reencrypt(blob: &[u8], destination: KeyRef) -> ReEncrypt {
    let item = DecryptItem { ciphertext: blob.to_vec(), aad: AssociatedData::None, version: None };
    let (form, to_form) = (CiphertextForm::Envelope, CiphertextForm::Envelope);
    ReEncrypt { source: None, item, form, destination, aad: AssociatedData::None, to_form }
}

fn label(key: KeyRef) -> LabelKey {
    LabelKey { key, labels: [("team".to_owned(), "pay".to_owned())].into() }
}

/// A name that leads to the ground's key.
fn bound() -> Name {
    Name::new(Space::Aws, "bound").unwrap()
}

fn list_names(key: Option<KeyRef>) -> ListNames {
    ListNames { space: Space::Aws, key, after: None, limit: 10 }
}

pub(crate) fn tenant(name: &str) -> CreateTenant {
    CreateTenant { account: None, name: name.to_owned(), bindings: Vec::new() }
}

pub(crate) fn principal(name: &str) -> CreatePrincipal {
    CreatePrincipal {
        name: name.to_owned(),
        kind: PrincipalKind::User,
        roles: vec![Role::CryptoUser],
        policies: Vec::new(),
        labels: Default::default(),
    }
}

fn disable(name: &str) -> UpdatePrincipal {
    UpdatePrincipal { name: name.to_owned(), roles: None, policies: None, disabled: Some(true) }
}

fn credential_of(principal: &str) -> CreateCredential {
    CreateCredential {
        principal: principal.to_owned(),
        kind: CredentialKind::BearerToken,
        description: String::new(),
        expires_at: None,
    }
}

pub(crate) fn policy(name: &str, guards: Option<Vec<String>>) -> WritePolicy {
    let text = "permit(principal, action, resource);".to_owned();
    let document = PolicyDocument { language: Language::Cedar, text };
    WritePolicy { name: name.to_owned(), document, guards }
}

pub(crate) fn search(limit: usize) -> SearchAudit {
    SearchAudit {
        since: None,
        operation: None,
        target: None,
        principal: None,
        tenant: None,
        after: None,
        limit,
    }
}

#[tokio::test]
async fn every_operation_is_decided_for_every_role() {
    let mut table = String::new();
    let mut ground = Ground::new().await;
    for operation in OPERATIONS {
        let mut cells = Vec::new();
        for who in ROLES {
            let answer = ground.row(operation, who).await;
            if answer == "ok" && ONLY_ONCE.contains(&operation) {
                // What one role did must not show in the next one's cell.
                ground = Ground::new().await;
            }
            cells.push(format!("{who}={answer}"));
            assert!(who != "nobody" || answer == "denied", "{operation} by nobody: {answer}");
        }
        table.push_str(&format!("{operation}: {}\n", cells.join(" ")));
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_batch_is_decided_as_one_and_recorded_with_its_number() {
    let ground = Ground::new().await;
    let item = || EncryptItem { plaintext: secret_of("x"), aad: AssociatedData::None, version: None };
    let batch = |n: usize| {
        let items = (0..n).map(|_| item()).collect();
        Encrypt { key: ground.key(), items, form: CiphertextForm::Envelope }
    };
    for (items, recorded) in [(1, None), (3, Some(3))] {
        ground.house.run("user", batch(items)).await.unwrap();
        let page = ground.house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
        let record = &page.items[0].1;
        assert_eq!((record.items, record.failed), (recorded, None));
        assert_eq!(record.target.as_ref().and_then(|t| t.version), Some(1), "the version that was used");
    }
}

/// One account's administrator in another's business: whatever is named by an id is looked for at home alone.
#[tokio::test]
async fn what_belongs_to_another_account_is_not_there() {
    let ground = Ground::new().await;
    let house = &ground.house;
    let number = "444455556666".parse().unwrap();
    let other = house.run("root", CreateAccount { number, name: "other".to_owned() }).await.unwrap();
    let away = CreateTenant { account: Some(other.id), ..tenant("away") };
    assert_eq!(word(house.run("root", away).await), "denied");
    let again = CreateAccount { number, name: "again".to_owned() };
    assert_eq!(word(house.run("root", again).await), "object_exists");
}

#[tokio::test]
async fn the_operators_are_named_anew_after_each_start() {
    let ground = Ground::new().await;
    let again = ground.house.restarted();
    let seal = async || again.run(ground.house.context(aws(), "Test"), token("root"), SealSystem).await;
    assert_eq!(word(seal().await), "denied", "until the operators are known");
    let unknown = again.recognise_operators("999999999999".parse().unwrap()).await.unwrap();
    assert!(unknown.is_none());
    assert_eq!(word(seal().await), "denied");
    let known = again.recognise_operators(crate::house::ACCOUNT.parse().unwrap()).await.unwrap();
    assert_eq!(known.unwrap().number.to_string(), crate::house::ACCOUNT);
    assert_eq!(word(seal().await), "ok");
}

#[tokio::test]
async fn a_system_begins_once_and_with_names_that_are_names() {
    use keystead_engine::{Bootstrap, BootstrapPrincipal, BootstrapTenant};
    let house = House::open().await;
    let begin = async |number: &str, tenant: &str, bindings: Vec<domain::Coordinates>, principal: &str| {
        let tenants = vec![BootstrapTenant { name: tenant.to_owned(), bindings }];
        let principals = vec![BootstrapPrincipal {
            name: principal.to_owned(),
            kind: PrincipalKind::User,
            roles: vec![Role::Root],
            credentials: Vec::new(),
        }];
        let (number, name) = (number.parse().unwrap(), "x".to_owned());
        match house.engine.bootstrap(Bootstrap { number, name, tenants, principals }).await {
            Ok(_) => "ok",
            Err(fault) => FaultWhat::word(&fault.what),
        }
    };
    assert_eq!(begin(crate::house::ACCOUNT, "t", vec![], "p").await, "already_initialised");
    let other = "444455556666";
    assert_eq!(begin(other, "a b", vec![], "p").await, "malformed");
    assert_eq!(begin(other, "t", vec![], "a b").await, "malformed");
    let foreign = domain::Coordinates::new(domain::Dialect::Aws, "123456789012/eu-west-1");
    assert_eq!(begin(other, "t", vec![foreign], "p").await, "malformed");
    assert_eq!(begin(other, "t", vec![], "p").await, "ok");
}
