//! A small installation in memory: two accounts, a tenant bound to a region, principals of every sort.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use access::{Allowed, Authenticator, Decider, Demand, Refused, delegating_key_policy};
use async_trait::async_trait;
use domain::*;
use secret::SecretBytes;
use spi::*;

type IndexKey = (Owner, IndexName, Vec<u8>);

/// Records by place; revisions count writes; reads are counted.
#[derive(Default)]
pub(crate) struct Store {
    rows: Mutex<HashMap<RecordRef, (Vec<u8>, u64)>>,
    index: Mutex<BTreeMap<IndexKey, Vec<u8>>>,
    pub(crate) reads: AtomicUsize,
}

impl Store {
    pub(crate) fn put<R: Record>(&self, record: &R) {
        let body = serde_json::to_vec(record).unwrap();
        let mut rows = self.rows.lock().unwrap();
        let row = rows.entry(record.record_ref()).or_default();
        *row = (body, row.1 + 1);
        for entry in record.index() {
            self.index.lock().unwrap().insert((record.owner(), entry.index, entry.key), record.id_bytes());
        }
    }

    pub(crate) fn delete<R: Record>(&self, record: &R) {
        self.rows.lock().unwrap().remove(&record.record_ref());
    }
}

#[async_trait]
impl RecordStore for Store {
    async fn open(&self, at: &RecordRef) -> Result<Option<Opened>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let rows = self.rows.lock().unwrap();
        Ok(rows.get(at).map(|(body, revision)| Opened { body: body.clone(), revision: Revision(*revision) }))
    }

    async fn scan(&self, scan: IndexScan) -> Result<Page<IndexHit>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let index = self.index.lock().unwrap();
        let hits = index.iter().filter(|((owner, name, key), _)| {
            *owner == scan.owner && *name == scan.index && key.starts_with(&scan.prefix)
        });
        let items = hits
            .take(scan.limit)
            .map(|((.., key), id)| IndexHit { key: key.clone(), id: id.clone() })
            .collect();
        Ok(Page { items, next: None })
    }

    fn is_settled(&self) -> bool {
        true
    }

    async fn commit(&self, _: Batch) -> Result<Committed, CommitError> {
        Err(CommitError::Conflict)
    }
}

/// Secrets by place.
#[derive(Default)]
pub(crate) struct Vault {
    pub(crate) secrets: Mutex<HashMap<MaterialAt, Vec<u8>>>,
    pub(crate) sealed: std::sync::atomic::AtomicBool,
    pub(crate) opened: AtomicUsize,
}

#[async_trait]
impl MaterialVault for Vault {
    async fn open(&self, at: &MaterialAt) -> Result<SecretBytes, MaterialError> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        if self.sealed.load(Ordering::SeqCst) {
            return Err(MaterialError::Sealed);
        }
        let secrets = self.secrets.lock().unwrap();
        secrets.get(at).map(|s| SecretBytes::take_vec(s.clone())).ok_or(MaterialError::Absent)
    }

    fn fingerprint(&self, _: TenantId, key: KeyId, m: &SecretBytes) -> Result<MaterialId, MaterialError> {
        Ok(MaterialId::from_bytes(Hmac.hmac_sha256(key.as_bytes(), m.expose(secret::Exposure::DeriveKey))))
    }
}

pub(crate) struct Hmac;

impl AuthCrypto for Hmac {
    fn hmac_sha256(&self, key: &[u8], data: &[u8]) -> [u8; 32] {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
        aws_lc_rs::hmac::sign(&key, data).as_ref().try_into().unwrap()
    }

    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data).as_ref().try_into().unwrap()
    }

    fn equal(&self, a: &[u8], b: &[u8]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
    }
}

pub(crate) struct HandClock(pub(crate) AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn monotonic_micros(&self) -> u64 {
        0
    }
}

/// 2015-08-30T12:36:00Z, the instant of the published example.
pub(crate) const NOW: i64 = 1_440_938_160_000;

pub(crate) struct World {
    pub(crate) store: Arc<Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) epochs: Arc<Epochs>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) authenticator: Authenticator,
    pub(crate) decider: Decider,
    pub(crate) home: Account,
    pub(crate) foreign: Account,
    pub(crate) tenant: Tenant,
    pub(crate) foreign_tenant: Tenant,
}

pub(crate) fn world() -> World {
    world_keeping(1024)
}

pub(crate) fn world_keeping(decisions: usize) -> World {
    let (store, vault, epochs) =
        (Arc::new(Store::default()), Arc::new(Vault::default()), Arc::<Epochs>::default());
    let clock = Arc::new(HandClock(AtomicI64::new(NOW)));
    let home = account(1, "111122223333");
    let foreign = account(2, "444455556666");
    let tenant = tenant(3, &home);
    let foreign_tenant = self::tenant(4, &foreign);
    for account in [&home, &foreign] {
        store.put(account);
    }
    for tenant in [&tenant, &foreign_tenant] {
        store.put(tenant);
    }
    store.put(&Binding {
        coordinates: Coordinates::new(Dialect::Aws, "111122223333/us-east-1"),
        tenant: tenant.id,
        account: home.id,
        created_at: Timestamp::from_millis(0),
    });
    let authenticator =
        Authenticator::new(store.clone(), vault.clone(), Arc::new(Hmac), epochs.clone(), clock.clone());
    let decider = Decider::keeping(store.clone(), epochs.clone(), decisions);
    World { store, vault, epochs, clock, authenticator, decider, home, foreign, tenant, foreign_tenant }
}

