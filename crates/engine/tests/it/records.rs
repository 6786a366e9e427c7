//! What the record of a batch says, and how long it may become.

use api::ops::{
    AssociatedData, CiphertextForm, Decrypt, DecryptItem, Encrypt, EncryptItem, KeyRef, RotateKey,
};
use spi::{AuditLog, AuditQuery};

use crate::house::{House, secret_of, word};

async fn last(house: &House) -> domain::AuditRecord {
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    page.items.into_iter().next().unwrap().1
}

#[tokio::test]
async fn a_batch_over_several_versions_names_them_all() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let mut sealed = Vec::new();
    for _ in 0..4 {
        sealed.push(house.encrypt("root", key, "x").await.unwrap());
        house.run("root", RotateKey::unbounded(KeyRef::Id(key))).await.unwrap();
    }
    let open = async |which: &[usize]| {
        let item = |n: &usize| DecryptItem {
            ciphertext: sealed[*n].clone(),
            aad: AssociatedData::None,
            version: None,
        };
        let items = which.iter().map(item).collect();
        let op = Decrypt { key: Some(KeyRef::Id(key)), items, form: CiphertextForm::Envelope };
        house.run("root", op).await.unwrap();
        let target = last(&house).await.target.unwrap();
        (target.version, target.versions)
    };
    assert_eq!(open(&[3, 0, 2, 0]).await, (Some(1), vec![1, 3, 4]));
    assert_eq!(open(&[0, 0]).await, (Some(1), vec![]));
    assert_eq!(open(&[1, 0, 1]).await, (Some(2), vec![1, 2]));
}

/// Neither AWS nor Vault bounds a context by itself, so a record keeps what it can and says that there was more.
#[tokio::test]
async fn the_contexts_of_a_batch_do_not_outgrow_its_record() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let item = |n: usize| EncryptItem {
        plaintext: secret_of("x"),
        aad: AssociatedData::Pairs(vec![(format!("row-{n}"), "v".repeat(4000))]),
        version: None,
    };
    let items = (0..1000).map(item).collect();
    let op = Encrypt { key: KeyRef::Id(key), items, form: CiphertextForm::Envelope };
    assert_eq!(word(house.run("root", op).await), "ok");
    let record = last(&house).await;
    assert_eq!(record.items, Some(1000));
    let names: Vec<_> = record.context.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["row-0", "row-1", "(cut)"]);
}
