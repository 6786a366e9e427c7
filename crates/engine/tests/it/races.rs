//! What changes between two reads of one request is found before the answer leaves (INV-10); what is remembered and
//! what is gone.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use api::KmsExt;
use api::ops::{CreateCredential, CreateKey, DescribeKey, KeyRef, ListTenants, RevokeCredential};
use async_trait::async_trait;
use domain::{CredentialKind, Name, Page, RecordKind, RecordRef, Scope, Space};
use spi::{
    Batch, CommitError, Committed, IndexHit, IndexScan, MaterialAt, MaterialError, Opened, RecordStore,
    StoreError,
};

use crate::house::{House, aws, new_key, token, word};

type Between = Box<dyn FnOnce() + Send>;

/// Does something once, right after the next reading of a record of one kind, and counts such readings.
struct Meddling {
    inner: Arc<dyn RecordStore>,
    kind: RecordKind,
    then: Mutex<Option<Between>>,
    reads: AtomicUsize,
}

#[async_trait]
impl RecordStore for Meddling {
    async fn open(&self, at: &RecordRef) -> Result<Option<Opened>, StoreError> {
        let opened = self.inner.open(at).await;
        if at.kind == self.kind {
            self.reads.fetch_add(1, Ordering::SeqCst);
            if let Some(then) = self.then.lock().unwrap().take() {
                then();
            }
        }
        opened
    }

    async fn scan(&self, scan: IndexScan) -> Result<Page<IndexHit>, StoreError> {
        self.inner.scan(scan).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.inner.commit(batch).await
    }
}

async fn meddled(kind: RecordKind) -> (Arc<House>, Arc<Meddling>) {
    let slot = Arc::new(OnceLock::new());
    let kept = Arc::clone(&slot);
    let house = House::with_store(move |inner| {
        let (then, reads) = (Mutex::default(), AtomicUsize::new(0));
        kept.get_or_init(|| Arc::new(Meddling { inner, kind, then, reads })).clone()
    });
    let house = Arc::new(house.await);
    let store: &Arc<Meddling> = slot.get().unwrap();
    (house, store.clone())
}

#[tokio::test]
async fn inv_10_a_place_that_changes_while_it_is_read_is_read_again() {
    let (house, store) = meddled(RecordKind::Tenant).await;
    let tenant = house.run("root", ListTenants).await.unwrap()[0].tenant.id;
    let key = house.create("root").await.unwrap().key.id();
    // A gate that remembers nothing: the place is read before its tenant's scope is known, let alone captured.
    let fresh = house.restarted();
    let describe = async || {
        let op = DescribeKey { key: KeyRef::Id(key) };
        fresh.run(house.context(aws(), "Test"), token("root"), op).await.unwrap();
        store.reads.load(Ordering::SeqCst)
    };
    let inside = house.clone();
    *store.then.lock().unwrap() = Some(Box::new(move || inside.raise(Scope::Tenant(tenant))));
    store.reads.store(0, Ordering::SeqCst);
    assert_eq!(describe().await, 2, "what was read before the change does not count");
    assert_eq!(describe().await, 2, "and it is remembered while nothing changes");
}

#[tokio::test]
async fn inv_9_what_is_remembered_is_not_read_again_until_its_scope_is_raised() {
    let (house, store) = meddled(RecordKind::Key).await;
    let tenant = house.run("root", ListTenants).await.unwrap()[0].tenant.id;
    let name = Name::new(Space::Aws, "app").unwrap();
    let named = CreateKey { name: Some(name.clone()), ..new_key() };
    let key = house.run("root", named).await.unwrap().key.id();
    for reference in [KeyRef::Id(key), KeyRef::Name(name)] {
        let described = async || {
            house.run("root", DescribeKey { key: reference.clone() }).await.unwrap();
            store.reads.load(Ordering::SeqCst)
        };
        let first = described().await;
        assert_eq!(described().await, first, "{reference:?}");
        house.raise(Scope::Tenant(tenant));
        assert_eq!(described().await, first + 1, "{reference:?}");
    }
}

#[tokio::test]
async fn a_revoked_signing_key_is_gone_with_its_secret() {
    let house = House::open().await;
    let made = async |kind| {
        let op = CreateCredential {
            principal: "user".to_owned(),
            kind,
            description: String::new(),
            expires_at: None,
        };
        house.run("administrator", op).await.unwrap().credential.id
    };
    let key = made(CredentialKind::SigningKey).await;
    assert!(house.material(&MaterialAt::Credential(key.clone())).await.is_ok());
    house.run("administrator", RevokeCredential { id: key.clone() }).await.unwrap();
    assert_eq!(house.material(&MaterialAt::Credential(key)).await.err(), Some(MaterialError::Absent));
    let token = made(CredentialKind::BearerToken).await;
    assert_eq!(word(house.run("administrator", RevokeCredential { id: token }).await), "ok");
}
