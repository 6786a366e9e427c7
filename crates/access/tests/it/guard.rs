//! INV-1: no permit, no key. What the guard does for a permit, what an empty one opens (nothing), and what it forgets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use access::{Allowed, Demand, Guard, GuardError};
use async_trait::async_trait;
use domain::*;
use secret::{Exposure, SecretBytes};
use spi::*;

use crate::world::{Vault, World, caller, material_of, world};

/// Shows what it is asked to do: the "ciphertext" is the material, the associated data and the plaintext in a row.
#[derive(Default)]
struct Glass {
    loads: AtomicUsize,
}

impl CryptoProvider for Glass {
    fn protection(&self) -> ProtectionLevel {
        ProtectionLevel::Software
    }

    fn supports(&self, spec: KeySpec, _: UsageSet) -> bool {
        spec == KeySpec::Aes256
    }

    fn generate(&self, _: KeySpec) -> Result<SecretBytes, ProviderError> {
        Ok(SecretBytes::take_vec(vec![0xee; 32]))
    }

    fn load(&self, _: KeySpec, material: &SecretBytes) -> Result<KeyHandle, ProviderError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        Ok(KeyHandle::new(material.expose(Exposure::HandToProvider).to_vec()))
    }

    fn seal_envelope(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
        out: &mut Vec<u8>,
    ) -> Result<(), ProviderError> {
        out.extend(self.seal_direct(key, aad, plaintext)?);
        Ok(())
    }

    fn open_envelope(
        &self,
        key: &KeyHandle,
        header: &[u8],
        aad: &[u8],
        body: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        if header == b"head" { self.open_direct(key, aad, body) } else { Err(ProviderError::Rejected) }
    }

    fn seal_direct(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        let material: &Vec<u8> = key.inner().ok_or(ProviderError::Malformed)?;
        Ok([material, aad, plaintext.expose(Exposure::HandToProvider)].concat())
    }

    fn open_direct(&self, key: &KeyHandle, aad: &[u8], body: &[u8]) -> Result<SecretBytes, ProviderError> {
        let material: &Vec<u8> = key.inner().ok_or(ProviderError::Malformed)?;
        let rest = body.strip_prefix(&**material).and_then(|b| b.strip_prefix(aad));
        rest.map(|p| SecretBytes::take_vec(p.to_vec())).ok_or(ProviderError::Rejected)
    }

    fn random(&self, len: usize) -> Result<SecretBytes, ProviderError> {
        Ok(SecretBytes::take_vec(vec![7; len]))
    }
}

struct Case {
    world: World,
    glass: Arc<Glass>,
    guard: Guard,
    user: Principal,
    key: Key,
}

fn case() -> Case {
    let world = world();
    let glass = Arc::new(Glass::default());
    let guard = Guard::new(vec![glass.clone()], world.vault.clone());
    let user = world.principal("root", PrincipalKind::AccountRoot, &[]);
    let key = world.key(1);
    let at = MaterialAt::Version { tenant: key.tenant(), version: VersionId { key: key.id(), ordinal: 1 } };
    world.vault.secrets.lock().unwrap().insert(at, material_of(1));
    Case { world, glass, guard, user, key }
}

impl Case {
    async fn allowed(&self, action: Action) -> Allowed {
        self.world.decide(&self.user, action, &self.key).await.unwrap()
    }

    fn plaintext(&self) -> SecretBytes {
        SecretBytes::take_vec(b"plain".to_vec())
    }
}

#[tokio::test]
async fn a_permit_does_what_was_decided() {
    let c = case();
    let version = &c.key.versions()[0];
    for action in [Action::Encrypt, Action::GenerateDataKey, Action::GenerateWrappedDataKey] {
        let allowed = c.allowed(action).await;
        let permit = allowed.permit(&c.key, version, 1);
        let blob =
            c.guard.seal_envelope(permit, &c.key, b"head".to_vec(), b"aad", &c.plaintext()).await.unwrap();
        assert_eq!(blob, [b"head", &*material_of(1), b"aad", b"plain"].concat());
        let direct =
            c.guard.seal_direct(allowed.permit(&c.key, version, 1), &c.key, b"aad", &c.plaintext()).await;
        assert_eq!(direct.unwrap(), blob[4..]);
        let open = c.allowed(Action::Decrypt).await;
        let permit = || open.permit(&c.key, version, 1);
        let opened = c.guard.open_envelope(permit(), &c.key, b"head", b"aad", &blob[4..]).await.unwrap();
        assert!(opened.ct_eq(&c.plaintext()));
        assert!(
            c.guard.open_direct(permit(), &c.key, b"aad", &blob[4..]).await.unwrap().ct_eq(&c.plaintext())
        );
        let other = c.guard.open_envelope(permit(), &c.key, b"head", b"bad", &blob[4..]).await;
        assert_eq!(other.unwrap_err(), GuardError::Provider(ProviderError::Rejected));
    }
    assert_eq!(c.glass.loads.load(Ordering::SeqCst), 1, "loaded once");
}

