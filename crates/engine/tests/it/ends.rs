//! How a command ends: what its record says, what is counted, and what happens when nobody waits for the answer.

use api::KmsExt;
use api::ops::{AssociatedData, CiphertextForm, Decrypt, DecryptItem, Encrypt, EncryptItem, KeyRef};
use domain::Outcome;
use spi::{AuditError, AuditLog, AuditQuery};

use crate::house::{House, aws, secret_of, token, vault, word};

/// What a client binds to its data stands in the record of every use (names and values are no secrets by definition).
#[tokio::test]
async fn inv_5_a_record_says_what_was_bound() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let pairs = vec![("purpose".to_owned(), "test".to_owned()), ("a".to_owned(), "b".to_owned())];
    let aad = || AssociatedData::Pairs(pairs.clone());
    let recorded = async || {
        let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
        page.items[0].1.context.clone()
    };
    let item = EncryptItem { plaintext: secret_of("x"), aad: aad(), version: None };
    let op = Encrypt { key: KeyRef::Id(key), items: vec![item], form: CiphertextForm::Envelope };
    let blob = house.run("root", op).await.unwrap().items.remove(0).unwrap().ciphertext;
    assert_eq!(recorded().await, pairs);
    let item = DecryptItem { ciphertext: blob, aad: aad(), version: None };
    let op = Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope };
    house.run("root", op).await.unwrap();
    assert_eq!(recorded().await, pairs);
    house.encrypt("root", key, "x").await.unwrap();
    assert_eq!(recorded().await, []);
}

struct Exhausted;

#[async_trait::async_trait]
impl spi::Counter for Exhausted {
    async fn take(&self, _: domain::VersionId, _: u32) -> Result<(), spi::CounterError> {
        Err(spi::CounterError::Exhausted)
    }
}

/// NIST SP 800-38D §8.3: only the direct form spends the version's invocations, and none is made without one.
#[tokio::test]
async fn the_direct_form_is_counted_before_it_is_made() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let engine = house.counting_by(std::sync::Arc::new(Exhausted));
    for (form, answer) in [(CiphertextForm::Direct, "version_forbidden"), (CiphertextForm::Envelope, "ok")] {
        let item = EncryptItem { plaintext: secret_of("x"), aad: AssociatedData::None, version: None };
        let op = Encrypt { key: KeyRef::Id(key), items: vec![item], form };
        assert_eq!(word(engine.run(house.context(vault(), "Test"), token("root"), op).await), answer);
    }
}

/// What a dialect refuses by itself is a command too: its proof is checked, and it leaves its record.
#[tokio::test]
async fn inv_5_what_never_became_a_command_is_recorded_all_the_same() {
    let house = House::open().await;
    let refused = async |who: &str| {
        let before = house.log.status().size;
        let fault = api::Fault::new(api::FaultWhat::CiphertextInvalid);
        let fault = api::Kms::refuse(&*house.engine, house.context(aws(), "Odd"), token(who), fault).await;
        (fault.what.word(), house.log.status().size - before)
    };
    assert_eq!(refused("user").await, ("ciphertext_invalid", 1));
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    let record = &page.items[0].1;
    assert_eq!((record.subject.name.as_deref(), &*record.operation), (Some("user"), "Odd"));
    assert_eq!(record.outcome, Outcome::Failure("ciphertext_invalid".into()));
    assert_eq!(refused("stranger").await, ("credential_unknown", 1));
    house.run("root", api::ops::SealSystem).await.unwrap();
    assert_eq!(refused("user").await, ("sealed", 0));
}

/// A flood of bad credentials does not fill the disk: beyond a rate it is only counted, and the count is recorded.
#[tokio::test]
async fn inv_5_a_flood_of_failures_is_counted() {
    let house = House::open().await;
    let before = house.log.status().size;
    for _ in 0..500 {
        assert_eq!(word(house.create("stranger").await), "credential_unknown");
    }
    let recorded = house.log.status().size - before;
    assert!((1..250).contains(&recorded), "{recorded}");
    house.pass_minutes(2);
    house.engine.record_counted_failures().await.unwrap();
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    let record = &page.items[0].1;
    assert_eq!(&*record.operation, "AuthenticationFailures");
    assert_eq!(record.items.map(u64::from), Some(500 - recorded), "none is lost");
    assert_eq!(record.subject.address, Some([127, 0, 0, 1].into()));
}

/// Gives tickets, and keeps nothing.
struct Full(std::sync::Arc<audit::Log>);

#[async_trait::async_trait]
impl AuditLog for Full {
    fn ticket(&self, bytes: usize) -> Result<spi::SpaceTicket, AuditError> {
        self.0.ticket(bytes)
    }

    fn append(&self, _: spi::SpaceTicket, _: spi::Fence, _: domain::AuditRecord) -> spi::Appending {
        Box::pin(async { Err(spi::AppendError::Unavailable(AuditError { why: "full".to_owned() })) })
    }

    async fn search(
        &self,
        query: AuditQuery,
    ) -> Result<domain::Page<(spi::Position, domain::AuditRecord)>, AuditError> {
        self.0.search(query).await
    }

    fn last_use(&self, of: domain::Used<'_>) -> domain::LastUse {
        self.0.last_use(of)
    }
}

/// Who counts must learn that a count was lost, and no command is answered without its record.
#[tokio::test]
async fn inv_5_a_log_that_takes_nothing_is_told() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let engine = house.logging_by(|log| std::sync::Arc::new(Full(log)));
    let run = async |who: &str, operation| {
        let op = api::ops::DescribeKey { key: KeyRef::Id(key) };
        word(engine.run(house.context(aws(), operation), token(who), op).await)
    };
    assert_eq!(run("root", "Test").await, "audit_unavailable");
    assert_eq!(run("nobody", "Test").await, "audit_unavailable");
    for _ in 0..500 {
        run("stranger", "Flood").await;
    }
    house.pass_minutes(2);
    assert!(engine.record_counted_failures().await.is_err());
    assert!(house.engine.record_counted_failures().await.is_ok(), "nothing was counted there");
}
