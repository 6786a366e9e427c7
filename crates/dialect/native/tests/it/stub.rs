//! A gate of cardboard: one known token, canned answers, and a note of everything that was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use api::ops::{
    CallerView, CiphertextForm, DataKey, Decrypted, Encrypted, EncryptedItem, Explanation, KeyPage, KeyView,
    LastUseView, NameView, NewCredential, ReEncrypted, RotationPage, TenantView,
};
use api::{Command, Fault, FaultWhat, Kms, Output, RequestContext};
use async_trait::async_trait;
use domain::{
    Account, AccountId, Action, AuditRecord, Binding, Coordinates, Credential, CredentialId, CredentialKind,
    Cursor, Decision, Dialect, ExportCeiling, HexId, Key, KeyDetails, KeyId, KeySpec, Language, MaterialId,
    MaterialState, Name, NewKey, NewVersion, Origin, Outcome, Page, PolicyDocument, PolicyId, PolicyRecord,
    Principal, PrincipalId, PrincipalKind, Proof, ProtectionLevel, Ratchets, RequestId, Role, RotationPolicy,
    Space, StatementRef, Subject, Target, Tenant, TenantId, Timestamp, UsageSet,
};
use secret::{Exposure, SecretBytes};

pub(crate) const TOKEN: &str = "kst_good";

#[derive(Default)]
pub(crate) struct Stub {
    /// Operation, place and command of each call; `refused` for a refusal.
    pub(crate) asked: Mutex<Vec<String>>,
    /// What the next call answers instead.
    pub(crate) fault: Mutex<Option<FaultWhat>>,
}

#[async_trait]
impl Kms for Stub {
    async fn call(&self, context: RequestContext, proof: Proof, command: Command) -> Result<Output, Fault> {
        authenticate(&proof)?;
        self.note(format!("{} in {}: {command:?}", context.operation, context.place));
        if let Some(what) = self.fault.lock().unwrap().take() {
            return Err(what.into());
        }
        Ok(answer(command))
    }

    async fn refuse(&self, context: RequestContext, proof: Proof, fault: Fault) -> Fault {
        self.note(format!("{} refused", context.operation));
        authenticate(&proof).err().unwrap_or(fault)
    }
}

impl Stub {
    fn note(&self, text: String) {
        self.asked.lock().unwrap().push(text);
    }
}

