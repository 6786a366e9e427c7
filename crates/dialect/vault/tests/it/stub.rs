//! A gate for tests: one token, keys in memory, a reversible "encryption", and refusals that are counted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use api::ops::{
    AssociatedData, CiphertextForm, CreateKey, Decrypt, Decrypted, Encrypt, Encrypted, EncryptedItem, KeyRef,
    KeyView, ListNames, NameView,
};
use api::{
    Ceremony, Command, Fault, FaultWhat, Initialised, Kms, NotUnsealed, Output, Page, Proof, RequestContext,
    SealStatus, ShareRefusal, ShareStatus,
};
use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    Account, AccountId, Cursor, Dialect, HexId, Key, KeyDetails, KeyId, Language, MaterialId, MaterialState,
    NewKey, NewVersion, Origin, PolicyDocument, PrincipalId, ProtectionLevel, Ratchets, RequestId,
    RotationPolicy, TenantId, Timestamp,
};
use edge::{HttpDialect, Request, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keystead_dialect_vault::Vault;
use secret::{Exposure, SecretBytes};

pub(crate) const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[derive(Default)]
pub(crate) struct Stub {
    keys: Mutex<BTreeMap<String, Arc<Key>>>,
    pub(crate) calls: AtomicUsize,
    pub(crate) refusals: AtomicUsize,
    pub(crate) log_full: AtomicBool,
}

#[async_trait]
impl Kms for Stub {
    async fn call(&self, context: RequestContext, proof: Proof, command: Command) -> Result<Output, Fault> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        check(&context, &proof)?;
        match command {
            Command::CreateKey(op) => self.create(op).map(Output::CreateKey),
            Command::DescribeKey(op) => self.find(&op.key).map(view).map(Output::DescribeKey),
            Command::Encrypt(op) => self.encrypt(&op).map(Output::Encrypt),
            Command::Decrypt(op) => self.decrypt(&op).map(Output::Decrypt),
            Command::ListNames(op) => Ok(Output::ListNames(self.list(&op))),
            _ => Err(FaultWhat::Internal.into()),
        }
    }

    async fn refuse(&self, context: RequestContext, proof: Proof, fault: Fault) -> Fault {
        self.refusals.fetch_add(1, Ordering::Relaxed);
        if self.log_full.load(Ordering::Relaxed) {
            return FaultWhat::AuditUnavailable { retry_after: 1000 }.into();
        }
        check(&context, &proof).err().unwrap_or(fault)
    }
}

fn check(context: &RequestContext, proof: &Proof) -> Result<(), Fault> {
    match proof {
        Proof::Bearer(token) if token.expose(Exposure::VerifyCredential) == b"root" => {}
        Proof::Bearer(_) => return Err(FaultWhat::CredentialUnknown.into()),
        _ => return Err(FaultWhat::ProofMissing.into()),
    }
    assert_eq!(context.place.dialect, Dialect::Vault);
    match context.place.text.as_str() {
        "" => Ok(()),
        place => Err(FaultWhat::PlaceUnknown { place: place.to_owned() }.into()),
    }
}

fn account() -> Account {
    let number = "123456789012".parse().unwrap();
    Account { id: AccountId::random([1; 16]), number, name: "main".to_owned(), created_at: AT }
}

fn view(key: Arc<Key>) -> KeyView {
    KeyView { key, account: Arc::new(account()), changed: false }
}

/// The id that the stub gives to a key of this name.
pub(crate) fn id_of(name: &str) -> KeyId {
    let mut bytes = [0; 16];
    name.bytes().zip(&mut bytes).for_each(|(from, to)| *to = from);
    KeyId::random(bytes)
}

impl Stub {
    pub(crate) fn make(&self, names: impl IntoIterator<Item = String>) {
        for text in names {
            let space = domain::Space::Vault { mount: "transit".to_owned() };
            let name = domain::Name::new(space, &text).unwrap();
            let key = key(id_of(&text), domain::KeySpec::Aes256, vec![name]);
            self.keys.lock().unwrap().insert(text, Arc::new(key));
        }
    }

    fn create(&self, op: CreateKey) -> Result<KeyView, Fault> {
        let name = op.name.unwrap();
        let mut keys = self.keys.lock().unwrap();
        let text = name.text().to_owned();
        let made = || Arc::new(key(id_of(&text), op.spec, vec![name]));
        Ok(view(Arc::clone(keys.entry(text.clone()).or_insert_with(made))))
    }

