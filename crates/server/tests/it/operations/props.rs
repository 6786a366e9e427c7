//! What is asked about: a key in each state, with ciphertexts of it, and other things that a request may name.

use api::ops::{
    CiphertextForm, CreateCredential, CreateKey, CreatePrincipal, DisableKey, Encrypt, KeyRef,
    ScheduleDestruction, WritePolicy,
};
use domain::{CredentialKind, KeyId, Language, Name, PolicyDocument, PrincipalKind, Space};
use spi::Entropy;

use super::kin::Kin;
use crate::house::{House, WEEK, encrypt, new_key, secret_of};

/// What can be the matter with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Enabled,
    Disabled,
    Pending,
    Absent,
}

impl State {
    pub(super) const ALL: [Self; 4] = [Self::Enabled, Self::Disabled, Self::Pending, Self::Absent];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Pending => "pending",
            Self::Absent => "absent",
        }
    }
}

/// A key; it has the same name in every dialect.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) id: KeyId,
    pub(super) name: String,
    /// A ciphertext that names it.
    pub(super) envelope: Vec<u8>,
    /// One that does not.
    pub(super) direct: Vec<u8>,
}

impl Target {
    /// Every way in which a request may name it.
    fn references(&self) -> impl Iterator<Item = String> {
        [self.name.clone(), self.id.to_string()].into_iter()
    }
}

/// What one request may name.
#[derive(Clone, Debug)]
pub(super) struct Props {
    pub(super) key: Target,
    /// Keys of other kinds in the same state.
    pub(super) kin: Kin,
    /// A credential of the principal `subject`.
    pub(super) credential: String,
    /// For what must be new.
    pub(super) fresh: u64,
}

impl Props {
    /// The references that a request may give, names first.
    pub(super) fn references(&self) -> impl Iterator<Item = String> {
        self.key.references().chain(self.kin.ids().map(|id| id.to_string()))
    }

    pub(super) fn new_name(&self) -> String {
        format!("made-{}", self.fresh)
    }
}

/// Everything that can be named, made again when a request has changed it.
pub(super) struct Wardrobe<'a> {
    house: &'a House,
    keys: Vec<Target>,
    kin: Vec<Kin>,
    credential: String,
    made: u64,
}

impl<'a> Wardrobe<'a> {
    pub(super) async fn new(house: &'a House) -> Self {
        let subject = CreatePrincipal {
            name: "subject".to_owned(),
            kind: PrincipalKind::User,
            roles: Vec::new(),
            policies: Vec::new(),
            labels: Default::default(),
        };
        house.run(subject).await.unwrap();
        let document = PolicyDocument { language: Language::Iam, text: IDENTITY_POLICY.to_owned() };
        house.run(WritePolicy { name: "spare".to_owned(), document, guards: None }).await.unwrap();
        let mut wardrobe =
            Self { house, keys: Vec::new(), kin: Vec::new(), credential: String::new(), made: 0 };
        wardrobe.renew_credential().await;
        for state in State::ALL {
            let key = wardrobe.key(state).await;
            wardrobe.keys.push(key);
            wardrobe.kin.push(Kin::new(house, state).await);
        }
        wardrobe
    }

    /// What a request about a key in this state may name.
    pub(super) fn props(&mut self, state: State) -> Props {
        self.made += 1;
        let at = State::ALL.iter().position(|s| *s == state).unwrap();
        let (key, kin) = (self.keys[at].clone(), self.kin[at].clone());
        Props { key, kin, credential: self.credential.clone(), fresh: self.made }
    }

    pub(super) async fn renew_key(&mut self, state: State) {
        let at = State::ALL.iter().position(|s| *s == state).unwrap();
        self.keys[at] = self.key(state).await;
    }

    pub(super) async fn renew_credential(&mut self) {
        let new = CreateCredential {
            principal: "subject".to_owned(),
            kind: CredentialKind::BearerToken,
            description: String::new(),
            expires_at: None,
        };
        self.credential = self.house.run(new).await.unwrap().credential.id.to_string();
    }

    async fn key(&mut self, state: State) -> Target {
        self.made += 1;
        let name = format!("{}-{}", state.word(), self.made);
        if state == State::Absent {
            return self.absent(name);
        }
        let bound = Name::new(Space::Vault { mount: "transit".to_owned() }, &name).unwrap();
        let new = CreateKey { name: Some(bound), ..new_key() };
        let id = self.house.run(new).await.unwrap().key.id();
        let target = Target {
            id,
            name,
            envelope: self.ciphertext(id, CiphertextForm::Envelope).await,
            direct: self.ciphertext(id, CiphertextForm::Direct).await,
        };
        let key = KeyRef::Id(id);
        match state {
            State::Enabled | State::Absent => {}
            State::Disabled => drop(self.house.run(DisableKey { key }).await.unwrap()),
            State::Pending => drop(self.house.run(ScheduleDestruction { key, wait: WEEK }).await.unwrap()),
        }
        target
    }

    /// A key that never was: its ciphertexts are those of another, led to it.
    fn absent(&self, name: String) -> Target {
        let entropy: &dyn Entropy = &*self.house.crypto;
        let (other, id) = (&self.keys[0], KeyId::random(entropy.bytes()));
        let mut envelope = other.envelope.clone();
        let old = other.id.as_bytes();
        let at = envelope.windows(old.len()).position(|bytes| bytes == old.as_slice()).unwrap();
        envelope[at..at + old.len()].copy_from_slice(id.as_bytes());
        Target { id, name, envelope, direct: other.direct.clone() }
    }

    async fn ciphertext(&self, key: KeyId, form: CiphertextForm) -> Vec<u8> {
        let op = Encrypt { form, ..encrypt(key, secret_of("text")) };
        self.house.run(op).await.unwrap().items.remove(0).unwrap().ciphertext
    }
}

/// A policy that nobody has.
pub(super) const IDENTITY_POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}"#;
