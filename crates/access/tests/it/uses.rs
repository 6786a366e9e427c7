//! INV-1 for every use of a key: each is opened by the one action that it is, so often as was permitted, and what takes
//! long does not hold up the thread that answers.

use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use access::{Guard, GuardError, KeyUse};
use domain::*;
use secret::SecretBytes;
use spi::*;

use crate::world::{World, material_of, world};

const SHA256: HashAlgorithm = HashAlgorithm::Sha256;
const SCHEME: SignatureAlgorithm = SignatureAlgorithm::Ed25519;

/// Does everything with every key, and notes where.
#[derive(Default)]
struct Willing {
    at: Mutex<Option<ThreadId>>,
}

impl Willing {
    fn note(&self) {
        *self.at.lock().unwrap() = Some(std::thread::current().id());
    }
}

fn some() -> SecretBytes {
    SecretBytes::take_vec(vec![1])
}

impl CryptoProvider for Willing {
    fn protection(&self) -> ProtectionLevel {
        ProtectionLevel::Software
    }

    fn supports(&self, _: KeySpec, _: UsageSet) -> bool {
        true
    }

    fn generate(&self, _: KeySpec) -> Result<SecretBytes, ProviderError> {
        self.note();
        Ok(some())
    }

    fn load(&self, _: KeySpec, _: &SecretBytes) -> Result<KeyHandle, ProviderError> {
        Ok(KeyHandle::new(()))
    }

    fn seal_envelope(
        &self,
        _: &KeyHandle,
        _: &[u8],
        _: &SecretBytes,
        _: &mut Vec<u8>,
    ) -> Result<(), ProviderError> {
        Ok(())
    }

    fn open_envelope(
        &self,
        _: &KeyHandle,
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        Ok(some())
    }

    fn seal_direct(&self, _: &KeyHandle, _: &[u8], _: &SecretBytes) -> Result<Vec<u8>, ProviderError> {
        Ok(Vec::new())
    }

    fn open_direct(&self, _: &KeyHandle, _: &[u8], _: &[u8]) -> Result<SecretBytes, ProviderError> {
        Ok(some())
    }

    fn public_key(&self, _: &KeyHandle) -> Result<Vec<u8>, ProviderError> {
        Ok(b"public".to_vec())
    }

    fn sign(
        &self,
        _: &KeyHandle,
        _: SignatureAlgorithm,
        _: MessageForm,
        _: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        self.note();
        Ok(Vec::new())
    }

    fn verify(
        &self,
        _: &KeyHandle,
        _: SignatureAlgorithm,
        _: MessageForm,
        _: &[u8],
        _: &[u8],
    ) -> Result<(), ProviderError> {
        Ok(())
    }

    fn mac(&self, _: &KeyHandle, _: HashAlgorithm, _: &[u8]) -> Result<Vec<u8>, ProviderError> {
        Ok(Vec::new())
    }

    fn verify_mac(&self, _: &KeyHandle, _: HashAlgorithm, _: &[u8], _: &[u8]) -> Result<(), ProviderError> {
        Ok(())
    }

    fn encrypt_oaep(
        &self,
        _: &KeyHandle,
        _: HashAlgorithm,
        _: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        Ok(Vec::new())
    }

    fn decrypt_oaep(&self, _: &KeyHandle, _: HashAlgorithm, _: &[u8]) -> Result<SecretBytes, ProviderError> {
        self.note();
        Ok(some())
    }

    fn agree(&self, _: &KeyHandle, _: &[u8]) -> Result<SecretBytes, ProviderError> {
        Ok(some())
    }

    fn encapsulate(&self, _: &KeyHandle) -> Result<(Vec<u8>, SecretBytes), ProviderError> {
        Ok((Vec::new(), some()))
    }

    fn decapsulate(&self, _: &KeyHandle, _: &[u8]) -> Result<SecretBytes, ProviderError> {
        Ok(some())
    }

    fn random(&self, _: usize) -> Result<SecretBytes, ProviderError> {
        Ok(some())
    }
}

struct Case {
    world: World,
    willing: Arc<Willing>,
    guard: Guard,
    user: Principal,
}

fn case() -> Case {
    let (world, willing) = (world(), Arc::new(Willing::default()));
    let guard = Guard::new(vec![willing.clone()], world.vault.clone());
    let user = world.principal("root", PrincipalKind::AccountRoot, &[]);
    let key = world.key(1);
    let at = MaterialAt::Version { tenant: key.tenant(), version: VersionId { key: key.id(), ordinal: 1 } };
    world.vault.secrets.lock().unwrap().insert(at, material_of(1));
    Case { world, willing, guard, user }
}