    fn find(&self, key: &KeyRef) -> Result<Arc<Key>, Fault> {
        let KeyRef::NameOrId(name, id) = key else { return Err(FaultWhat::Internal.into()) };
        let keys = self.keys.lock().unwrap();
        let by_id = || keys.values().find(|key| Some(key.id()) == *id);
        let found = keys.get(name.text()).or_else(by_id).cloned();
        found.ok_or_else(|| FaultWhat::NameNotFound { name: name.clone() }.into())
    }

    fn encrypt(&self, op: &Encrypt) -> Result<Encrypted, Fault> {
        let key = self.find(&op.key)?;
        let seal = |item: &api::ops::EncryptItem| match item.version {
            Some(version @ 2..) => Err(FaultWhat::NoSuchVersion { key: key.id(), version, latest: 1 }),
            _ => Ok(EncryptedItem {
                ciphertext: sealed(&item.plaintext, &item.aad),
                version: 1,
                material: MaterialId::from_bytes([1; 32]),
            }),
        };
        let items = settle(op.items.iter().map(seal).collect())?;
        Ok(Encrypted { key: key.id(), account: account().number, form: CiphertextForm::Direct, items })
    }

    fn decrypt(&self, op: &Decrypt) -> Result<Decrypted, Fault> {
        let key = self.find(op.key.as_ref().unwrap())?;
        let open = |item: &api::ops::DecryptItem| match item.version {
            Some(version @ 2..) => Err(FaultWhat::NoSuchVersion { key: key.id(), version, latest: 1 }),
            _ => opened(&item.ciphertext, &item.aad).ok_or(FaultWhat::CiphertextInvalid),
        };
        let items = settle(op.items.iter().map(open).collect())?;
        Ok(Decrypted {
            key: key.id(),
            account: account().number,
            form: CiphertextForm::Direct,
            items,
            material: None,
        })
    }

    fn list(&self, op: &ListNames) -> Page<NameView> {
        let keys = self.keys.lock().unwrap();
        let from = op.after.as_ref().map(|c| String::from_utf8(c.0.clone()).unwrap()).unwrap_or_default();
        let mut views: Vec<_> = keys.iter().filter(|(text, _)| **text > from).take(op.limit + 1).collect();
        let more = views.len() > op.limit;
        views.truncate(op.limit);
        let next = views.last().filter(|_| more).map(|(text, _)| Cursor(text.as_bytes().to_vec()));
        let shown = |(_, key): (&String, &Arc<Key>)| NameView {
            name: key.details.names.first().unwrap().clone(),
            key: key.id(),
            key_created_at: AT,
            account: account().number,
        };
        Page { items: views.into_iter().map(shown).collect(), next }
    }
}

/// As the gate does: one item's fault is the request's.
fn settle<T>(items: Vec<Result<T, FaultWhat>>) -> Result<Vec<Result<T, FaultWhat>>, Fault> {
    if items.len() == 1 {
        return items.into_iter().map(|item| item.map(Ok).map_err(Fault::new)).collect();
    }
    Ok(items)
}

fn key(id: KeyId, spec: domain::KeySpec, names: Vec<domain::Name>) -> Key {
    let details = KeyDetails {
        description: String::new(),
        names,
        labels: BTreeMap::new(),
        policy: PolicyDocument { language: Language::Iam, text: String::new() },
        cryptoperiod: None,
        rotation: RotationPolicy::default(),
        exportable: false,
        destruction_allowed: false,
    };
    let ratchets = Ratchets {
        export: domain::ExportCeiling::Plain,
        destruction_wait: 0,
        purge_protected: false,
        rotate_within: None,
        protection: ProtectionLevel::Software,
    };
    let new = NewKey {
        id,
        tenant: TenantId::random([2; 16]),
        account: account().id,
        folder: None,
        born: Dialect::Vault,
        spec,
        usage: domain::UsageSet::ENCRYPT_DECRYPT,
        created_at: AT,
        created_by: PrincipalId::random([3; 16]),
        ratchets,
        details,
    };
    let version = NewVersion {
        hex_id: HexId::from_bytes([4; 16]),
        material_id: MaterialId::from_bytes([5; 32]),
        origin: Origin::Generated,
        material: MaterialState::Present,
        protection: ProtectionLevel::Software,
        created_at: AT,
    };
    Key::new(new, version)
}