fn account(seed: u8, number: &str) -> Account {
    let number = number.parse().unwrap();
    Account {
        id: AccountId::random([seed; 16]),
        number,
        name: number.to_string(),
        created_at: Timestamp::from_millis(0),
    }
}

fn tenant(seed: u8, account: &Account) -> Tenant {
    Tenant {
        id: TenantId::random([seed; 16]),
        account: account.id,
        name: format!("t{seed}"),
        guardrails: Vec::new(),
        created_at: Timestamp::from_millis(0),
    }
}

impl World {
    /// A principal of the home account, stored.
    pub(crate) fn principal(&self, name: &str, kind: PrincipalKind, roles: &[Role]) -> Principal {
        self.principal_of(&self.home, name, kind, roles)
    }

    pub(crate) fn principal_of(
        &self,
        account: &Account,
        name: &str,
        kind: PrincipalKind,
        roles: &[Role],
    ) -> Principal {
        let mut seed = [account.id.as_bytes()[0]; 16];
        seed.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
        let principal = Principal {
            id: PrincipalId::random(seed),
            account: account.id,
            name: name.to_owned(),
            kind,
            roles: roles.to_vec(),
            policies: Vec::new(),
            labels: BTreeMap::new(),
            disabled: false,
            created_at: Timestamp::from_millis(0),
        };
        self.store.put(&principal);
        principal
    }

    /// Stores a policy of the home account.
    pub(crate) fn policy(&self, name: &str, language: Language, text: &str) -> PolicyRecord {
        let mut seed = [0; 16];
        seed.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
        let record = PolicyRecord {
            id: PolicyId::random(seed),
            account: self.home.id,
            name: name.to_owned(),
            document: PolicyDocument { language, text: text.to_owned() },
            written_at: Timestamp::from_millis(0),
        };
        self.store.put(&record);
        record
    }

    /// Gives a principal policies.
    pub(crate) fn attach(&self, principal: &mut Principal, policies: &[&PolicyRecord]) {
        principal.policies = policies.iter().map(|p| p.id).collect();
        self.store.put(principal);
    }

    /// A key of the home tenant with the default policy.
    pub(crate) fn key(&self, seed: u8) -> Key {
        key_of(seed, &self.tenant, &self.home, delegating_key_policy(self.home.number))
    }

    /// A key of the home tenant with a policy in the IAM language.
    pub(crate) fn key_with(&self, seed: u8, policy: &str) -> Key {
        let text = policy.replace("ACCOUNT", &self.home.number.to_string());
        key_of(seed, &self.tenant, &self.home, PolicyDocument { language: Language::Iam, text })
    }

    pub(crate) async fn decide(
        &self,
        who: &Principal,
        action: Action,
        key: &Key,
    ) -> Result<Allowed, Refused> {
        let mut fence = Fence::default();
        self.decide_under(who, action, key, &mut fence).await
    }

    pub(crate) async fn decide_under(
        &self,
        who: &Principal,
        action: Action,
        key: &Key,
        fence: &mut Fence,
    ) -> Result<Allowed, Refused> {
        let resource = ResourceRef::Key { tenant: key.tenant(), id: key.id() };
        let tenant = if key.tenant() == self.tenant.id { &self.tenant } else { &self.foreign_tenant };
        self.decider.decide(&caller(who), Demand::on_key(action, &resource, key, tenant), fence).await
    }

    pub(crate) async fn allows(&self, who: &Principal, action: Action, key: &Key) -> bool {
        self.decide(who, action, key).await.is_ok()
    }

    /// Raises a scope as a store's writer does after a commit.
    pub(crate) fn raise(&self, scope: Scope) {
        self.epochs.raise(scope, self.epochs.current(scope) + 1);
    }
}

pub(crate) fn caller(who: &Principal) -> Caller {
    let asking = Caller {
        principal: who.id,
        account: who.account,
        name: "".into(),
        kind: who.kind,
        roles: [].into(),
        policies: [].into(),
        credential: CredentialId::new("AKIATEST").unwrap(),
        expires_at: None,
        mfa: false,
        address: None,
        via: Dialect::Aws,
    };
    access::caller_of(who, &asking)
}

pub(crate) fn key_of(seed: u8, tenant: &Tenant, account: &Account, policy: PolicyDocument) -> Key {
    let details = KeyDetails {
        description: String::new(),
        names: Vec::new(),
        labels: BTreeMap::new(),
        policy,
        cryptoperiod: None,
        rotation: RotationPolicy::default(),
        exportable: false,
        destruction_allowed: true,
    };
    let ratchets = Ratchets {
        export: ExportCeiling::Never,
        destruction_wait: 0,
        purge_protected: false,
        rotate_within: None,
        protection: ProtectionLevel::Software,
    };
    let id = KeyId::random([seed; 16]);
    let new = NewKey {
        id,
        tenant: tenant.id,
        account: account.id,
        folder: None,
        born: Dialect::Aws,
        spec: KeySpec::Aes256,
        usage: UsageSet::ENCRYPT_DECRYPT,
        created_at: Timestamp::from_millis(0),
        created_by: PrincipalId::random([9; 16]),
        ratchets,
        details,
    };
    let material = SecretBytes::take_vec(material_of(seed));
    let version = NewVersion {
        hex_id: HexId::from_bytes([seed; 16]),
        material_id: Vault::default().fingerprint(tenant.id, id, &material).unwrap(),
        origin: Origin::Generated,
        material: MaterialState::Present,
        protection: ProtectionLevel::Software,
        created_at: Timestamp::from_millis(0),
    };
    Key::new(new, version)
}

pub(crate) fn material_of(seed: u8) -> Vec<u8> {
    vec![seed; 32]
}
