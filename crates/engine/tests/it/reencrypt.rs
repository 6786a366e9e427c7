//! Protecting again: both keys are asked and must be fit, what comes out opens under the new key and context alone, and
//! one record tells of both.

use api::Fault;
use api::ops::{
    AssociatedData, CiphertextForm, Decrypt, DecryptItem, DisableKey, Encrypt, EncryptItem, GenerateRandom,
    KeyRef, PutKeyPolicy, ReEncrypt, ReEncrypted, RotateKey, ScheduleDestruction,
};
use domain::{Key, KeyId, Language, PolicyDocument};
use secret::Exposure;
use spi::{AuditLog, AuditQuery};

use crate::house::{ACCOUNT, House, secret_of, word};

fn context(value: &str) -> AssociatedData {
    AssociatedData::Pairs(vec![("purpose".to_owned(), value.to_owned())])
}

/// From one context to another.
fn from_to(blob: &[u8], source: Option<KeyId>, to: KeyId) -> ReEncrypt {
    let item = DecryptItem { ciphertext: blob.to_vec(), aad: context("old"), version: None };
    let (source, destination) = (source.map(KeyRef::Id), KeyRef::Id(to));
    let (form, to_form) = (CiphertextForm::Envelope, CiphertextForm::Envelope);
    ReEncrypt { source, item, form, destination, aad: context("new"), to_form }
}

async fn sealed(house: &House, key: KeyId) -> Vec<u8> {
    let item = EncryptItem { plaintext: secret_of("text"), aad: context("old"), version: None };
    let op = Encrypt { key: KeyRef::Id(key), items: vec![item], form: CiphertextForm::Envelope };
    house.run("root", op).await.unwrap().items.remove(0).unwrap().ciphertext
}

async fn opened(house: &House, key: KeyId, blob: &[u8], value: &str) -> Result<String, Fault> {
    let item = DecryptItem { ciphertext: blob.to_vec(), aad: context(value), version: None };
    let op = Decrypt { key: Some(KeyRef::Id(key)), items: vec![item], form: CiphertextForm::Envelope };
    let text = house.run("root", op).await?.items.remove(0).unwrap();
    Ok(String::from_utf8(text.expose(Exposure::ReturnToAuthorisedCaller).to_vec()).unwrap())
}

struct Ground {
    house: House,
    from: std::sync::Arc<Key>,
    to: std::sync::Arc<Key>,
    blob: Vec<u8>,
}

impl Ground {
    async fn new() -> Self {
        let house = House::open().await;
        let [from, to] =
            [house.create("root").await, house.create("root").await].map(|made| made.unwrap().key);
        let blob = sealed(&house, from.id()).await;
        Self { house, from, to, blob }
    }

    async fn run(&self, who: &str) -> Result<ReEncrypted, Fault> {
        self.house.run(who, from_to(&self.blob, None, self.to.id())).await
    }
}

#[tokio::test]
async fn what_comes_out_opens_under_the_new_key_and_context_alone() {
    let ground = Ground::new().await;
    let (from, to) = (ground.from.id(), ground.to.id());
    ground
        .house
        .run("root", RotateKey { key: KeyRef::Id(to), at_most: None, symmetric_only: false })
        .await
        .unwrap();
    let done = ground.run("user").await.unwrap();
    assert_eq!((done.source.0, done.destination.0), (from, to));
    assert_eq!((done.source.1.to_string(), done.sealed.version), (ACCOUNT.to_owned(), 2));
    assert_eq!(done.source_material, ground.from.versions()[0].material_id());
    let blob = &done.sealed.ciphertext;
    assert_eq!(opened(&ground.house, to, blob, "new").await.unwrap(), "text");
    assert_eq!(word(opened(&ground.house, to, blob, "old").await), "ciphertext_invalid");
    assert_eq!(word(opened(&ground.house, from, blob, "new").await), "ciphertext_foreign");
    assert_eq!(opened(&ground.house, from, &ground.blob, "old").await.unwrap(), "text", "the old one stays");
    // The same key, to its newest version.
    ground
        .house
        .run("root", RotateKey { key: KeyRef::Id(from), at_most: None, symmetric_only: false })
        .await
        .unwrap();
    let same = ground.house.run("user", from_to(&ground.blob, Some(from), from)).await.unwrap();
    assert_eq!((same.source.0, same.destination.0, same.sealed.version), (from, from, 2));
    assert_ne!(same.source_material, same.sealed.material);
}

