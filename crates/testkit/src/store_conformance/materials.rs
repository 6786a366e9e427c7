//! Material and counters.

use domain::{CredentialId, IndexEntry, Owner, Sealable, VersionId};
use secret::{Exposure, SecretBytes};
use spi::{Batch, CommitError, CounterError, MaterialAt, MaterialChange, MaterialError, MaterialVault};

use super::sample::{account_id, batch, key, key_id, material_at, principal, put, tenant};
use super::{Bench, StoreHarness, StoreUnderTest};

fn secret(text: &[u8]) -> SecretBytes {
    SecretBytes::take(&mut text.to_vec())
}

fn keep(at: MaterialAt, text: &[u8]) -> Batch {
    Batch { material: vec![MaterialChange::Keep { at, material: secret(text) }], ..batch() }
}

fn erase(at: MaterialAt) -> Batch {
    Batch { material: vec![MaterialChange::Erase(at)], revokes: true, ..batch() }
}

async fn read(store: &dyn StoreUnderTest, at: &MaterialAt) -> Result<Vec<u8>, MaterialError> {
    let opened = MaterialVault::open(store, at).await?;
    Ok(opened.expose(Exposure::HandToProvider).to_vec())
}

async fn with_tenants<H: StoreHarness>(b: &Bench<H>) {
    b.store.commit(Batch { new_tenants: vec![tenant(1), tenant(2)], ..batch() }).await.unwrap();
}

pub async fn keep_open_erase<H: StoreHarness>(b: Bench<H>) {
    with_tenants(&b).await;
    let (version, credential) =
        (material_at(tenant(1), 1), MaterialAt::Credential(CredentialId::new("AKIA1").unwrap()));
    assert_eq!(read(&*b.store, &version).await, Err(MaterialError::Absent));
    let first =
        Batch { put: vec![Sealable::create(&key(tenant(1), 1, "k"))], ..keep(version.clone(), b"one") };
    b.store.commit(first).await.unwrap();
    b.store.commit(keep(credential.clone(), b"two")).await.unwrap();
    assert!(matches!(b.store.commit(keep(version.clone(), b"three")).await, Err(CommitError::Conflict)));
    let b = b.reopened().await;
    assert_eq!(read(&*b.store, &version).await.unwrap(), b"one");
    assert_eq!(read(&*b.store, &credential).await.unwrap(), b"two");
    b.store.commit(erase(version.clone())).await.unwrap();
    assert_eq!(read(&*b.store, &version).await, Err(MaterialError::Absent));
    b.store.commit(erase(version.clone())).await.unwrap();
    assert_eq!(read(&*b.store, &credential).await.unwrap(), b"two");
}

pub async fn material_knows_its_place<H: StoreHarness>(b: Bench<H>) {
    with_tenants(&b).await;
    b.store.commit(keep(material_at(tenant(1), 1), b"one")).await.unwrap();
    for wrong in [material_at(tenant(2), 1), material_at(tenant(1), 2)] {
        assert_eq!(read(&*b.store, &wrong).await, Err(MaterialError::Absent));
    }
}

pub async fn tenants_keep_apart<H: StoreHarness>(b: Bench<H>) {
    b.store.commit(Batch { new_tenants: vec![tenant(1)], ..batch() }).await.unwrap();
    let again = b.store.commit(Batch { new_tenants: vec![tenant(1)], ..batch() }).await;
    assert!(matches!(again, Err(CommitError::Conflict)), "a tenant gets one key-encryption key");
    assert!(b.store.commit(keep(material_at(tenant(9), 1), b"x")).await.is_err(), "no such tenant");
    assert!(b.store.commit(put([Sealable::create(&key(tenant(9), 1, "k"))])).await.is_err());
    // A tenant whose batch failed does not exist either, whatever the sealer remembers.
    let create = || Sealable::create(&principal(1, "taken"));
    b.store.commit(put([create()])).await.unwrap();
    let entry = IndexEntry::of_principal_name("taken");
    let expect_absent = vec![(Owner::Account(account_id()), entry)];
    let failing = Batch { new_tenants: vec![tenant(3)], expect_absent, ..batch() };
    assert!(matches!(b.store.commit(failing).await, Err(CommitError::Taken(_))));
    assert!(b.store.commit(put([Sealable::create(&key(tenant(3), 1, "k"))])).await.is_err());
    assert!(b.store.commit(keep(material_at(tenant(3), 1), b"x")).await.is_err());
    // One that is made in the same batch does.
    let both = Batch { new_tenants: vec![tenant(3)], ..put([Sealable::create(&key(tenant(3), 1, "k"))]) };
    b.store.commit(both).await.unwrap();
}

pub async fn kept_again_after_erasure<H: StoreHarness>(b: Bench<H>) {
    with_tenants(&b).await;
    let at = material_at(tenant(1), 1);
    b.store.commit(keep(at.clone(), b"one")).await.unwrap();
    let mut both = erase(at.clone());
    both.material.push(MaterialChange::Keep { at: at.clone(), material: secret(b"longer than before") });
    b.store.commit(both).await.unwrap();
    assert_eq!(read(&*b.store, &at).await.unwrap(), b"longer than before");
}

pub async fn fingerprints_are_per_tenant_and_stay<H: StoreHarness>(b: Bench<H>) {
    with_tenants(&b).await;
    let print = |s: &dyn StoreUnderTest, t, n| s.fingerprint(tenant(t), key_id(n), &secret(b"m")).unwrap();
    let one = print(&*b.store, 1, 1);
    assert_ne!(one, print(&*b.store, 2, 1));
    assert_ne!(one, print(&*b.store, 1, 2));
    let b = b.reopened().await;
    assert_eq!(one, print(&*b.store, 1, 1));
}

/// Every count that was granted stays granted: over restarts, exactly the bound can be taken and no more.
pub async fn counters_never_repeat<H: StoreHarness>(b: Bench<H>) {
    let version = VersionId { key: key_id(1), ordinal: 1 };
    b.store.take(version, 5).await.unwrap();
    b.store.take(version, 1 << 20).await.unwrap();
    // Two blocks are reserved now, and lost with the process.
    let b = b.reopened().await;
    let left = u32::MAX - (2 << 20) + 1;
    assert_eq!(b.store.take(version, left).await, Ok(()));
    assert_eq!(b.store.take(version, 1).await, Err(CounterError::Exhausted));
    b.store.take(VersionId { ordinal: 2, ..version }, 1).await.unwrap();
}