#[tokio::test]
async fn inv_1_beyond_what_was_decided_a_permit_is_empty() {
    let c = case();
    let version = &c.key.versions()[0];
    let beyond =
        |r: Result<_, GuardError>| assert_eq!(r.map(|_: Vec<u8>| ()).unwrap_err(), GuardError::BeyondPermit);
    // Decided to decrypt, asked to encrypt, and the other way round.
    let (encrypt, decrypt) = (c.allowed(Action::Encrypt).await, c.allowed(Action::Decrypt).await);
    beyond(c.guard.seal_direct(decrypt.permit(&c.key, version, 1), &c.key, b"", &c.plaintext()).await);
    beyond(
        c.guard.seal_envelope(decrypt.permit(&c.key, version, 1), &c.key, vec![], b"", &c.plaintext()).await,
    );
    let opened = c.guard.open_direct(encrypt.permit(&c.key, version, 1), &c.key, b"", b"").await;
    assert_eq!(opened.unwrap_err(), GuardError::BeyondPermit);
    let opened = c.guard.open_envelope(encrypt.permit(&c.key, version, 1), &c.key, b"", b"", b"").await;
    assert_eq!(opened.unwrap_err(), GuardError::BeyondPermit);
    // Another key than the decided one, or another than the permit's.
    let other = c.world.key(2);
    beyond(
        c.guard
            .seal_direct(encrypt.permit(&other, &other.versions()[0], 1), &other, b"", &c.plaintext())
            .await,
    );
    beyond(c.guard.seal_direct(encrypt.permit(&c.key, version, 1), &other, b"", &c.plaintext()).await);
    // Another key's version under this key.
    beyond(
        c.guard
            .seal_direct(encrypt.permit(&c.key, &other.versions()[0], 1), &c.key, b"", &c.plaintext())
            .await,
    );
    // A decision that uses no material.
    let describe = c.allowed(Action::DescribeKey).await;
    beyond(c.guard.seal_direct(describe.permit(&c.key, version, 1), &c.key, b"", &c.plaintext()).await);
}

#[tokio::test]
async fn a_permit_counts_its_items() {
    let c = case();
    let allowed = c.allowed(Action::Encrypt).await;
    let version = &c.key.versions()[0];
    let mut two = c.guard.begin(allowed.permit(&c.key, version, 2), &c.key).await.unwrap();
    for _ in 0..2 {
        two.seal_direct(b"", &c.plaintext()).unwrap();
    }
    assert_eq!(two.seal_direct(b"", &c.plaintext()).unwrap_err(), GuardError::BeyondPermit);
    let mut none = c.guard.begin(allowed.permit(&c.key, version, 0), &c.key).await.unwrap();
    assert_eq!(none.seal_direct(b"", &c.plaintext()).unwrap_err(), GuardError::BeyondPermit);
}

#[tokio::test]
async fn a_permit_proves_the_lifecycle_too() {
    let c = case();
    let loaded = Loaded::opened(c.key.clone(), Revision(1));
    let (suspended, _) = loaded.apply(&c.key.on(LifecycleEvent::Suspend).unwrap());
    let (retired, _) = loaded.apply(&c.key.on(LifecycleEvent::Deactivate).unwrap());
    let at = Timestamp::from_millis(0);
    let (doomed, _) = loaded.apply(&c.key.schedule_destruction(at, 100).unwrap());
    for (key, seals, opens) in
        [(&c.key, true, true), (&suspended, false, false), (&retired, false, true), (&doomed, false, false)]
    {
        for (action, works) in [(Action::Encrypt, seals), (Action::Decrypt, opens)] {
            let allowed = c.world.decide(&c.user, action, key).await.unwrap();
            let permit = allowed.permit(key, &key.versions()[0], 1);
            assert_eq!(c.guard.begin(permit, key).await.is_ok(), works, "{:?} {action:?}", key.state());
        }
    }
}