impl Case {
    /// A key of a kind, for all of its uses.
    fn key(&self, spec: KeySpec) -> Key {
        let mut record = serde_json::to_value(self.world.key(1)).unwrap();
        record["spec"] = serde_json::to_value(spec).unwrap();
        record["usage"] = serde_json::to_value(spec.possible_usage()).unwrap();
        serde_json::from_value(record).unwrap()
    }

    async fn begin(&self, key: &Key, action: Action, items: u32) -> Result<KeyUse, GuardError> {
        // The keys here differ in kind alone, and what is loaded is remembered by version.
        self.guard.evict_all();
        let allowed = self.world.decide(&self.user, action, key).await.unwrap();
        self.guard.begin(allowed.permit(key, &key.versions()[0], items), key).await
    }
}

/// Every use, by name.
const USES: [&str; 13] = [
    "seal-envelope",
    "seal-direct",
    "oaep-encrypt",
    "open-envelope",
    "open-direct",
    "oaep-decrypt",
    "sign",
    "verify",
    "mac",
    "verify-mac",
    "public",
    "agree",
    "encapsulate-or-decapsulate",
];

async fn does(key_use: &mut KeyUse, what: &str, action: Action) -> Result<(), GuardError> {
    let (message, nothing) = (Arc::new(some()), &[][..]);
    match what {
        "seal-envelope" => key_use.seal_envelope(nothing, &message, &mut Vec::new()),
        "seal-direct" => key_use.seal_direct(nothing, &message).map(drop),
        "oaep-encrypt" => key_use.encrypt_oaep(SHA256, &message).map(drop),
        "open-envelope" => key_use.open_envelope(nothing, nothing, nothing).map(drop),
        "open-direct" => key_use.open_direct(nothing, nothing).map(drop),
        "oaep-decrypt" => key_use.decrypt_oaep(SHA256, nothing).await.map(drop),
        "sign" => key_use.sign(SCHEME, MessageForm::Raw, &message).await.map(drop),
        "verify" => key_use.verify(SCHEME, MessageForm::Raw, &message, nothing),
        "mac" => key_use.mac(SHA256, &message).map(drop),
        "verify-mac" => key_use.verify_mac(SHA256, &message, nothing),
        "public" => key_use.public_key().map(drop),
        "agree" => key_use.agree(nothing).map(drop),
        _ if action == Action::Encapsulate => {
            assert_eq!(key_use.decapsulate(nothing).unwrap_err(), GuardError::BeyondPermit);
            key_use.encapsulate().map(drop)
        }
        _ => {
            assert_eq!(key_use.encapsulate().unwrap_err(), GuardError::BeyondPermit);
            key_use.decapsulate(nothing).map(drop)
        }
    }
}

#[tokio::test]
async fn inv_1_each_use_is_opened_by_its_own_action_alone() {
    let protecting = ["seal-envelope", "seal-direct", "oaep-encrypt"];
    let processing = ["open-envelope", "open-direct", "oaep-decrypt"];
    for (action, spec, uses) in [
        (Action::Encrypt, KeySpec::Aes256, &protecting[..]),
        (Action::GenerateDataKey, KeySpec::Aes256, &protecting[..]),
        (Action::GenerateWrappedDataKey, KeySpec::Aes256, &protecting[..]),
        (Action::GenerateDataKeyPair, KeySpec::Aes256, &protecting[..]),
        (Action::GenerateWrappedDataKeyPair, KeySpec::Aes256, &protecting[..]),
        (Action::Decrypt, KeySpec::Aes256, &processing[..]),
        (Action::Encrypt, KeySpec::Rsa2048, &protecting[..]),
        (Action::Decrypt, KeySpec::Rsa2048, &processing[..]),
        (Action::Sign, KeySpec::Rsa2048, &["sign"][..]),
        (Action::Sign, KeySpec::EcP256, &["sign"][..]),
        (Action::Verify, KeySpec::Ed25519, &["verify"][..]),
        (Action::GenerateMac, KeySpec::HmacSha256, &["mac"][..]),
        (Action::VerifyMac, KeySpec::HmacSha256, &["verify-mac"][..]),
        (Action::GetPublicKey, KeySpec::MlDsa44, &["public"][..]),
        (Action::AgreeKey, KeySpec::X25519, &["agree"][..]),
        (Action::Encapsulate, KeySpec::MlKem512, &["encapsulate-or-decapsulate"][..]),
        (Action::Decapsulate, KeySpec::MlKem512, &["encapsulate-or-decapsulate"][..]),
    ] {
        let c = case();
        let key = c.key(spec);
        for what in USES {
            let mut key_use = c.begin(&key, action, 1).await.unwrap();
            let done = does(&mut key_use, what, action).await;
            if uses.contains(&what) {
                assert_eq!(done, Ok(()), "{action:?} {what}");
                assert_eq!(
                    does(&mut key_use, what, action).await,
                    Err(GuardError::BeyondPermit),
                    "{what} twice"
                );
            } else {
                assert_eq!(done, Err(GuardError::BeyondPermit), "{action:?} {what}");
            }
        }
    }
}

