//! What changes between two reads of one request is found before the answer leaves (INV-10); what is remembered and
//! what is gone.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use api::KmsExt;
use api::ops::{
    CreateCredential, CreateKey, CreateTenant, DescribeKey, DisableKey, KeyRef, ListCredentials, ListKeys,
    ListNames, ListTenants, RevokeCredential, SealSystem,
};
use async_trait::async_trait;
use domain::{CredentialKind, IndexName, Name, Page, RecordKind, RecordRef, Scope, Space};
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
    /// How the next commit ends, instead of being made.
    fails: Mutex<Option<CommitError>>,
    /// A row that stands in an index and should not.
    false_row: Mutex<Option<(IndexName, IndexHit)>>,
    /// How often it stands there.
    times: AtomicUsize,
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
        let index = scan.index;
        let mut page = self.inner.scan(scan).await?;
        let row = self.false_row.lock().unwrap().clone();
        let row = row.filter(|(of, _)| *of == index).map(|(_, hit)| hit);
        let times = self.times.load(Ordering::SeqCst);
        page.items.extend(row.into_iter().flat_map(|hit| std::iter::repeat_n(hit, times)));
        Ok(page)
    }

    fn is_settled(&self) -> bool {
        self.inner.is_settled()
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        // Here a client may go away.
        tokio::task::yield_now().await;
        if let Some(error) = self.fails.lock().unwrap().take() {
            return Err(error);
        }
        self.inner.commit(batch).await
    }
}

async fn meddled(kind: RecordKind) -> (Arc<House>, Arc<Meddling>) {
    let slot = Arc::new(OnceLock::new());
    let kept = Arc::clone(&slot);
    let house = House::with_store(move |inner| {
        let (then, reads) = (Mutex::default(), AtomicUsize::new(0));
        let (fails, false_row, times) = (Mutex::default(), Mutex::default(), AtomicUsize::new(1));
        kept.get_or_init(|| Arc::new(Meddling { inner, kind, then, reads, fails, false_row, times })).clone()
    });
    let house = Arc::new(house.await);
    let store: &Arc<Meddling> = slot.get().unwrap();
    (house, store.clone())
}

/// A sealing that may be in the log takes the keys away; one that is known not to be leaves the system open.
#[tokio::test]
async fn inv_10_a_sealing_of_unknown_outcome_seals_and_one_that_failed_does_not() {
    let unavailable = CommitError::Store(StoreError::Unavailable("full".into()));
    for (error, answer, after) in
        [(CommitError::OutcomeUnknown, "outcome_unknown", "sealed"), (unavailable, "store_unavailable", "ok")]
    {
        let (house, store) = meddled(RecordKind::Tenant).await;
        let key = house.create("root").await.unwrap().key.id();
        *store.fails.lock().unwrap() = Some(error);
        assert_eq!(word(house.run("root", SealSystem).await), answer);
        assert_eq!(word(house.encrypt("root", key, "x").await), after);
    }
}