fn authenticate(proof: &Proof) -> Result<(), Fault> {
    match proof {
        Proof::Bearer(token) if token.expose(Exposure::VerifyCredential) == TOKEN.as_bytes() => Ok(()),
        Proof::Anonymous => Err(FaultWhat::ProofMissing.into()),
        _ => Err(FaultWhat::CredentialUnknown.into()),
    }
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn account() -> Account {
    let number = "123456789012".parse().unwrap();
    Account { id: AccountId::random([1; 16]), number, name: "main".to_owned(), created_at: at() }
}

fn tenant() -> Tenant {
    let (id, account) = (TenantId::random([2; 16]), account().id);
    Tenant { id, account, name: "default".to_owned(), guardrails: Vec::new(), created_at: at() }
}

fn name() -> Name {
    Name::new(Space::Vault { mount: "transit".to_owned() }, "app").unwrap()
}

fn document() -> PolicyDocument {
    PolicyDocument { language: Language::Iam, text: "{\"Statement\":[]}".to_owned() }
}

fn key_view() -> KeyView {
    let details = KeyDetails {
        description: "for tests".to_owned(),
        names: vec![Name::new(Space::Native, "app").unwrap(), name()],
        labels: BTreeMap::from([("team".to_owned(), "blue".to_owned())]),
        policy: document(),
        cryptoperiod: None,
        rotation: RotationPolicy { every: Some(86_400), since: None },
        exportable: false,
        destruction_allowed: true,
    };
    let new = NewKey {
        id: KeyId::random([3; 16]),
        tenant: tenant().id,
        account: account().id,
        folder: None,
        born: Dialect::Native,
        spec: KeySpec::Aes256,
        usage: UsageSet::ENCRYPT_DECRYPT,
        created_at: at(),
        created_by: principal().id,
        ratchets: Ratchets {
            export: ExportCeiling::Never,
            destruction_wait: 604_800,
            purge_protected: false,
            rotate_within: None,
            protection: ProtectionLevel::Software,
        },
        details,
    };
    let version = NewVersion {
        hex_id: HexId::from_bytes([4; 16]),
        material_id: MaterialId::from_bytes([5; 32]),
        origin: Origin::Generated,
        material: MaterialState::Present,
        protection: ProtectionLevel::Software,
        created_at: at(),
    };
    KeyView { key: Arc::new(Key::new(new, version)), account: Arc::new(account()), changed: true }
}

fn principal() -> Principal {
    Principal {
        id: PrincipalId::random([6; 16]),
        account: account().id,
        name: "alice".to_owned(),
        kind: PrincipalKind::User,
        roles: vec![Role::KeyCustodian],
        policies: vec![PolicyId::random([7; 16])],
        labels: BTreeMap::new(),
        disabled: false,
        created_at: at(),
    }
}

fn credential() -> Credential {
    Credential {
        id: CredentialId::new(&"ab".repeat(32)).unwrap(),
        principal: principal().id,
        account: account().id,
        kind: CredentialKind::BearerToken,
        description: "laptop".to_owned(),
        expires_at: Some(at()),
        disabled: false,
        created_at: at(),
    }
}

fn policy() -> PolicyRecord {
    let (id, account) = (PolicyId::random([7; 16]), account().id);
    PolicyRecord { id, account, name: "writers".to_owned(), document: document(), written_at: at() }
}

fn item() -> EncryptedItem {
    EncryptedItem { ciphertext: vec![1, 2, 3], version: 1, material: MaterialId::from_bytes([5; 32]) }
}

fn record() -> AuditRecord {
    AuditRecord {
        id: RequestId::random([9; 16]),
        at: at(),
        subject: Subject {
            name: Some("alice".to_owned()),
            address: "10.0.0.1".parse().ok(),
            ..Subject::default()
        },
        dialect: Dialect::Aws,
        operation: "Encrypt".into(),
        actions: vec![Action::Encrypt],
        account: None,
        account_number: None,
        tenant: Some(tenant().id),
        target: Some(Target {
            kind: "key".into(),
            id: "k".to_owned(),
            version: Some(1),
            versions: vec![],
            state: None,
        }),
        also: Vec::new(),
        items: None,
        failed: None,
        context: vec![("app".to_owned(), "db".to_owned())],
        decision: Decision::Allowed(StatementRef {
            document: "key-policy".to_owned(),
            statement: "0".to_owned(),
        }),
        outcome: Outcome::Failure("wrong_state".into()),
        dry_run: false,
        fips_approved: Some(true),
        micros: 5,
        epochs: Vec::new(),
        raised: Vec::new(),
    }
}

fn last_use() -> LastUseView {
    let view = key_view();
    let since = view.key.created_at();
    LastUseView { view, last_use: domain::LastUse { last: None, since } }
}

fn rotations() -> RotationPage {
    let key = key_view().key;
    let items = key.versions().to_vec();
    RotationPage { key: key.id(), primary: key.primary(), versions: Page { items, next: None } }
}

fn page<T>(item: T) -> Page<T> {
    Page { items: vec![item], next: Some(Cursor(vec![0, 255])) }
}

fn answer(command: Command) -> Output {
    let (key, number) = (KeyId::random([3; 16]), account().number);
    match command {
        Command::CreateKey(_) => Output::CreateKey(key_view()),
        Command::DescribeKey(_) => Output::DescribeKey(key_view()),
        Command::UpdateDescription(_) => Output::UpdateDescription(key_view()),
        Command::LabelKey(_) => Output::LabelKey(key_view()),
        Command::UnlabelKey(_) => Output::UnlabelKey(key_view()),
        Command::ListLabels(_) => Output::ListLabels(page(("team".to_owned(), "pay".to_owned()))),
        Command::ListKeys(_) => Output::ListKeys(KeyPage { keys: page(key), account: number }),
        Command::EnableKey(_) => Output::EnableKey(key_view()),
        Command::DisableKey(_) => Output::DisableKey(key_view()),
        Command::ScheduleDestruction(_) => Output::ScheduleDestruction(key_view()),
        Command::CancelDestruction(_) => Output::CancelDestruction(key_view()),
        Command::RotateKey(_) => Output::RotateKey(key_view()),
        Command::EnableRotation(_) => Output::EnableRotation(key_view()),
        Command::DisableRotation(_) => Output::DisableRotation(key_view()),
        Command::GetRotation(_) => Output::GetRotation(key_view()),
        Command::GetLastUse(_) => Output::GetLastUse(last_use()),
        Command::ListRotations(_) => Output::ListRotations(rotations()),
        Command::Encrypt(_) => Output::Encrypt(Encrypted {
            key,
            account: number,
            form: CiphertextForm::Envelope,
            items: vec![Ok(item())],
        }),
        Command::Decrypt(op) => {
            let opened = op.items.first().map(|item| item.ciphertext == [1, 2, 3]) == Some(true);
            let plaintext = || SecretBytes::take_vec(b"attack at dawn".to_vec());
            let items = vec![if opened { Ok(plaintext()) } else { Err(FaultWhat::CiphertextInvalid) }];
            let form = CiphertextForm::Envelope;
            Output::Decrypt(Decrypted { key, account: number, form, items, material: None })
        }
        Command::GenerateDataKey(op) => {
            let plaintext = op.with_plaintext.then(|| SecretBytes::take_vec(vec![7; 32]));
            Output::GenerateDataKey(DataKey { key, account: number, wrapped: item(), plaintext })
        }
        Command::ReEncrypt(_) => Output::ReEncrypt(ReEncrypted {
            source: (key, number),
            source_material: item().material,
            form: CiphertextForm::Envelope,
            to_form: CiphertextForm::Envelope,
            destination: (key, number),
            sealed: item(),
        }),
        Command::GenerateRandom(_) => Output::GenerateRandom(SecretBytes::take_vec(vec![7; 32])),
        Command::GenerateDataKeyPair(_)
        | Command::Sign(_)
        | Command::Verify(_)
        | Command::GenerateMac(_)
        | Command::VerifyMac(_)
        | Command::GetPublicKey(_)
        | Command::AgreeKey(_)
        | Command::Encapsulate(_)
        | Command::Decapsulate(_) => panic!("the native API has no such operation yet"),
        Command::BindName(_) => Output::BindName(()),
        Command::RebindName(_) => Output::RebindName(()),
        Command::UnbindName(_) => Output::UnbindName(()),
        Command::ListNames(_) => {
            let view = NameView { name: name(), key, account: number, key_created_at: at() };
            Output::ListNames(page(view))
        }
        Command::ListKeyPolicies(_) => Output::ListKeyPolicies(key_view()),
        Command::GetKeyPolicy(_) => Output::GetKeyPolicy(document()),
        Command::PutKeyPolicy(_) => Output::PutKeyPolicy(()),
        Command::WhoAmI(_) => Output::WhoAmI(CallerView {
            principal: principal(),
            account: number,
            credential: credential().id,
        }),
        Command::CreateAccount(_) => Output::CreateAccount(account()),
        Command::CreateTenant(_) => Output::CreateTenant(tenant()),
        Command::ListTenants(_) => {
            let coordinates = Coordinates::new(Dialect::Aws, "123456789012/us-east-1");
            let (tenant, account) = (tenant(), account().id);
            let binding = Binding { coordinates, tenant: tenant.id, account, created_at: at() };
            Output::ListTenants(vec![TenantView { tenant, bindings: vec![binding] }])
        }
        Command::CreatePrincipal(_) => Output::CreatePrincipal(principal()),
        Command::UpdatePrincipal(_) => Output::UpdatePrincipal(principal()),
        Command::ListPrincipals(_) => Output::ListPrincipals(page(principal())),
        Command::CreateCredential(_) => {
            let secret = SecretBytes::take_vec(b"kst_new".to_vec());
            Output::CreateCredential(NewCredential { credential: credential(), secret })
        }
        Command::ListCredentials(_) => Output::ListCredentials(vec![credential()]),
        Command::RevokeCredential(_) => Output::RevokeCredential(()),
        Command::WritePolicy(_) => Output::WritePolicy(policy()),
        Command::ListPolicies(_) => Output::ListPolicies(vec![policy()]),
        Command::ExplainPolicy(_) => {
            let by = Some(StatementRef { document: "policy:writers".to_owned(), statement: "2".to_owned() });
            let considered = vec![("policy:writers".to_owned(), Language::Cedar, "allows")];
            Output::ExplainPolicy(Explanation { allowed: true, by, considered })
        }
        Command::SearchAudit(_) => Output::SearchAudit(page(record())),
        Command::SealSystem(_) => Output::SealSystem(()),
    }
}