#[tokio::test]
async fn a_permit_asks_the_key_for_the_use_that_the_action_is() {
    let c = case();
    for (action, spec) in [
        (Action::Sign, KeySpec::Aes256),
        (Action::Verify, KeySpec::MlKem512),
        (Action::GenerateMac, KeySpec::EcP256),
        (Action::VerifyMac, KeySpec::Aes256),
        (Action::GetPublicKey, KeySpec::Aes256),
        (Action::GetPublicKey, KeySpec::HmacSha512),
        (Action::AgreeKey, KeySpec::Rsa2048),
        (Action::Encapsulate, KeySpec::EcP256),
        (Action::Decapsulate, KeySpec::Rsa2048),
        (Action::GenerateDataKeyPair, KeySpec::EcP256),
        (Action::DescribeKey, KeySpec::EcP256),
    ] {
        let begun = c.begin(&c.key(spec), action, 1).await;
        assert_eq!(begun.map(drop).unwrap_err(), GuardError::BeyondPermit, "{action:?} {spec:?}");
    }
}

#[tokio::test]
async fn a_public_half_is_given_while_the_key_may_still_process() {
    let c = case();
    let key = c.key(KeySpec::EcP256);
    let loaded = Loaded::opened(key.clone(), Revision(1));
    let (suspended, _) = loaded.apply(&key.on(LifecycleEvent::Suspend).unwrap());
    let (retired, _) = loaded.apply(&key.on(LifecycleEvent::Deactivate).unwrap());
    let (doomed, _) = loaded.apply(&key.schedule_destruction(Timestamp::from_millis(0), 100).unwrap());
    for (key, given) in [(&key, true), (&retired, true), (&suspended, false), (&doomed, false)] {
        let begun = c.begin(key, Action::GetPublicKey, 1).await;
        assert_eq!(begun.is_ok(), given, "{:?}", key.state());
    }
}

#[tokio::test]
async fn what_takes_long_is_done_elsewhere_and_what_does_not_is_done_here() {
    let (c, here) = (case(), std::thread::current().id());
    let place = || c.willing.at.lock().unwrap().take().unwrap() == here;
    for (spec, expected) in [(KeySpec::Rsa2048, false), (KeySpec::EcP256, true), (KeySpec::Ed25519, true)] {
        let mut key_use = c.begin(&c.key(spec), Action::Sign, 1).await.unwrap();
        key_use.sign(SCHEME, MessageForm::Raw, &Arc::new(some())).await.unwrap();
        assert_eq!(place(), expected, "signing with {spec:?}");
    }
    let mut key_use = c.begin(&c.key(KeySpec::Rsa4096), Action::Decrypt, 1).await.unwrap();
    key_use.decrypt_oaep(SHA256, b"x").await.unwrap();
    assert!(!place(), "opening with RSA");
    for (spec, expected) in [(KeySpec::Rsa4096, false), (KeySpec::EcP256, true), (KeySpec::MlKem768, true)] {
        let (_, public) = c.guard.generate_pair(spec).await.unwrap();
        assert_eq!((place(), public), (expected, b"public".to_vec()), "making {spec:?}");
    }
    let allowed = c.world.decide(&c.user, Action::RotateKey, &c.key(KeySpec::Rsa3072)).await.unwrap();
    let permit = allowed.for_new_version(&c.key(KeySpec::Rsa3072));
    c.guard.generate(permit, KeySpec::Rsa3072).await.unwrap();
    assert!(!place(), "making RSA");
}