/// A client that goes away drops its request; what it asked to be changed comes to its end all the same.
#[tokio::test]
async fn a_change_outlives_the_client_that_asked_for_it() {
    let (house, _) = meddled(RecordKind::Tenant).await;
    let list =
        async || house.run("root", ListKeys { after: None, limit: 10 }).await.unwrap().keys.items.len();
    house.create("root").await.unwrap();
    {
        // Asked once, and not waited for.
        let mut asked = std::pin::pin!(house.create("root"));
        let waits = std::future::poll_fn(|cx| std::task::Poll::Ready(asked.as_mut().poll(cx).is_pending()));
        assert!(waits.await, "the client did not wait");
    }
    for _ in 0..500 {
        if list().await == 2 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the change was dropped with its client");
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

/// The tenant's scope is captured before its key is read: what changes in between makes the answer stale, although
/// everything after it, the decision too, saw the new epoch alone.
#[tokio::test]
async fn inv_10_a_key_that_changes_right_after_it_was_read_is_read_again() {
    let (house, store) = meddled(RecordKind::Key).await;
    let tenant = house.run("root", ListTenants).await.unwrap()[0].tenant.id;
    let key = house.create("root").await.unwrap().key.id();
    let fresh = house.restarted();
    let inside = house.clone();
    *store.then.lock().unwrap() = Some(Box::new(move || inside.raise(Scope::Tenant(tenant))));
    store.reads.store(0, Ordering::SeqCst);
    let op = DescribeKey { key: KeyRef::Id(key) };
    fresh.run(house.context(aws(), "Test"), token("root"), op).await.unwrap();
    assert_eq!(store.reads.load(Ordering::SeqCst), 2);
}

/// What is only added takes nothing from anybody: nobody's answers become stale.
#[tokio::test]
async fn inv_10_what_is_new_raises_no_scope_and_what_changes_raises_its_own() {
    let house = House::open().await;
    let tenant = house.run("root", ListTenants).await.unwrap()[0].tenant.clone();
    let scopes = [Scope::System, Scope::Account(tenant.account), Scope::Tenant(tenant.id)];
    let raised = || scopes.map(|scope| house.epoch(scope));
    let before = raised();
    let key = house.create("root").await.unwrap().key.id();
    assert_eq!(raised(), before, "a new key");
    let op = CreateCredential {
        principal: "user".to_owned(),
        kind: CredentialKind::BearerToken,
        description: String::new(),
        expires_at: None,
    };
    let made = house.run("root", op).await.unwrap().credential.id;
    assert_eq!(raised(), before, "a new credential");
    house.run("root", RevokeCredential { id: made }).await.unwrap();
    assert_eq!(raised(), [before[0], before[1] + 1, before[2]], "a revoked one is its account's affair");
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(raised(), [before[0], before[1] + 1, before[2] + 1]);
}

#[tokio::test]
async fn a_list_that_is_not_paged_holds_ten_thousand_and_no_more() {
    let (house, store) = meddled(RecordKind::Tenant).await;
    let hit = IndexHit { key: b"nothing".to_vec(), id: vec![7; 16] };
    *store.false_row.lock().unwrap() = Some((IndexName::TenantByName, hit));
    for (more, answer) in [(9_999, "ok"), (10_000, "limit_exceeded")] {
        store.times.store(more, Ordering::SeqCst);
        assert_eq!(word(house.run("root", ListTenants).await), answer, "1 and {more}");
    }
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

#[tokio::test]
async fn inv_4_a_row_of_an_index_is_a_hint_and_the_record_itself_must_say_so() {
    let (house, store) = meddled(RecordKind::Key).await;
    let bindings = vec![domain::Coordinates::new(domain::Dialect::Azure, "vault.example")];
    let op = CreateTenant { account: None, name: "second".to_owned(), bindings };
    house.run("root", op).await.unwrap();
    let named = CreateKey { name: Some(Name::new(Space::Aws, "app").unwrap()), ..new_key() };
    let key = house.run("root", named).await.unwrap().key.id();
    let holder = house.run("root", ListCredentials { principal: "root".to_owned() }).await.unwrap();
    let lie = |index, key: &[u8], id: &[u8]| {
        *store.false_row.lock().unwrap() = Some((index, IndexHit { key: key.to_vec(), id: id.to_vec() }));
    };

    lie(IndexName::CredentialByPrincipal, b"x", holder[0].id.as_str().as_bytes());
    let credentials = house.run("root", ListCredentials { principal: "user".to_owned() }).await.unwrap();
    assert_eq!(credentials.len(), 1, "another's credential is not listed");
    assert_ne!(credentials[0].id, holder[0].id);

    lie(IndexName::BindingByTenant, b"x", b"azure:vault.example");
    let tenants = house.run("root", ListTenants).await.unwrap();
    let counts: Vec<_> = tenants.iter().map(|t| (t.tenant.name.as_str(), t.bindings.len())).collect();
    assert_eq!(counts, [("default", 3), ("second", 3)], "the lie stands once more in its own tenant alone");
    let mirrored = CreateKey { name: Some(Name::new(Space::Aws, "mirror").unwrap()), ..new_key() };
    let names = house.run("root", mirrored).await.unwrap().key.details.names.clone();
    assert!(names.iter().all(|n| *n.space() != Space::Azure), "no mirror in a space that is not bound");

    lie(IndexName::NamesOfSpace, b"aws\0other", key.as_bytes());
    let op = ListNames { space: Space::Aws, key: None, after: None, limit: 10 };
    let listed = house.run("root", op).await.unwrap();
    let names: Vec<_> = listed.items.iter().map(|v| v.name.text()).collect();
    assert_eq!(names, ["app", "mirror"]);

    lie(IndexName::KeyByAge, b"x", &[7; 16]);
    let listed = house.run("root", ListKeys { after: None, limit: 10 }).await.unwrap();
    assert_eq!(listed.keys.items.len(), 2, "what has no record is not listed");
}