#[tokio::test]
async fn making_material_needs_its_own_decision() {
    let c = case();
    let tenant = c.world.tenant.id;
    let on = ResourceRef::Tenant(tenant);
    let mut fence = Fence::default();
    let demand = Demand::in_tenant(Action::CreateKey, &on, &c.world.tenant);
    let create = c.world.decider.decide(&caller(&c.user), demand, &mut fence).await.unwrap();
    let id = KeyId::random([0x33; 16]);
    let (material, name) = c.guard.generate(create.for_new_key(tenant, id), KeySpec::Aes256).await.unwrap();
    assert_eq!(c.world.vault.fingerprint(tenant, id, &material), Ok(name));
    let refused = |r: Result<(SecretBytes, MaterialId), _>, e| assert_eq!(r.unwrap_err(), e);
    refused(
        c.guard.generate(create.for_new_key(c.world.foreign_tenant.id, id), KeySpec::Aes256).await,
        GuardError::BeyondPermit,
    );
    refused(
        c.guard.generate(create.for_new_version(&c.key), KeySpec::Aes256).await,
        GuardError::BeyondPermit,
    );
    let unsupported = GuardError::Provider(ProviderError::Unsupported);
    refused(c.guard.generate(create.for_new_key(tenant, id), KeySpec::Rsa4096).await, unsupported);
    let rotate = c.allowed(Action::RotateKey).await;
    c.guard.generate(rotate.for_new_version(&c.key), KeySpec::Aes256).await.unwrap();
    refused(
        c.guard.generate(rotate.for_new_version(&c.key), KeySpec::Aes128).await,
        GuardError::BeyondPermit,
    );
    refused(
        c.guard.generate(rotate.for_new_version(&c.world.key(2)), KeySpec::Aes256).await,
        GuardError::BeyondPermit,
    );
    refused(
        c.guard.generate(rotate.for_new_key(tenant, id), KeySpec::Aes256).await,
        GuardError::BeyondPermit,
    );
    let encrypt = c.allowed(Action::Encrypt).await;
    refused(
        c.guard.generate(encrypt.for_new_version(&c.key), KeySpec::Aes256).await,
        GuardError::BeyondPermit,
    );
}

#[tokio::test]
async fn what_is_evicted_is_gone() {
    let c = case();
    let allowed = c.allowed(Action::Encrypt).await;
    let begin = || c.guard.begin(allowed.permit(&c.key, &c.key.versions()[0], 1), &c.key);
    begin().await.unwrap();
    c.world.vault.secrets.lock().unwrap().clear();
    begin().await.unwrap();
    c.guard.evict(c.world.key(2).id());
    begin().await.unwrap();
    c.guard.evict(c.key.id());
    assert_eq!(begin().await.unwrap_err(), GuardError::Material(MaterialError::Absent));
    let c = case();
    let allowed = c.allowed(Action::Encrypt).await;
    let begin = || c.guard.begin(allowed.permit(&c.key, &c.key.versions()[0], 1), &c.key);
    begin().await.unwrap();
    c.world.vault.sealed.store(true, Ordering::SeqCst);
    c.guard.evict_all();
    assert_eq!(begin().await.unwrap_err(), GuardError::Material(MaterialError::Sealed));
}

#[tokio::test]
async fn material_that_is_not_the_versions_own_is_corrupt() {
    let c = case();
    for secret in c.world.vault.secrets.lock().unwrap().values_mut() {
        secret[0] ^= 1;
    }
    let permit = c.allowed(Action::Encrypt).await.permit(&c.key, &c.key.versions()[0], 1);
    assert_eq!(
        c.guard.begin(permit, &c.key).await.unwrap_err(),
        GuardError::Material(MaterialError::Corrupt)
    );
    assert!(c.guard.supports(KeySpec::Aes256, UsageSet::ENCRYPT_DECRYPT));
    assert!(!c.guard.supports(KeySpec::Rsa2048, UsageSet::AGREE_KEY));
    assert_eq!(c.guard.random(5).unwrap().len(), 5);
}

/// Evicts everything while it opens: as a sealing does that comes between opening and keeping.
struct Meddling {
    inner: Arc<Vault>,
    guard: OnceLock<Weak<Guard>>,
}

#[async_trait]
impl MaterialVault for Meddling {
    async fn open(&self, at: &MaterialAt) -> Result<SecretBytes, MaterialError> {
        let opened = self.inner.open(at).await;
        if let Some(guard) = self.guard.get().and_then(Weak::upgrade) {
            guard.evict_all();
        }
        opened
    }

    fn fingerprint(&self, t: TenantId, key: KeyId, m: &SecretBytes) -> Result<MaterialId, MaterialError> {
        self.inner.fingerprint(t, key, m)
    }
}

#[tokio::test]
async fn what_is_evicted_while_it_loads_does_not_stay_behind() {
    let c = case();
    let vault = Arc::new(Meddling { inner: c.world.vault.clone(), guard: OnceLock::new() });
    let guard = Arc::new(Guard::new(vec![c.glass.clone()], vault.clone()));
    vault.guard.set(Arc::downgrade(&guard)).unwrap();
    let allowed = c.allowed(Action::Encrypt).await;
    let begin = || guard.begin(allowed.permit(&c.key, &c.key.versions()[0], 1), &c.key);
    begin().await.unwrap();
    c.world.vault.secrets.lock().unwrap().clear();
    assert_eq!(begin().await.unwrap_err(), GuardError::Material(MaterialError::Absent));
}