#[tokio::test]
async fn one_record_tells_of_both_keys() {
    let ground = Ground::new().await;
    ground.run("user").await.unwrap();
    let page = ground.house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    let record = &page.items[0].1;
    let words: Vec<_> = record.actions.iter().map(|action| action.word()).collect();
    assert_eq!(words, ["key:reencrypt-from", "key:reencrypt-to"]);
    let target = record.target.as_ref().unwrap();
    assert_eq!((target.id.clone(), target.version), (ground.to.id().to_string(), Some(1)));
    let [source] = record.also.as_slice() else { panic!("{record:?}") };
    assert_eq!((source.id.clone(), source.version), (ground.from.id().to_string(), Some(1)));
    let values: Vec<_> = record.context.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["old", "new"]);
}

#[tokio::test]
async fn each_key_is_asked_for_its_part() {
    let part = |action: &str| {
        let text = format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":"kms:*","Resource":"*"}},
            {{"Effect":"Deny","Principal":"*","Action":"kms:{action}","Resource":"*"}}]}}"#
        );
        PolicyDocument { language: Language::Iam, text }
    };
    for (on_source, action, expected) in [
        (true, "ReEncryptFrom", "denied"),
        (false, "ReEncryptTo", "denied"),
        (true, "ReEncryptTo", "ok"),
        (false, "ReEncryptFrom", "ok"),
        // Neither is one of the other uses: a policy that stops those leaves this alone, as in AWS.
        (true, "Decrypt", "ok"),
        (false, "Encrypt", "ok"),
    ] {
        let ground = Ground::new().await;
        let key = KeyRef::Id(if on_source { ground.from.id() } else { ground.to.id() });
        let put = PutKeyPolicy { key, policy: part(action), bypass_lockout_check: false };
        ground.house.run("root", put).await.unwrap();
        assert_eq!(word(ground.run("user").await), expected, "{on_source} {action}");
    }
    let ground = Ground::new().await;
    for who in ["custodian", "auditor", "administrator", "nobody"] {
        assert_eq!(word(ground.run(who).await), "denied", "{who}");
    }
}

#[tokio::test]
async fn both_keys_must_be_fit_and_the_named_source_the_right_one() {
    for doomed in [false, true] {
        for source in [false, true] {
            let ground = Ground::new().await;
            let key = KeyRef::Id(if source { ground.from.id() } else { ground.to.id() });
            if doomed {
                ground.house.run("root", ScheduleDestruction { key, wait: 7 * 86_400 }).await.unwrap();
            } else {
                ground.house.run("root", DisableKey { key }).await.unwrap();
            }
            assert_eq!(word(ground.run("user").await), "wrong_state", "{source} {doomed}");
        }
    }
    let ground = Ground::new().await;
    let (from, to) = (ground.from.id(), ground.to.id());
    let run = |op: ReEncrypt| ground.house.run("user", op);
    assert_eq!(word(run(from_to(&ground.blob, Some(to), to)).await), "ciphertext_foreign");
    assert_eq!(word(run(from_to(&ground.blob, None, KeyId::random([9; 16]))).await), "key_not_found");
    assert_eq!(word(run(from_to(b"no ciphertext", None, to)).await), "ciphertext_invalid");
    assert_eq!(word(run(from_to(b"no ciphertext", Some(from), to)).await), "ciphertext_invalid");
    let other = ReEncrypt {
        item: DecryptItem { aad: context("other"), ..from_to(&ground.blob, None, to).item },
        ..from_to(&ground.blob, None, to)
    };
    assert_eq!(word(run(other).await), "ciphertext_invalid");
    let mut changed = ground.blob.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(word(run(from_to(&changed, None, to)).await), "ciphertext_invalid");
}

#[tokio::test]
async fn random_bytes_are_of_the_length_asked_for_and_differ() {
    let house = House::open().await;
    for (bytes, expected) in [(0, "malformed"), (1, "ok"), (1024, "ok"), (1025, "malformed")] {
        assert_eq!(word(house.run("user", GenerateRandom { bytes }).await), expected, "{bytes}");
    }
    let mut made = Vec::new();
    for _ in 0..2 {
        let random = house.run("user", GenerateRandom { bytes: 32 }).await.unwrap();
        made.push(random.expose(Exposure::ReturnToAuthorisedCaller).to_vec());
    }
    assert_eq!((made[0].len(), made[0] == made[1]), (32, false));
    assert_eq!(word(house.run("auditor", GenerateRandom { bytes: 32 }).await), "denied");
}