fn tag(aad: &AssociatedData) -> [u8; 28] {
    let sum = match aad {
        AssociatedData::Bytes(bytes) => bytes.iter().fold(1_u8, |sum, b| sum.wrapping_mul(31) ^ b),
        _ => 7,
    };
    [sum; 28]
}

fn sealed(plaintext: &SecretBytes, aad: &AssociatedData) -> Vec<u8> {
    let turned = plaintext.expose(Exposure::HandToProvider).iter().map(|b| !b);
    tag(aad).into_iter().chain(turned).collect()
}

fn opened(ciphertext: &[u8], aad: &AssociatedData) -> Option<SecretBytes> {
    let turned = ciphertext.strip_prefix(&tag(aad))?;
    Some(SecretBytes::take_vec(turned.iter().map(|b| !b).collect()))
}

/// The dialect over a fresh stub.
pub(crate) struct World {
    pub(crate) stub: Arc<Stub>,
    pub(crate) sealed: Arc<AtomicBool>,
    vault: Vault,
    runtime: tokio::runtime::Runtime,
}

/// Any share but `kss1-wrong` counts, and two open.
struct Custodians {
    sealed: Arc<AtomicBool>,
    given: AtomicU8,
}

#[async_trait]
impl Ceremony for Custodians {
    fn status(&self) -> SealStatus {
        let given = self.given.load(Ordering::Relaxed);
        let round = (given > 0).then_some([0x1f; 16]);
        let shares = Some(ShareStatus { total: 3, threshold: 2, given, round });
        SealStatus { initialised: true, sealed: self.sealed.load(Ordering::Relaxed), root: "shamir", shares }
    }

    async fn unseal(&self, context: RequestContext, share: SecretBytes) -> Result<SealStatus, NotUnsealed> {
        assert_eq!(context.operation, "write sys/unseal");
        if share.expose(Exposure::ShareCeremony) == b"kss1-wrong" {
            return Err(NotUnsealed::Share(ShareRefusal::Altered { index: 3 }));
        }
        if self.given.fetch_add(1, Ordering::Relaxed) == 1 {
            self.given.store(0, Ordering::Relaxed);
            self.sealed.store(false, Ordering::Relaxed);
        }
        Ok(self.status())
    }

    async fn reset(&self, _: RequestContext) -> Result<SealStatus, Fault> {
        self.given.store(0, Ordering::Relaxed);
        Ok(self.status())
    }

    async fn initialise(&self, _: RequestContext, _: u8, _: u8) -> Result<Initialised, Fault> {
        Err(FaultWhat::AlreadyInitialised.into())
    }
}

/// Status and body of an answer.
pub(crate) type Told = (u16, String);

impl World {
    pub(crate) fn new() -> Self {
        let (stub, sealed) = (Arc::new(Stub::default()), Arc::new(AtomicBool::new(false)));
        stub.make(["a".to_owned()]);
        let custodians = Arc::new(Custodians { sealed: Arc::clone(&sealed), given: AtomicU8::new(0) });
        let kms: Arc<dyn Kms> = Arc::<Stub>::clone(&stub);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { stub, sealed, vault: Vault::new(kms, custodians), runtime }
    }

    /// One request with the right token; `to` is method, path and query.
    pub(crate) fn ask(&self, to: &str, body: &str) -> Told {
        self.ask_with(to, body.as_bytes(), &[("x-vault-token", "root")])
    }

    pub(crate) fn ask_with(&self, to: &str, body: &[u8], headers: &[(&'static str, &str)]) -> Told {
        let answer = self.answer(to, body, headers);
        (answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).unwrap())
    }

    pub(crate) fn answer(&self, to: &str, body: &[u8], headers: &[(&'static str, &str)]) -> Response {
        let (method, target) = to.split_once(' ').unwrap();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let request = Request {
            id: RequestId::at(AT, [7; 10]),
            received_at: AT,
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            path: path.to_owned(),
            query,
            headers: header_map(headers),
            body: Bytes::copy_from_slice(body),
            peer: None,
        };
        self.runtime.block_on(self.vault.handle(request))
    }
}

fn header_map(headers: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    headers.iter().map(pair).collect()
}
