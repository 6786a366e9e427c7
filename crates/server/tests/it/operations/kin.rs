//! Keys of every other kind, one set for each state: what is asked about by operations that a symmetric key does not
//! serve, with what a well-formed request about them carries.

use api::ops::{
    Authenticating, CreateKey, DisableKey, GenerateMac, GetPublicKey, KeyRef, ScheduleDestruction, Sign,
    Signing,
};
use domain::{HashAlgorithm, KeyId, KeySpec, MessageForm, SignatureAlgorithm, UsageSet};
use spi::Entropy;

use super::props::State;
use crate::house::{House, WEEK, new_key, secret_of};

/// What every message here says.
pub(super) const MESSAGE: &str = "hello";

/// The keys.
#[derive(Clone, Debug)]
pub(super) struct Kin {
    /// P-256, for signatures.
    pub(super) signer: KeyId,
    /// One of them, over [`MESSAGE`].
    pub(super) signature: Vec<u8>,
    /// HMAC with SHA-256.
    pub(super) mac_key: KeyId,
    /// Its code of [`MESSAGE`].
    pub(super) mac: Vec<u8>,
    /// P-256, for agreement.
    pub(super) agreer: KeyId,
    /// The public half of another such key.
    pub(super) peer: Vec<u8>,
    /// ML-KEM-512.
    pub(super) kem: KeyId,
}

impl Kin {
    /// Keys in a state; where there are none, what is said about them is true of others.
    pub(super) async fn new(house: &House, state: State) -> Self {
        let signer = make(house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
        let mac_key = make(house, KeySpec::HmacSha256, UsageSet::MAC).await;
        let agreer = make(house, KeySpec::EcP256, UsageSet::AGREE_KEY).await;
        let kem = make(house, KeySpec::MlKem512, UsageSet::ENCAPSULATE).await;
        let signing = Signing {
            key: KeyRef::Id(signer),
            version: None,
            algorithm: SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
            form: MessageForm::Raw,
            message: secret_of(MESSAGE).into(),
            own_hash_only: true,
        };
        let signature = house.run(Sign(signing)).await.unwrap().signature;
        let (key, message) = (KeyRef::Id(mac_key), secret_of(MESSAGE));
        let op = GenerateMac(Authenticating { key, version: None, hash: HashAlgorithm::Sha256, message });
        let mac = house.run(op).await.unwrap().mac;
        let peer = house.run(GetPublicKey { key: KeyRef::Id(agreer), version: None }).await.unwrap().der;
        let kin = Self { signer, signature, mac_key, mac, agreer, peer, kem };
        kin.put_into(house, state).await
    }

    async fn put_into(self, house: &House, state: State) -> Self {
        for id in self.ids() {
            let key = KeyRef::Id(id);
            match state {
                State::Enabled | State::Absent => {}
                State::Disabled => drop(house.run(DisableKey { key }).await.unwrap()),
                State::Pending => drop(house.run(ScheduleDestruction { key, wait: WEEK }).await.unwrap()),
            }
        }
        if state != State::Absent {
            return self;
        }
        let entropy: &dyn Entropy = &*house.crypto;
        let absent = || KeyId::random(entropy.bytes());
        Self { signer: absent(), mac_key: absent(), agreer: absent(), kem: absent(), ..self }
    }

    pub(super) fn ids(&self) -> [KeyId; 4] {
        [self.signer, self.mac_key, self.agreer, self.kem]
    }
}

async fn make(house: &House, spec: KeySpec, usage: UsageSet) -> KeyId {
    house.run(CreateKey { spec, usage, ..new_key() }).await.unwrap().key.id()
}
